"""The pace of the workers in memory, for tests."""

from collections import deque
from dataclasses import dataclass, field

from assessment.pace import KEPT, Run


def _none() -> deque[Run]:
    return deque(maxlen=KEPT)


@dataclass
class MemoryPace:
    """The port `Pace` in a list of bounded length."""

    runs: deque[Run] = field(default_factory=_none)

    def note(self, run: Run) -> None:
        """Remember the run and forget the oldest beyond `KEPT`."""
        self.runs.appendleft(run)

    def lately(self) -> list[Run]:
        """Return the runs that are remembered, the latest first."""
        return list(self.runs)
