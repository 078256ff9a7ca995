"""Says now and then that a worker is alive, and learns whether its work is still wanted."""

from collections.abc import Callable
from typing import Final

from assessment.assessment import Progress, Stage

EVERY_S: Final = 1.0
"""Work that is canceled stops within this and the longest step between two beats."""
LAST_PERCENT: Final = 94
"""Scoring ends here; the rest is drawing the conclusions."""

Report = Callable[[Progress], None]
"""Tells how far the work is; raises when it is wanted no more."""


class Heartbeat:
    """Reports at most every second, unless it must.

    What `report` raises passes through: the assessment was cancelled or taken away.
    """

    def __init__(self, report: Report, clock: Callable[[], float]) -> None:
        self._report = report
        self._clock = clock
        self._last_s = clock()
        self._announced_ms = 0
        self._seen_ms = 0
        self._scored_ms = 0

    def expect(self, announced_ms: int) -> None:
        """Take the length that the header announces as the whole, 0 for unknown."""
        self._announced_ms = announced_ms

    def seen(self, at_ms: int) -> None:
        """Note that the recording was looked at up to here."""
        self._seen_ms = at_ms

    def scored(self, at_ms: int) -> None:
        """Note that the recording was scored up to here, some batches behind."""
        self._scored_ms = at_ms

    def beat(self) -> None:
        """Report when it is time to."""
        if self._clock() - self._last_s >= EVERY_S:
            self.beat_now()

    def beat_now(self) -> None:
        """Report."""
        self._last_s = self._clock()
        self._report(Progress(Stage.SCORING, self._percent()))

    def _percent(self) -> int:
        if not self._announced_ms:
            return 0
        done_ms = (self._seen_ms + self._scored_ms) // 2
        return min(LAST_PERCENT, LAST_PERCENT * done_ms // self._announced_ms)
