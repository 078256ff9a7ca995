"""What a worker measured in a recording, before anything is concluded from it.

It is kept as a blob from the moment the recording is erased until the result
stands, so that an assessment survives the death of its worker without keeping
a picture of anybody, but for the few that a caller may ask for.
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from assessment.document import readable, written
from assessment.kept_faces import KeptFace, of_rows
from assessment.ledger import Verdict

STILL_CONTAINERS: Final = ("jpeg", "png")


@dataclass(frozen=True, slots=True)
class FaceBox:
    """Where the subject's face is, in pixels of the upright picture; the detector's score."""

    x: int
    y: int
    width: int
    height: int
    confidence: float


@dataclass(frozen=True, slots=True)
class FaceQuality:
    """What was measured of the subject's face in one frame, whatever the verdict.

    `size` is the distance between the eyes in pixels of the picture, or from eyes to mouth where
    that is more, as when a head turns. `yaw` is how far the nose lies from the middle of the
    eyes, in eye distances (0 ahead); `pitch` where it lies between eyes (0) and mouth (1);
    `roll_degrees` the tilt of the line between the eyes. `light` is the mean grey level (0-255)
    of the inner face, `contrast` its standard deviation, and `sharpness` the variance of its
    Laplacian over that of its grey levels. `eye_detail` (of the poorer eye) and `mouth_detail`
    tell how much steeper grey levels change there than in the inner face as a whole, and
    `eye_width` is the distance between the eyes over that from eyes to mouth.
    """

    size: float
    yaw: float
    pitch: float
    roll_degrees: float
    light: float
    contrast: float
    sharpness: float
    eye_detail: float | None = None
    mouth_detail: float | None = None
    eye_width: float | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """One sampled frame: when, what became of it, and what the networks said.

    `severity` maps a network to its score on the 0-63 scale, `expression` maps one to a
    probability for each of its labels; a network that scores clips says the same of every
    frame of a clip. Both are empty unless the verdict is `used`.
    """

    frame: int
    at_ms: int
    verdict: Verdict
    faces: int = 0
    face: FaceBox | None = None
    quality: FaceQuality | None = None
    severity: tuple[tuple[str, float], ...] = ()
    expression: tuple[tuple[str, tuple[float, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """A brief motion in media time, and a probability for each of the network's labels."""

    network: str
    onset_ms: int
    apex_ms: int
    offset_ms: int
    probabilities: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Media:
    """The facts of a recording: picture size in pixels, media time and intervals in milliseconds.

    Frames are looked at every `sample_interval_ms` and scored every `scored_interval_ms`.
    """

    width: int
    height: int
    codec: str
    container: str
    frames: int
    duration_ms: int
    sample_interval_ms: float
    scored_interval_ms: float

    @property
    def still(self) -> bool:
        """Whether the recording is a picture."""
        return self.container in STILL_CONTAINERS


@dataclass(frozen=True, slots=True)
class Measurement:
    """All sampled frames of one recording, in the order of media time.

    `wholes` maps a network that scores all frames at once to its score on the 0-63 scale.
    `company_ms` is the media time for which a second face stayed in the picture, `thresholds`
    what the verdicts were given by; None where an earlier version measured. `versions` maps the
    networks that took part to their versions, empty where an earlier version measured.
    `kept_faces` are pictures that were asked for.
    """

    media: Media
    observations: tuple[Observation, ...]
    timings_ms: dict[str, int]
    wholes: tuple[tuple[str, float], ...] = ()
    events: tuple[Event, ...] = ()
    company_ms: int | None = None
    thresholds: dict[str, float] | None = None
    versions: dict[str, str] = field(default_factory=dict[str, str])
    kept_faces: tuple[KeptFace, ...] = ()

    def to_json(self) -> bytes:
        """Return the measurement as the bytes of its blob."""
        return json.dumps(written(asdict(self))).encode()

    @classmethod
    def from_json(cls, content: bytes) -> "Measurement":
        """Return the measurement that `to_json` wrote; raises `NewerDocument`."""
        raw = readable(json.loads(content))
        return cls(
            media=Media(**raw["media"]),
            observations=tuple(_observation(row) for row in raw["observations"]),
            timings_ms=raw["timings_ms"],
            wholes=tuple((name, score) for name, score in raw["wholes"]),
            events=tuple(_event(row) for row in raw["events"]),
            company_ms=raw.get("company_ms"),
            thresholds=raw.get("thresholds"),
            versions=raw.get("versions") or {},
            kept_faces=of_rows(raw.get("kept_faces")),
        )


def _observation(row: dict[str, Any]) -> Observation:
    return Observation(
        frame=row["frame"],
        at_ms=row["at_ms"],
        verdict=Verdict(row["verdict"]),
        faces=row["faces"],
        face=FaceBox(**row["face"]) if row["face"] else None,
        quality=FaceQuality(**row["quality"]) if row.get("quality") else None,
        severity=tuple((name, score) for name, score in row["severity"]),
        expression=tuple((name, tuple(values)) for name, values in row["expression"]),
    )


def _event(row: dict[str, Any]) -> Event:
    return Event(
        network=row["network"],
        onset_ms=row["onset_ms"],
        apex_ms=row["apex_ms"],
        offset_ms=row["offset_ms"],
        probabilities=tuple(row["probabilities"]),
    )
