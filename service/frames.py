"""The timeline thinned to the columns of a plot, as many for a long recording as for a short one.

    lines of JSON ─▶ the slot of media time that each falls into ─▶ Column (means and counts)

With fewer frames than slots, every column is one frame.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import fmean, median
from typing import Any, Final

SLOTS: Final = 600
GAP: Final = 2.5
"""Intervals without a value that make a gap."""


@dataclass(slots=True)
class Column:
    """What the sampled frames of one slot of media time said, on average."""

    times_ms: list[int] = field(default_factory=list[int])
    verdicts: Counter[str] = field(default_factory=Counter[str])
    severities: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    expressions: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    more: dict[str, dict[str, list[float]]] = field(
        default_factory=dict[str, dict[str, list[float]]]
    )
    qualities: dict[str, list[float]] = field(default_factory=dict[str, list[float]])

    @property
    def at_ms(self) -> float:
        """The mean media time of its frames."""
        return fmean(self.times_ms)

    def severity(self, model: str) -> float | None:
        """Return the network's mean score, or None where no frame has one."""
        return _mean(self.severities.get(model))

    def expression(self, label: str, model: str | None = None) -> float | None:
        """Return the label's mean probability, or None where no frame has one.

        Without a model, it is that of the first expression network.
        """
        lists = self.expressions if model is None else self.more.get(model, {})
        return _mean(lists.get(label))

    def add(self, row: Mapping[str, Any]) -> None:
        """Add one line of the timeline."""
        self.times_ms.append(row["at_ms"])
        self.verdicts[row["rejected"] or "used"] += 1
        _append(self.qualities, row.get("quality") or {})
        _append(self.severities, row.get("severity", {}))
        _append(self.expressions, row.get("expression", {}))
        for model, shown in row.get("more_expressions", {}).items():
            _append(self.more.setdefault(model, {}), shown)


@dataclass(frozen=True, slots=True)
class Frames:
    """The columns in the order of media time; a gap longer than `gap_ms` stays a gap."""

    columns: tuple[Column, ...]
    duration_ms: float
    gap_ms: float

    @classmethod
    def read(cls, lines: Iterable[bytes], *, duration_ms: int, rows: int) -> "Frames":
        """Read a timeline of so many rows."""
        slots: dict[int, Column] = {}
        slot_ms = max(duration_ms, 1) / SLOTS
        for line in lines:
            row = json.loads(line)
            slot = min(int(row["at_ms"] / slot_ms), SLOTS)
            slots.setdefault(slot, Column()).add(row)
        columns = tuple(slots[slot] for slot in sorted(slots))
        last_ms = max((max(column.times_ms) for column in columns), default=0)
        interval_ms = duration_ms / max(rows, 1)
        return cls(columns, max(duration_ms, last_ms, 1), GAP * max(interval_ms, slot_ms))

    def typical(self, measure: str) -> float | None:
        """Return the median of a measure of the face, None where no frame has it."""
        means = [_mean(column.qualities.get(measure)) for column in self.columns]
        known = [mean for mean in means if mean is not None]
        return median(known) if known else None

    def count(self, verdict: str) -> int:
        """Return how many frames have the verdict."""
        return sum(column.verdicts[verdict] for column in self.columns)


def _append(lists: dict[str, list[float]], values: Mapping[str, float]) -> None:
    for name, value in values.items():
        lists.setdefault(name, []).append(value)


def _mean(values: list[float] | None) -> float | None:
    return fmean(values) if values else None
