"""One measured line: its samples, its target, and how it is read.

A module of rows exposes `rows(scale) -> Iterable[Row]`; `bench.__main__` lists the modules.
"""

import statistics
from dataclasses import dataclass
from typing import Literal, Protocol

Better = Literal["higher", "lower"]


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured: the whole of it, or (`smoke`) what tells a fall within seconds."""

    smoke: bool
    repeats: int

    def pick(self, *, whole: int, smoke: int) -> int:
        """Return the amount of this scale."""
        return smoke if self.smoke else whole


WHOLE = Scale(smoke=False, repeats=5)
SMOKE = Scale(smoke=True, repeats=3)


@dataclass(frozen=True)
class Row:
    """What was measured, one sample a repetition, in `unit`.

    `target` is the bound that the median has to reach (`better="higher"`) or to stay under
    (`"lower"`); None for what is only told. `guarded` rows are ratios taken side by side in one
    run: they are compared with `baseline.json`, on any machine.
    """

    name: str
    unit: str
    samples: tuple[float, ...]
    target: float | None = None
    better: Better = "higher"
    note: str = ""
    guarded: bool = False

    @property
    def median(self) -> float:
        """The middle sample."""
        return statistics.median(self.samples)

    @property
    def spread(self) -> tuple[float, float]:
        """The smallest and the largest sample."""
        return min(self.samples), max(self.samples)

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None without one."""
        if self.target is None:
            return None
        return self.median >= self.target if self.better == "higher" else self.median <= self.target


class Rows(Protocol):
    """A module that measures."""

    def __call__(self, scale: Scale) -> "list[Row]":
        """Measure at that scale."""
        ...
