"""A network's manifest: what it takes and says, where its weights come from, what they proved.

`model_repository/NAME/manifest.json` is the static part; building the weights writes
the whole to `model_repository/NAME/1/manifest.json`, with the digest of the ONNX file
beside it. Only the whole is parsed here; `assessment.repository` finds it.
"""

from dataclasses import dataclass, field
from math import ceil
from typing import Any

from assessment.applicability import Applicability
from assessment.faults import Misconfigured
from assessment.golden import Golden

FRAME, SET, CLIP, EVENT = "frame", "set", "clip", "event"
"""Kinds: what one row of a network's batch is."""
FEATURES = "features"
"""The task of a network that works for others; every other task is an analysis."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Residuals (truth minus estimate, sorted, 0-63 scale) of videos that nothing was fitted on."""

    method: str
    n: int
    level: float
    half_width: float
    residuals: tuple[float, ...]

    @property
    def sufficient(self) -> bool:
        """Whether n residuals can promise the level: the ⌈(n+1)·level⌉-th of them must exist.

        With fewer no finite width covers that often (Lei et al., JASA 2018).
        """
        return ceil((self.n + 1) * self.level - 1e-9) <= self.n


@dataclass(frozen=True, slots=True)
class Input:
    """A tensor that a request carries; `shape` leaves the batch axis out, -1 is any length."""

    name: str
    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Clip:
    """How many consecutive faces make a row, and the media time between them."""

    frames: int
    interval_ms: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is known of one network and its weights.

    `width` is the number of values in a row of the output; `features` names the network whose
    output a network of the kind `set` takes. A calibration on too few videos for its level counts
    as none: no interval is stated, and production withholds.
    """

    name: str
    version: str
    task: str
    kind: str
    sha256: str
    inputs: tuple[Input, ...]
    face_size: int
    clip: Clip | None
    features: str | None
    output: str
    width: int
    labels: tuple[str, ...]
    licence: dict[str, Any]
    demonstration: bool
    evidence: dict[str, Any] | None
    calibration: Calibration | None
    document: dict[str, Any]
    applicability: Applicability = field(default_factory=Applicability)
    golden: Golden | None = None

    @classmethod
    def parse(cls, document: dict[str, Any]) -> "Manifest":
        """Return the manifest, or raise `Misconfigured` naming what is missing."""
        try:
            return cls(
                name=document["name"],
                version=document["version"],
                task=document["task"],
                kind=document["kind"],
                sha256=document["sha256"],
                inputs=tuple(_input(one) for one in document["inputs"]),
                face_size=document["face"]["size"],
                clip=Clip(**document["clip"]) if document["clip"] else None,
                features=document["features"],
                output=document["output"]["name"],
                width=document["output"].get("width") or len(document["labels"] or ()) or 1,
                labels=tuple(document["labels"] or ()),
                licence=document["licence"],
                demonstration=document["demonstration"],
                evidence=document["evidence"],
                calibration=_calibration(document["calibration"]),
                document=document,
                applicability=Applicability.parse(document.get("applicability")),
                golden=Golden.parse(document["golden"]) if document.get("golden") else None,
            )
        except (KeyError, TypeError) as error:
            raise Misconfigured(f"a manifest lacks {error}") from error
        except (ValueError, AttributeError, OverflowError) as error:
            raise Misconfigured(f"a manifest has a value of another kind: {error}") from error


def _input(raw: dict[str, Any]) -> Input:
    return Input(raw["name"], raw["dtype"], tuple(raw["shape"]))


def _calibration(raw: dict[str, Any] | None) -> Calibration | None:
    if raw is None:
        return None
    calibration = Calibration(
        method=raw["method"],
        n=raw["n"],
        level=raw["level"],
        half_width=raw["half_width"],
        residuals=tuple(raw["residuals"]),
    )
    return calibration if calibration.sufficient else None
