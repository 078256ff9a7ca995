"""The model repository on disk: which weights are built, from what, and their complete manifests.

    NAME/manifest.json      static, committed
    NAME/N/model.onnx       built
    NAME/N/manifest.json    built: the static one, the graph's digest, parity, evidence,
                            calibration, what it says of the golden clip, a seal over all of it

Version 1 is what `make weights` builds; it is kept while the sources that made it, the pinned
inputs and the graph's digest stay the same, and built anew when they do not. Every later version is
a release: it appears whole, under the next number, and nothing ever overwrites it. Nothing here
imports PyTorch, so that asking costs little.
"""

import errno
import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from assessment.manifest_seal import is_broken, sealed
from training.faults import ManifestBroken, VersionExists
from training.fetch import PinnedFile, sha256_of
from training.files import read_json, write_atomically, write_json

#: What `make weights` builds; releases start after it.
VERSION = "1"

#: The parts of a complete manifest that building measures.
MEASURED = ("evidence", "calibration", "parity", "sha256", "built", "golden", "covered", "seal")

#: The project's root, where the sources are.
ROOT = Path(__file__).resolve().parent.parent

#: The drawn clip that every worker carries and every network's golden scores are of.
GOLDEN_CLIP = ROOT / "worker" / "golden.mp4"


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


def newest_versions(repository: Path) -> list["ModelFolder"]:
    """The highest version of every network that is built, by name."""
    built = sorted(path.parent for path in repository.glob("*/[0-9]*/manifest.json"))
    highest = {
        path.parent.name: path.name for path in sorted(built, key=lambda path: int(path.name))
    }
    return [ModelFolder(repository, name, highest[name]) for name in sorted(highest)]


def modules(folder: str, names: Iterable[str]) -> tuple[str, ...]:
    """The source files of some modules of a package."""
    return tuple(f"{folder}/{name}.py" for name in names)


@dataclass(frozen=True, slots=True)
class Measured:
    """What building a model found out."""

    evidence: dict[str, Any] | None
    calibration: dict[str, Any] | None
    parity: dict[str, Any]
    torch: str | None
    seconds: float
    stated: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Parts of the static manifest that these weights say otherwise, such as their licence."""


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """One version of a model of a repository.

    `repository` may be anywhere; the static manifest is ours unless `statics` says where else.
    """

    repository: Path
    name: str
    version: str = VERSION
    statics: Path = ROOT / "model_repository"

    @property
    def graph(self) -> Path:
        """The built ONNX file."""
        return self.repository / self.name / self.version / "model.onnx"

    @property
    def manifest(self) -> Path:
        """The complete manifest beside it."""
        return self.graph.with_name("manifest.json")

    def static(self) -> dict[str, Any]:
        """The committed part of the manifest."""
        return read_json(self.statics / self.name / "manifest.json")

    def versions(self) -> tuple[int, ...]:
        """The numbers of the version folders that are there, whole or not, ascending."""
        folders = (self.repository / self.name).glob("*/")
        return tuple(sorted(int(path.name) for path in folders if path.name.isdecimal()))

    def next_version(self) -> "ModelFolder":
        """The version that a release makes: never 1, which `make weights` may build at any time."""
        return replace(self, version=str(max((int(VERSION), *self.versions())) + 1))

    def is_built(self, key: str) -> bool:
        """Whether the weights were made from these sources and are unaltered."""
        if not (self.graph.is_file() and self.manifest.is_file()):
            return False
        manifest = read_json(self.manifest)
        if is_broken(manifest):
            return False
        same = manifest.get("built", {}).get("source_sha256") == key
        return same and manifest.get("sha256") == sha256_of(self.graph)

    def refresh(self) -> None:
        """Take over a changed static manifest; the weights and what they proved stay."""
        complete = read_json(self.manifest)
        measured = {part: complete.get(part) for part in MEASURED}
        renewed = sealed({**self.static(), **measured})
        if renewed != complete:
            write_json(self.manifest, renewed)

    def has_golden(self, clip_sha256: str) -> bool:
        """Whether the manifest has golden scores of this clip and of its own graph."""
        manifest = read_json(self.manifest)
        golden: dict[str, Any] = manifest.get("golden") or {}
        same_graph = golden.get("weights_sha256") == manifest["sha256"]
        return same_graph and golden.get("clip_sha256") == clip_sha256

    def has_covered(self) -> bool:
        """Whether the manifest says on which parts of a face its own graph's score hangs.

        True, too, where there is nothing to say: no severity, or not of single frames.
        """
        manifest = read_json(self.manifest)
        if (manifest["task"], manifest["kind"]) != ("severity", "frame"):
            return True
        stated: dict[str, Any] = manifest.get("covered") or {}
        return stated.get("weights_sha256") == manifest["sha256"]

    def state_golden(self, golden: Mapping[str, Any]) -> None:
        """Put what the network says of the golden clip into the manifest, as `state` does."""
        self.state("golden", golden)

    def state(self, part: str, measured: Mapping[str, Any]) -> None:
        """Put what was measured after the build into the manifest, and seal it.

        Raises `ManifestBroken` rather than seal what somebody changed.
        """
        complete = read_json(self.manifest)
        if is_broken(complete):
            raise ManifestBroken(
                f"the manifest of {self.name} is not as it was when version {self.version} was"
                f" built; remove {self.graph.parent} and build it again"
            )
        write_json(self.manifest, sealed({**complete, part: dict(measured)}))

    def write(self, content: bytes, key: str, measured: Measured) -> None:
        """Put a version in place; raises `VersionExists` instead of overwriting a release."""
        complete = self.complete(content, key, measured)
        if self.version == VERSION:
            self._rebuild(content, complete)
        else:
            self._release(content, complete)

    def complete(self, content: bytes, key: str, measured: Measured) -> dict[str, Any]:
        """The manifest of these weights: what is written by hand, then what was measured.

        What it says of the golden clip comes later, by `state_golden`.
        """
        whole = {
            **self.static(),
            **measured.stated,
            "version": self.version,
            "evidence": measured.evidence,
            "calibration": measured.calibration,
            "parity": measured.parity,
            "sha256": hashlib.sha256(content).hexdigest(),
            "built": {
                "source_sha256": key,
                "torch": measured.torch,
                "seconds": round(measured.seconds, 1),
            },
            "golden": None,
            "covered": None,
        }
        return sealed(whole)

    def withdraw(self) -> None:
        """Take a release away that nobody serves; renamed first, so that it is never half there."""
        if self.version == VERSION:
            raise VersionExists(f"version {VERSION} of {self.name} is no release")
        aside = Path(tempfile.mkdtemp(dir=self.repository / self.name, prefix=".withdrawn."))
        self.graph.parent.rename(aside / self.version)
        shutil.rmtree(aside)

    def _rebuild(self, content: bytes, manifest: dict[str, Any]) -> None:
        """The graph first, its manifest last: a manifest vouches for a graph that is there."""
        self.manifest.unlink(missing_ok=True)
        write_atomically(self.graph, content)
        write_json(self.manifest, manifest)

    def _release(self, content: bytes, manifest: dict[str, Any]) -> None:
        """Write the version aside and rename it, so that it is there whole or not at all."""
        target = self.graph.parent
        target.parent.mkdir(parents=True, exist_ok=True)
        # Triton passes over folders whose names are no numbers.
        aside = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
        try:
            aside.chmod(0o755)  # the model server may run as another user
            write_atomically(aside / self.graph.name, content)
            write_json(aside / self.manifest.name, manifest)
            self._take_place(aside, target)
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def _take_place(self, aside: Path, target: Path) -> None:
        try:
            aside.rename(target)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                raise
            raise VersionExists(
                f"{self.name} has a version {self.version} already ({target}); a release is never"
                " overwritten: remove the folder by hand, or release under the next number"
            ) from error
