"""One look at one network, whether what Triton serves is still what was measured.

the graph's digest ─▶ golden scores stated ─▶ the golden clip scored by Triton ─▶ fit, or an `Unfit`
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from assessment.faults import ModelContract
from assessment.fitness import GOLDEN_DRIFT, Unfit
from assessment.golden import Difference, Golden, largest_difference
from assessment.manifest import Manifest
from assessment.repository import Repository
from worker.answers import Rows, Scores
from worker.golden import GoldenFaces, golden_values
from worker.scoring import Pending

REDUCED_ENGINES: Final = frozenset({"tensorrt_plan"})
"""Triton's names of platforms that may compute in fewer than 32 bits."""
CHUNK_BYTES: Final = 2**20


class Asked(Protocol):
    """Scores the rows of one network."""

    def submit_rows(self, network: str, rows: Rows) -> Pending:
        """Send inputs by name, each (n, ...) of its own data type, to one network."""
        ...


@dataclass(frozen=True, slots=True)
class Examination:
    """Examines networks of one repository; `faces` reads the clip, once, or raises a fault."""

    repository: Repository
    asked: Asked
    faces: Callable[[], GoldenFaces]

    def __call__(self, network: str, engine: str) -> Unfit | None:
        """Return why the network is not fit, or None; `engine` is Triton's name of its platform.

        Raises `InferenceUnavailable` when Triton does not answer, and `Misconfigured` when the
        clip cannot be read.
        """
        manifest = self.repository.sound[network]
        if not self._has_its_graph(manifest):
            return Unfit(network, "weights_changed", "the graph is not the manifest's")
        golden, faces = manifest.golden, self.faces()
        stated = (golden.weights_sha256, golden.clip_sha256) if golden else None
        if golden is None or stated != (manifest.sha256, faces.clip_sha256):
            return Unfit(network, "golden_missing", "no golden scores of this clip and graph")
        try:
            return self._drift(manifest, golden, faces, engine)
        except ModelContract as fault:
            return Unfit(network, fault.code, str(fault))

    def _has_its_graph(self, manifest: Manifest) -> bool:
        """Compare the digest where this machine has the file; else the golden scores must do."""
        digest = hashlib.sha256()
        try:
            with self.repository.graph(manifest.name).open("rb") as graph:
                while chunk := graph.read(CHUNK_BYTES):
                    digest.update(chunk)
        except OSError:
            return True
        return digest.hexdigest() == manifest.sha256

    def _drift(
        self, manifest: Manifest, golden: Golden, faces: GoldenFaces, engine: str
    ) -> Unfit | None:
        same_faces = faces.sha256(manifest) == golden.faces_sha256
        behind = self.repository.sound.get(manifest.features or "")
        difference = largest_difference(
            golden.values, golden_values(manifest, faces, self._ask, behind)
        )
        tolerance = tolerance_for(golden, engine, same_faces=same_faces)
        if difference.size <= tolerance:
            return None
        return _drifted(manifest, difference, tolerance, same_faces=same_faces)

    def _ask(self, manifest: Manifest, rows: Rows) -> Scores:
        return self.asked.submit_rows(manifest.name, rows).scores()[manifest.name]


def tolerance_for(golden: Golden, engine: str, *, same_faces: bool) -> float:
    """Return how far this engine may be off, in the unit of the network's output."""
    if engine in REDUCED_ENGINES:
        return golden.tolerance.reduced
    return golden.tolerance.exact if same_faces else golden.tolerance.other_faces


def _drifted(
    manifest: Manifest, difference: Difference, tolerance: float, *, same_faces: bool
) -> Unfit:
    where = "the faces are those of the build" if same_faces else "the faces are other ones, too"
    said = f"expected {difference.expected}, got {difference.got}, allowed {tolerance:g}; {where}"
    return Unfit(manifest.name, GOLDEN_DRIFT, said, difference.expected, difference.got, tolerance)
