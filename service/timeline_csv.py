"""The timeline as CSV after RFC 4180: one header, one line a sampled frame.

    at_ms,frame,used,rejected,face.x,…,face.confidence,quality.size,…,quality.eye_width,
    severity.NETWORK,…,expression.NETWORK.LABEL,…

The networks and labels are those of the result, in its order, so that one result always has
the same header. A withheld analysis has no column, a rejected frame empty cells.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final, Self

from service.csv_text import written

FACE: Final = ("x", "y", "width", "height", "confidence")
QUALITY: Final = (
    *("size", "yaw", "pitch", "roll_degrees", "light", "contrast", "sharpness"),
    *("eye_detail", "mouth_detail", "eye_width"),
)
FRAME: Final = (
    *("at_ms", "frame", "used", "rejected"),
    *(f"face.{part}" for part in FACE),
    *(f"quality.{measure}" for measure in QUALITY),
)


@dataclass(frozen=True, slots=True)
class Table:
    """The columns after those of the frame: scores by network, labels by expression network."""

    severity: tuple[str, ...]
    expressions: tuple[tuple[str, tuple[str, ...]], ...]

    @classmethod
    def of(cls, result: Mapping[str, Any]) -> Self:
        """Return the table of a result; the first expression network is the request's first."""
        first = [result["expression"]] if result["expression"] else []
        return cls(
            severity=tuple(one["model"] for one in result["severity"] or ()),
            expressions=tuple(
                (one["model"], tuple(one["labels"]))
                for one in [*first, *result["more_expressions"]]
            ),
        )

    @property
    def header(self) -> list[str]:
        """Return the names of the columns."""
        scores = [f"severity.{model}" for model in self.severity]
        shares = [
            f"expression.{model}.{label}" for model, labels in self.expressions for label in labels
        ]
        return [*FRAME, *scores, *shares]

    def cells(self, row: Mapping[str, Any]) -> list[object]:
        """Return the cells of one row of the timeline, None where there is nothing."""
        face: Mapping[str, Any] = row["face"] or {}
        used = "true" if row["used"] else "false"
        # A timeline of an earlier version tells nothing of quality.
        quality: Mapping[str, Any] = row.get("quality") or {}
        frame = [row["at_ms"], row["frame"], used, row["rejected"]]
        frame += [*map(face.get, FACE), *map(quality.get, QUALITY)]
        scores: Mapping[str, Any] = row.get("severity", {})
        return [*frame, *map(scores.get, self.severity), *self._shares(row)]

    def _shares(self, row: Mapping[str, Any]) -> Iterator[object]:
        more: Mapping[str, Any] = row.get("more_expressions", {})
        for place, (model, labels) in enumerate(self.expressions):
            shown = more.get(model, {}) if place else row.get("expression", more.get(model, {}))
            yield from map(shown.get, labels)


def csv_lines(table: Table, rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Yield the header and a line a row."""
    return written(chain([table.header], (table.cells(row) for row in rows)))
