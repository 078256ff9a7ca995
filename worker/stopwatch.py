"""Where the time of an assessment goes."""

from collections import defaultdict
from collections.abc import Callable, Generator
from contextlib import contextmanager


class Stopwatch:
    """Adds up seconds by stage."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._started_s = clock()
        self._spent_s: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def timing(self, stage: str) -> Generator[None]:
        """Add what the block takes to the stage."""
        started_s = self._clock()
        try:
            yield
        finally:
            self._spent_s[stage] += self._clock() - started_s

    def timings_ms(self, **others: int) -> dict[str, int]:
        """Return milliseconds by stage, and in `total` since the watch was made."""
        spent = {stage: round(seconds * 1000) for stage, seconds in self._spent_s.items()}
        total = round((self._clock() - self._started_s) * 1000)
        return {**others, **spent, "total": total}
