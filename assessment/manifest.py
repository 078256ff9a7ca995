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

VERSION = "1"


@dataclass(frozen=True, slots=True)
class Calibration:
    """Residuals (truth minus estimate, sorted, 0-63 scale) of videos that nothing was fitted on."""

    method: str
    n: int
    level: float
    half_width: float
    residuals: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is known of one network and its weights."""

    name: str
    version: str
    task: str
    sha256: str
    face_size: int
    output: str
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
                sha256=document["sha256"],
                face_size=document["input"]["size"],
                output=document["output"]["name"],
                labels=tuple(document["labels"] or ()),
                licence=document["licence"],
                demonstration=document["demonstration"],
                evidence=document["evidence"],
                calibration=_calibration(document["calibration"]),
                document=document,
            )
        except (KeyError, TypeError) as error:
            raise Misconfigured(f"a manifest lacks {error}") from error


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
    """Return the manifest of every network that has weights, by name.

    Raises `Misconfigured` when there is none, or when one cannot be read.
    """
    paths = sorted(repository.glob(f"*/{VERSION}/manifest.json"))
    if not paths:
        raise Misconfigured(f"no weights under {repository.name}: run `make weights`")
    manifests = [_load(path) for path in paths]
    return {manifest.name: manifest for manifest in manifests}


def _load(path: Path) -> Manifest:
    try:
        document = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise Misconfigured(f"cannot read the manifest of {path.parents[1].name}") from error
    return Manifest.parse(document)
