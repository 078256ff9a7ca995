"""Who follows which assessment. One look a beat at all of them, however many follow.

    every beat   ids of all followers ─▶ one trip to the store, in a thread ─▶ each follower
    at a step    its id               ─▶        "                           ─▶     "

No thread is held while nothing happens, and a follower keeps only the newest sight: one
that reads slowly misses what lay between, and holds nobody up. All but the look runs in
the event loop.
"""

import asyncio
import logging
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from anyio.to_thread import run_sync

from assessment.assessment import AssessmentId, Tenant
from assessment.eta import Eta
from assessment.faults import StoreUnavailable
from assessment.standing import Standing
from assessment.steps import Silence
from service.faults import TooManyOwnStreams, TooManyStreams
from service.wakeups import Wakeups

BEAT_S: Final = 0.5
SLICE: Final = 20

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Room:
    """How many streams may be open in one process at the same time."""

    most: int = 500
    most_of_a_tenant: int = 100


@dataclass(frozen=True, slots=True)
class Sight:
    """Where a followed assessment stands, and how much longer it may take."""

    standing: Standing
    eta: Eta | None


Look = Callable[[Sequence[AssessmentId]], Mapping[AssessmentId, Sight]]


@dataclass(slots=True, eq=False)
class Follower:
    """One open stream's place: the newest sight, None once the assessment is gone."""

    assessment_id: AssessmentId
    tenant: Tenant
    sight: Sight | None = None
    closed: bool = False
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, sight: Sight | None) -> None:
        """Take the newest sight."""
        changed = _standing(sight) != _standing(self.sight)
        self.sight = sight
        if changed:
            self._changed.set()

    def close(self) -> None:
        """Have the stream end."""
        self.closed = True
        self._changed.set()

    async def changed_within(self, seconds: float) -> bool:
        """Wait until the standing changes or the stream is to end; False when nothing did."""
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return False
        self._changed.clear()
        return True


class Followers:
    """Every open stream of this process."""

    def __init__(
        self,
        look: Look,
        *,
        room: Room | None = None,
        beat_s: float = BEAT_S,
        wakeups: Wakeups | None = None,
    ) -> None:
        self._look = look
        self._room = room or Room()
        self._beat_s = beat_s
        self._present: set[Follower] = set()
        self._beating: asyncio.Task[None] | None = None
        self._stopped = False
        self._wakeups = wakeups or Wakeups(Silence())
        self._rung: set[AssessmentId] = set()
        self._bell = asyncio.Event()

    def __len__(self) -> int:
        return len(self._present)

    @contextmanager
    def join(self, assessment_id: AssessmentId, tenant: Tenant) -> Generator[Follower]:
        """Follow for a while, or raise `TooManyOwnStreams` or `TooManyStreams`."""
        own = sum(follower.tenant == tenant for follower in self._present)
        if own >= self._room.most_of_a_tenant:
            raise TooManyOwnStreams
        if len(self._present) >= self._room.most:
            raise TooManyStreams
        follower = Follower(assessment_id, tenant, closed=self._stopped)
        self._present.add(follower)
        try:
            with self._wakeups.waking(assessment_id, partial(self._ring, assessment_id)):
                yield follower
        finally:
            self._present.discard(follower)

    async def begin(self, follower: Follower) -> None:
        """Take the first look, which may raise `StoreUnavailable`, and keep looking."""
        sights = await run_sync(self._look, [follower.assessment_id])
        follower.sight = sights.get(follower.assessment_id)
        if self._beating is None or self._beating.done():
            self._beating = asyncio.create_task(self._beat())
            self._beating.add_done_callback(self._ended)

    def stop(self) -> None:
        """End every stream: the process is asked to stop, and others can go on."""
        self._stopped = True
        for follower in self._present:
            follower.close()

    def _ring(self, assessment_id: AssessmentId) -> None:
        """Have the assessment looked at before the next beat: it took a step."""
        self._rung.add(assessment_id)
        self._bell.set()

    async def _due(self, until: float) -> set[AssessmentId]:
        """Return what took a step before that moment, or at that moment nothing."""
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                await self._bell.wait()
        self._bell.clear()
        rung, self._rung = self._rung, set()
        return rung

    async def _beat(self) -> None:
        clock = asyncio.get_running_loop().time
        until = clock() + self._beat_s
        while True:
            rung, present = await self._due(until), {one.assessment_id for one in self._present}
            if not present:
                return
            ids = rung & present
            if clock() >= until or not ids:
                ids, until = present, clock() + self._beat_s
            try:
                sights = await run_sync(self._look, sorted(ids))
            except StoreUnavailable:
                continue  # The streams stay open, and tell what changed once it is back.
            await self._tell(sights, ids)

    async def _tell(self, sights: Mapping[AssessmentId, Sight], ids: set[AssessmentId]) -> None:
        """Tell a few at a time, so that other requests are answered between."""
        for place, follower in enumerate(list(self._present), 1):
            if follower.assessment_id in ids:
                follower.tell(sights.get(follower.assessment_id))
            if place % SLICE == 0:
                await asyncio.sleep(0)

    def _ended(self, beating: asyncio.Task[None]) -> None:
        """Let nobody wait for a beat that has stopped: a bug ends the streams of its process."""
        if not beating.cancelled() and (error := beating.exception()) is not None:
            log.error("following stopped", exc_info=error)
            for follower in self._present:
                follower.close()


def _standing(sight: Sight | None) -> Standing | None:
    """Return what makes a change; an estimate that grows or shrinks makes none."""
    return None if sight is None else sight.standing
