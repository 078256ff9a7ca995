"""What a worker measured in a recording, before anything is concluded from it.

It is kept as a blob from the moment the recording is erased until the result
stands, so that an assessment survives the death of its worker without keeping
a picture of anybody.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

from assessment.ledger import Verdict


@dataclass(frozen=True, slots=True)
class FaceBox:
    """Where the subject's face is, in pixels of the upright picture; the detector's score."""

    x: int
    y: int
    width: int
    height: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Observation:
    """One sampled frame: when, what became of it, and what the networks said.

    `severity` maps a network to its score on the 0-63 scale, `expression` holds one
    probability a label; both are empty unless the verdict is `used`.
    """

    frame: int
    at_ms: int
    verdict: Verdict
    faces: int = 0
    face: FaceBox | None = None
    severity: tuple[tuple[str, float], ...] = ()
    expression: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Media:
    """The facts of a recording: picture size in pixels, media time and interval in milliseconds."""

    width: int
    height: int
    codec: str
    container: str
    frames: int
    duration_ms: int
    sample_interval_ms: float


@dataclass(frozen=True, slots=True)
class Measurement:
    """All sampled frames of one recording, in the order of media time."""

    media: Media
    observations: tuple[Observation, ...]
    timings_ms: dict[str, int]

    def to_json(self) -> bytes:
        """Return the measurement as the bytes of its blob."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_json(cls, content: bytes) -> "Measurement":
        """Return the measurement that `to_json` wrote."""
        raw: dict[str, Any] = json.loads(content)
        return cls(
            media=Media(**raw["media"]),
            observations=tuple(_observation(row) for row in raw["observations"]),
            timings_ms=raw["timings_ms"],
        )


def _observation(row: dict[str, Any]) -> Observation:
    return Observation(
        frame=row["frame"],
        at_ms=row["at_ms"],
        verdict=Verdict(row["verdict"]),
        faces=row["faces"],
        face=FaceBox(**row["face"]) if row["face"] else None,
        severity=tuple((name, score) for name, score in row["severity"]),
        expression=tuple(row["expression"]),
    )
