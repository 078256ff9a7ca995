"""A network's manifest: what it takes and says, where its weights come from, what they proved.

`model_repository/NAME/manifest.json` is the static part; building the weights writes
the whole to `model_repository/NAME/1/manifest.json`, with the digest of the ONNX file
beside it. Only the whole is read here.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assessment.faults import Misconfigured

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
    output a network of the kind `set` takes.
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
            )
        except (KeyError, TypeError) as error:
            raise Misconfigured(f"a manifest lacks {error}") from error


def _input(raw: dict[str, Any]) -> Input:
    return Input(raw["name"], raw["dtype"], tuple(raw["shape"]))


def _calibration(raw: dict[str, Any] | None) -> Calibration | None:
    if raw is None:
        return None
    return Calibration(
        method=raw["method"],
        n=raw["n"],
        level=raw["level"],
        half_width=raw["half_width"],
        residuals=tuple(raw["residuals"]),
    )


def load_manifests(repository: Path) -> Mapping[str, Manifest]:
    """Return the newest manifest of every network that has weights, by name.

    Raises `Misconfigured` when there is none, or when one cannot be read.
    """
    newest = [_newest(folder) for folder in sorted(repository.glob("*/"))]
    manifests = [_load(path) for path in newest if path is not None]
    if not manifests:
        raise Misconfigured(f"no weights under {repository.name}: run `make weights`")
    return {manifest.name: manifest for manifest in manifests}


def _newest(folder: Path) -> Path | None:
    """Return the manifest of the highest version; it is written last, so its network is there."""
    versions = [path for path in folder.glob("*/manifest.json") if path.parent.name.isdecimal()]
    return max(versions, key=lambda path: int(path.parent.name), default=None)


def _load(path: Path) -> Manifest:
    try:
        document = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise Misconfigured(f"cannot read the manifest of {path.parents[1].name}") from error
    manifest = Manifest.parse(document)
    if (manifest.name, manifest.version) != (path.parents[1].name, path.parent.name):
        raise Misconfigured(
            f"the manifest in {path.parents[1].name}/{path.parent.name} is another's"
        )
    return manifest
