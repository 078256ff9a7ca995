"""A network is fit when it has its graph, its golden scores, and says them."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from assessment.faults import ModelContract
from assessment.fitness import Unfit
from assessment.golden import Golden, Tolerance
from assessment.manifest import Manifest
from assessment.repository import Repository
from tests.samples import a_manifest
from worker.answers import Rows, Scores
from worker.examination import Examination
from worker.golden import GoldenFaces

GRAPH = b"a graph"
GRAPH_SHA256 = hashlib.sha256(GRAPH).hexdigest()
FACES = GoldenFaces(12, np.zeros((5, 224, 224, 3), np.uint8), "c" * 64)
ONNX, PLAN = "onnxruntime_onnx", "tensorrt_plan"


@dataclass
class Said:
    """A Triton that says 20 of every face, and a little more."""

    more: float = 0.0
    fault: Exception | None = None

    def submit_rows(self, network: str, rows: Rows) -> "Said":
        self._rows, self._network = len(rows["faces"]), network
        return self

    def wait(self, seconds: float) -> bool:
        return True

    def scores(self) -> dict[str, Scores]:
        if self.fault is not None:
            raise self.fault
        return {self._network: np.full((self._rows, 1), 20.0 + self.more, np.float32)}

    def cancel(self) -> None:
        """There is nothing to cancel."""


def golden(manifest: Manifest, faces: GoldenFaces = FACES) -> Golden:
    return Golden(
        clip_sha256="c" * 64,
        weights_sha256=GRAPH_SHA256,
        faces_sha256=faces.sha256(manifest),
        values=((20.0,),) * 5,
        tolerance=Tolerance(exact=0.001, other_faces=0.05, reduced=0.5),
    )


def examine(
    folder: Path, said: Said, stated: Golden | None, engine: str = ONNX, graph: bytes | None = GRAPH
) -> Unfit | None:
    manifest = replace(a_manifest("hmhn"), sha256=GRAPH_SHA256, golden=stated)
    repository = Repository(folder, {"hmhn": manifest}, {})
    if graph is not None:
        repository.graph("hmhn").parent.mkdir(parents=True)
        repository.graph("hmhn").write_bytes(graph)
    return Examination(repository, said, lambda: FACES)("hmhn", engine)


def test_the_same_scores_are_fit(tmp_path: Path) -> None:
    assert examine(tmp_path, Said(), golden(a_manifest("hmhn"))) is None


def test_a_drift_says_what_was_expected_what_came_and_how_much_is_allowed(tmp_path: Path) -> None:
    found = examine(tmp_path, Said(more=1.5), golden(a_manifest("hmhn")))

    assert found is not None
    assert (found.network, found.code) == ("hmhn", "golden_drift")
    assert (found.expected, found.got, found.tolerance) == (20.0, 21.5, 0.001)
    assert "the faces are those of the build" in found.said


@pytest.mark.parametrize(
    ("engine", "same_faces", "allowed"),
    [(ONNX, True, 0.001), (ONNX, False, 0.05), (PLAN, True, 0.5), (PLAN, False, 0.5)],
)
def test_what_is_allowed_follows_from_the_engine_and_the_faces(
    tmp_path: Path, engine: str, *, same_faces: bool, allowed: float
) -> None:
    manifest = a_manifest("hmhn")
    others = GoldenFaces(12, FACES.faces + 1, "c" * 64)
    stated = golden(manifest, FACES if same_faces else others)

    within = examine(tmp_path / "a", Said(more=0.9 * allowed), stated, engine)
    beyond = examine(tmp_path / "b", Said(more=1.2 * allowed), stated, engine)

    assert within is None
    assert beyond is not None
    assert beyond.tolerance == allowed


def test_a_graph_changed_after_the_build_is_not_asked_at_all(tmp_path: Path) -> None:
    said = Said(fault=AssertionError("it was asked"))

    found = examine(tmp_path, said, golden(a_manifest("hmhn")), graph=b"another graph")

    assert found is not None
    assert found.code == "weights_changed"


def test_where_the_graph_is_out_of_sight_the_golden_scores_decide(tmp_path: Path) -> None:
    stated = golden(a_manifest("hmhn"))

    assert examine(tmp_path, Said(), stated, graph=None) is None
    assert examine(tmp_path, Said(more=5), stated, graph=None) is not None


@pytest.mark.parametrize("part", ["weights_sha256", "clip_sha256"])
def test_golden_scores_of_another_graph_or_clip_do_not_count(tmp_path: Path, part: str) -> None:
    stated = replace(golden(a_manifest("hmhn")), **{part: "0" * 64})

    found = examine(tmp_path, Said(), stated)

    assert found is not None
    assert found.code == "golden_missing"


def test_a_manifest_without_golden_scores_is_not_fit(tmp_path: Path) -> None:
    found = examine(tmp_path, Said(), None)

    assert found is not None
    assert found.code == "golden_missing"


def test_an_answer_against_the_manifest_is_the_reason(tmp_path: Path) -> None:
    fault = ModelContract("hmhn sends a value that is no number")

    found = examine(tmp_path, Said(fault=fault), golden(a_manifest("hmhn")))

    assert found == Unfit("hmhn", "model_contract", "hmhn sends a value that is no number")
