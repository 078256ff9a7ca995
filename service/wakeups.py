"""Wakes who waits in the event loop for an assessment's next step.

store ─▶ a thread ─ hear ─▶ event loop ─▶ those who await that id     the rest sleeps on
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import Final

from assessment.assessment import AssessmentId
from assessment.steps import Steps

Wake = Callable[[], None]
NOBODY: Final[frozenset[Wake]] = frozenset()


class Wakeups:
    """Who is to be woken by which assessment; all but `hear` runs in the event loop."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: defaultdict[AssessmentId, set[Wake]] = defaultdict(set)

    @contextmanager
    def listening(self) -> Generator[None]:
        """Listen to the store while the block runs, in the loop that runs it."""
        self._loop = asyncio.get_running_loop()
        stop = self._steps.listen(self.hear)
        try:
            yield
        finally:
            stop()
            self._loop = None

    def hear(self, assessment_id: AssessmentId) -> None:
        """Wake those who wait for it; from any thread."""
        loop = self._loop
        # An id that nobody waits for is the usual case, and need not disturb the loop. Who
        # begins to wait just now looks once before it sleeps.
        if loop is not None and assessment_id in self._waiting:
            with suppress(RuntimeError):  # The loop is closed: nobody waits any more.
                loop.call_soon_threadsafe(self._wake, assessment_id)

    @contextmanager
    def waking(self, assessment_id: AssessmentId, wake: Wake) -> Generator[None]:
        """Have `wake` called at every step of the assessment while the block runs."""
        self._waiting[assessment_id].add(wake)
        try:
            yield
        finally:
            waiting = self._waiting[assessment_id]
            waiting.discard(wake)
            if not waiting:
                del self._waiting[assessment_id]

    def _wake(self, assessment_id: AssessmentId) -> None:
        for wake in tuple(self._waiting.get(assessment_id, NOBODY)):
            wake()
