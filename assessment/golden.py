"""What a network says of the golden clip, written into its manifest when its weights are built.

    worker/golden.mp4 ─▶ faces ─▶ the network, as built ─▶ golden scores ─▶ manifest
           "          ─▶   "   ─▶ the network, as served ─▶ scores ─▶ drift within tolerance?

A drift means that what is served, or how faces are read, is no longer what was measured.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any, Final

MOST_VALUES: Final = 16
"""Values kept of a row: of 2,048 features every 128th."""
Rows = tuple[tuple[float, ...], ...]
"""Kept values, one row for each input of the golden clip: (rows, values)."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """The largest difference allowed in any golden score, in the unit of the network's output.

    `exact`        the same faces to the bit, and an engine in 32-bit floats
    `other_faces`  faces that another processor or detector build cut, and 32-bit floats
    `reduced`      an engine in fewer bits, such as a TensorRT plan in FP16 or INT8
    """

    exact: float
    other_faces: float
    reduced: float


@dataclass(frozen=True, slots=True)
class Golden:
    """The golden scores of one network, and what they were taken from (SHA-256 each).

    `values` are rows of the network's output, thinned by `kept`. `faces_sha256` tells, when scores
    drift, whether the faces were already other ones.
    """

    clip_sha256: str
    weights_sha256: str
    faces_sha256: str
    values: Rows
    tolerance: Tolerance

    @classmethod
    def parse(cls, raw: dict[str, Any]) -> "Golden":
        """Return the manifest's part; raises `KeyError` or `TypeError` where it lacks something."""
        return cls(
            clip_sha256=raw["clip_sha256"],
            weights_sha256=raw["weights_sha256"],
            faces_sha256=raw["faces_sha256"],
            values=tuple(tuple(float(value) for value in row) for row in raw["values"]),
            tolerance=Tolerance(**raw["tolerance"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return what `parse` reads."""
        return {
            "clip_sha256": self.clip_sha256,
            "weights_sha256": self.weights_sha256,
            "faces_sha256": self.faces_sha256,
            "values": [list(row) for row in self.values],
            "tolerance": asdict(self.tolerance),
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """The golden value that differs most, and by how much; infinite for other shapes or NaN."""

    expected: float | None
    got: float | None
    size: float


def kept(row: Sequence[float]) -> tuple[float, ...]:
    """Return at most `MOST_VALUES` values of a row, evenly spaced."""
    return tuple(row[:: -(-len(row) // MOST_VALUES)])


def largest_difference(expected: Rows, got: Rows) -> Difference:
    """Return where two sets of golden scores differ most."""
    if [len(row) for row in expected] != [len(row) for row in got]:
        return Difference(None, None, float("inf"))
    pairs = [
        (wanted, found)
        for rows in zip(expected, got, strict=True)
        for wanted, found in zip(*rows, strict=True)
    ]
    return max((_difference(*pair) for pair in pairs), key=lambda one: one.size)


def _difference(expected: float, got: float) -> Difference:
    size = abs(got - expected)
    return Difference(expected, got, size if isfinite(size) else float("inf"))
