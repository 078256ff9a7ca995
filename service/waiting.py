"""Waiting for an assessment's end without holding a thread, for callers that would rather wait."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from anyio.to_thread import run_sync
from starlette.requests import ClientDisconnect

from assessment.assessment import Assessment, AssessmentId, Tenant
from assessment.faults import StoreUnavailable
from assessment.steps import Silence
from service.archive import Archive
from service.wakeups import Wakeups

FIRST_PAUSE_S: Final = 0.1
LONGEST_PAUSE_S: Final = 1.0
GROWTH: Final = 1.5


@dataclass(frozen=True, slots=True)
class Waiting:
    """Looks at a record when it is told to, and now and then, until it or the caller is gone."""

    archive: Archive
    wakeups: Wakeups = field(default_factory=lambda: Wakeups(Silence()))

    async def end_of(
        self,
        tenant: Tenant,
        assessment_id: AssessmentId,
        *,
        within_s: float,
        hung_up: Callable[[], Awaitable[bool]],
    ) -> Assessment | None:
        """Return the ended assessment, or None when it has not ended in time."""
        clock, step = asyncio.get_running_loop().time, asyncio.Event()
        deadline_s, pause_s = clock() + within_s, FIRST_PAUSE_S
        with self.wakeups.waking(assessment_id, step.set):
            while True:
                step.clear()  # Before the look: a step that comes during it is seen to, too.
                found = await run_sync(self._look, tenant, assessment_id)
                if found is not None and found.status.final:
                    return found
                left_s = deadline_s - clock()
                if left_s <= 0:
                    return None
                if await hung_up():
                    raise ClientDisconnect
                with suppress(TimeoutError):
                    await asyncio.wait_for(step.wait(), min(pause_s, left_s))
                pause_s = min(pause_s * GROWTH, LONGEST_PAUSE_S)

    def _look(self, tenant: Tenant, assessment_id: AssessmentId) -> Assessment | None:
        try:
            return self.archive.find(tenant, assessment_id)
        except StoreUnavailable:
            return None  # The assessment was accepted; a store that is away may come back.
