"""The model repository on disk: which weights are built, from what, and their complete manifests.

    NAME/manifest.json      static, committed
    NAME/1/model.onnx       built
    NAME/1/manifest.json    built: the static one, the graph's digest, parity, evidence, calibration

Weights are kept while the sources that made them, the pinned inputs and the graph's digest stay the
same. Nothing here imports PyTorch, so that asking costs little.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.fetch import PinnedFile, sha256_of
from training.files import read_json, write_atomically, write_json

VERSION = "1"

#: The parts of a complete manifest that building measures.
MEASURED = ("evidence", "calibration", "parity", "sha256", "built")

#: The project's root, where the sources are.
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Recipe:
    """What makes a model: sources relative to the root, and pinned files."""

    sources: tuple[str, ...]
    pinned: tuple[PinnedFile, ...] = ()

    def key(self) -> str:
        """One digest over everything that decides the weights."""
        digest = hashlib.sha256()
        for source in sorted(self.sources):
            digest.update(f"{source} {sha256_of(ROOT / source)}\n".encode())
        for file in self.pinned:
            digest.update(f"{file.member} {file.sha256}\n".encode())
        return digest.hexdigest()


def modules(folder: str, names: Iterable[str]) -> tuple[str, ...]:
    """The source files of some modules of a package."""
    return tuple(f"{folder}/{name}.py" for name in names)


@dataclass(frozen=True, slots=True)
class Measured:
    """What building a model found out."""

    evidence: dict[str, Any] | None
    calibration: dict[str, Any] | None
    parity: dict[str, float]
    torch: str | None
    seconds: float


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """One model of a repository; `repository` may be anywhere, the static manifest is ours."""

    repository: Path
    name: str

    @property
    def graph(self) -> Path:
        """The built ONNX file."""
        return self.repository / self.name / VERSION / "model.onnx"

    @property
    def manifest(self) -> Path:
        """The complete manifest beside it."""
        return self.graph.with_name("manifest.json")

    def static(self) -> dict[str, Any]:
        """The committed part of the manifest."""
        return read_json(ROOT / "model_repository" / self.name / "manifest.json")

    def is_built(self, key: str) -> bool:
        """Whether the weights were made from these sources and are unaltered."""
        if not (self.graph.is_file() and self.manifest.is_file()):
            return False
        manifest = read_json(self.manifest)
        same = manifest.get("built", {}).get("source_sha256") == key
        return same and manifest.get("sha256") == sha256_of(self.graph)

    def refresh(self) -> None:
        """Take over a changed static manifest; the weights and what they proved stay."""
        complete = read_json(self.manifest)
        renewed = {**self.static(), **{part: complete[part] for part in MEASURED}}
        if renewed != complete:
            write_json(self.manifest, renewed)

    def write(self, content: bytes, key: str, measured: Measured) -> None:
        """The graph first, its manifest last: a manifest vouches for a graph that is there."""
        self.manifest.unlink(missing_ok=True)
        write_atomically(self.graph, content)
        complete = {
            **self.static(),
            "evidence": measured.evidence,
            "calibration": measured.calibration,
            "parity": measured.parity,
            "sha256": hashlib.sha256(content).hexdigest(),
            "built": {
                "source_sha256": key,
                "torch": measured.torch,
                "seconds": round(measured.seconds, 1),
            },
        }
        write_json(self.manifest, complete)
