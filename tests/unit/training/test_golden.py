"""Golden scores go into the manifest of what was built, once, and stay true to its graph."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from assessment.golden import Golden
from assessment.manifest_seal import is_broken
from tests.samples import a_manifest
from training.faults import ManifestBroken
from training.files import read_json, write_json
from training.golden import SCORE, SHARE, complete, tolerance_of
from training.repository import Measured, ModelFolder, newest_versions
from worker.faces import Face
from worker.video import Pixels

PARITY = {"tolerance": 1e-3, "max_abs_difference": 0.0}
MEASURED = Measured(None, None, PARITY, None, 1.0)
POINTS = np.array([[200, 150], [270, 150], [235, 190], [208, 230], [265, 230]], np.float32)


class Sure:
    """Sees one face where the drawn one is."""

    def find(self, pixels: Pixels) -> list[Face]:
        return [Face((140, 60, 330, 300), POINTS, 0.9)]


def silent(line: str) -> None:
    """Say nothing."""


def mean_brightness(scale: float = 0.1) -> bytes:
    """A graph that says of every face (n, 224, 224, 3) its mean grey level times `scale`."""
    faces = helper.make_tensor_value_info("faces", TensorProto.UINT8, ["n", 224, 224, 3])
    score = helper.make_tensor_value_info("score", TensorProto.FLOAT, ["n", 1])
    nodes = [
        helper.make_node("Cast", ["faces"], ["levels"], to=TensorProto.FLOAT),
        helper.make_node("Flatten", ["levels"], ["flat"]),
        helper.make_node("ReduceMean", ["flat", "axes"], ["mean"], keepdims=1),
        helper.make_node("Mul", ["mean", "scale"], ["score"]),
    ]
    constants = [
        helper.make_tensor("axes", TensorProto.INT64, [1], [1]),
        helper.make_tensor("scale", TensorProto.FLOAT, [1], [scale]),
    ]
    graph = helper.make_graph(nodes, "mean", [faces], [score], constants)
    opset = helper.make_opsetid("", 18)
    return helper.make_model(graph, opset_imports=[opset], ir_version=8).SerializeToString()


@pytest.fixture
def folder(tmp_path: Path) -> ModelFolder:
    built = ModelFolder(tmp_path, "hmhn")
    built.write(mean_brightness(), "a" * 64, MEASURED)
    return built


def golden_of(folder: ModelFolder) -> Golden | None:
    found = read_json(folder.manifest)["golden"]
    return Golden.parse(found) if found else None


def test_what_was_built_gets_golden_scores_that_the_built_graph_said(folder: ModelFolder) -> None:
    said: list[str] = []

    complete([folder], Sure, said.append)

    golden = golden_of(folder)
    assert golden is not None
    assert golden.weights_sha256 == read_json(folder.manifest)["sha256"]
    assert len(golden.values) == 5
    assert all(5.0 < value < 25.0 for (value,) in golden.values)
    assert len(set(golden.values)) > 1
    assert said == ["hmhn: golden scores are in the manifest"]
    assert not is_broken(read_json(folder.manifest))


def test_golden_scores_that_are_there_are_left_alone_unless_asked(folder: ModelFolder) -> None:
    said: list[str] = []
    for again in (False, False, True):
        complete([folder], Sure, said.append, again=again)

    assert len(said) == 2


def test_other_weights_get_other_golden_scores(folder: ModelFolder) -> None:
    complete([folder], Sure, silent)
    before = golden_of(folder)
    folder.write(mean_brightness(0.2), "b" * 64, MEASURED)
    assert golden_of(folder) is None

    complete([folder], Sure, silent)

    after = golden_of(folder)
    assert before is not None
    assert after is not None
    assert after.values[0][0] == pytest.approx(2 * before.values[0][0], rel=1e-5)


def test_a_renewed_static_manifest_keeps_them(folder: ModelFolder) -> None:
    complete([folder], Sure, silent)
    before = golden_of(folder)

    folder.refresh()

    assert golden_of(folder) == before
    assert not is_broken(read_json(folder.manifest))


def test_nobody_seals_a_manifest_that_was_changed_and_it_is_built_anew(folder: ModelFolder) -> None:
    manifest = read_json(folder.manifest)
    write_json(folder.manifest, {**manifest, "demonstration": False})

    with pytest.raises(ManifestBroken, match="hmhn"):
        complete([folder], Sure, silent)
    assert not folder.is_built("a" * 64)


def test_the_newest_version_is_the_one_that_is_scored(folder: ModelFolder) -> None:
    released = folder.next_version()
    released.write(mean_brightness(), "c" * 64, MEASURED)

    assert newest_versions(folder.repository) == [released]


def test_a_graph_in_int8_has_the_wider_tolerance_on_every_processor() -> None:
    plain, labelled = a_manifest("hmhn"), a_manifest("expression")
    small = a_manifest("hmhn")
    small.document["parity"] = {**PARITY, "int8": {"engine": "cpu"}}

    assert tolerance_of(plain) == SCORE
    assert tolerance_of(labelled) == SHARE
    assert tolerance_of(small).exact == SCORE.reduced


def test_the_graph_of_these_tests_is_one() -> None:
    onnx.checker.check_model(onnx.load_from_string(mean_brightness()))
