"""Calibrating what is served, and counting how often its intervals hold: on a graph of one mean."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as some
from onnx import TensorProto, helper

from assessment.change import smallest_detectable
from assessment.manifest import Calibration, Manifest
from assessment.manifest_seal import is_broken
from training.calibration import calibrate_all, residuals_of
from training.coverage import NewPersons, Persons, bands_named, changes_held, held, measure, weigh
from training.evaluation.conformal import half_width
from training.evaluation.units import Scored, Unit
from training.faults import NothingToWeigh
from training.files import read_json
from training.repository import Measured, ModelFolder
from training.synthetic import Split, SyntheticConfig, make_faces
from training.weights import SEVERITY_RECIPES, make_calibration

MEASURED = Measured(None, None, {"tolerance": 1e-3, "max_abs_difference": 0.0}, None, 1.0)
FEW = Persons(once=6, twice=3, longer=2, frames=2)


class Silent:
    """A display that only remembers."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def show(self, task: str, stage: str, done: int, total: int) -> None:
        del task, stage, done, total

    def say(self, line: str) -> None:
        self.lines.append(line)


def a_graph(output: str) -> bytes:
    """A network that says how bright a face is."""
    nodes = [
        helper.make_node("Cast", ["faces"], ["light"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["light"], ["mean"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Mul", ["mean", "scale"], [output]),
    ]
    faces = helper.make_tensor_value_info("faces", TensorProto.UINT8, ["n", 224, 224, 3])
    said = helper.make_tensor_value_info(output, TensorProto.FLOAT, ["n"])
    scale = helper.make_tensor("scale", TensorProto.FLOAT, [], [0.25])
    graph = helper.make_graph(nodes, "light", [faces], [said], [scale])
    opsets = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    onnx.checker.check_model(model)
    return model.SerializeToString()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Both fitted networks, built and not calibrated; twelve persons calibrate."""
    for name in SEVERITY_RECIPES:
        folder = ModelFolder(tmp_path, name)
        folder.write(a_graph(folder.static()["output"]["name"]), "a" * 64, MEASURED)
    monkeypatch.setattr("training.calibration.PERSONS", SyntheticConfig(12, 1, 1))
    return tmp_path


def scored(predicted: list[float], true: list[float]) -> Scored:
    rows = np.arange(len(true))
    return Scored(np.array(predicted), np.array(true), rows, rows, Unit.CLIP)


def calibrated(*residuals: float) -> Calibration:
    """A calibration whose half width is 10."""
    return Calibration("split_conformal", 41, 0.9, 10.0, residuals)


def test_what_is_built_is_calibrated_once(repository: Path) -> None:
    # when
    display = Silent()
    make_calibration(repository, display)
    said = list(display.lines)
    make_calibration(repository, display)

    # then
    assert len(said) == 2
    assert display.lines == said
    for name in SEVERITY_RECIPES:
        document = read_json(ModelFolder(repository, name).manifest)
        found = Manifest.parse(document).calibration
        assert not is_broken(document)
        assert found is not None
        assert (found.n, len(found.residuals)) == (12, 12)
        assert found.half_width == pytest.approx(max(map(abs, found.residuals)))


def test_another_graph_is_calibrated_anew(repository: Path) -> None:
    # given
    make_calibration(repository, Silent())
    folder = ModelFolder(repository, "hmhn")
    folder.write(a_graph("score") + b"", "b" * 64, MEASURED)

    # when
    display = Silent()
    make_calibration(repository, display)

    # then
    assert len(display.lines) == 1
    assert display.lines[0].startswith("calibrated hmhn on 12 synthetic persons")


def test_the_residuals_are_those_of_the_served_score_and_all_are_kept() -> None:
    # given more than two hundred, one of them outside of the scale
    true = np.linspace(1.0, 60.0, 300)
    predicted = true + np.random.default_rng(0).normal(0.0, 5.0, 300)

    # when
    found = residuals_of(scored(predicted.tolist(), true.tolist()))

    # then
    errors = true - predicted
    assert found["residuals"] == sorted(found["residuals"])
    assert found["residuals"] == pytest.approx(sorted(errors), abs=1e-3)
    assert found["half_width"] == pytest.approx(half_width(errors), abs=1e-3)
    assert found["n"] == 300


def test_too_few_persons_calibrate_nothing() -> None:
    with pytest.raises(NothingToWeigh, match=r"8 residuals cannot carry 0\.9: it takes 9"):
        residuals_of(scored([1.0] * 8, [2.0] * 8))


def test_the_interval_that_is_served_is_the_one_that_is_counted() -> None:
    # given points whose intervals are 0-12, 20-40 and 53-63
    pairs = [(2.0, 0.0), (2.0, 12.5), (30.0, 40.0), (30.0, 19.9), (63.0, 53.0)]

    # when
    found = held(pairs, calibrated(0.0))

    # then
    assert (found.covered, found.n, found.level) == (3, 5, 0.9)
    assert found.low < 0.6 < found.high


def test_a_difference_is_held_where_its_error_is_no_larger_than_detectable() -> None:
    # given residuals of standard deviation 2, so that 5.54 is detectable, and pairs of clips whose
    # differences are off by 5, by 6 and, as both are off alike, by nothing
    calibration = calibrated(-2.0, 0.0, 2.0)
    twice = scored([10.0, 15.0, 10.0, 16.0, 40.0, 40.0], [10.0, 10.0, 10.0, 10.0, 20.0, 20.0])

    # when
    found = changes_held(twice, calibration)

    # then
    assert smallest_detectable(calibration) == pytest.approx(5.54, abs=0.01)
    assert (found["share"], found["n"]) == (round(2 / 3, 3), 3)


def test_a_named_band_is_right_or_wrong_and_says_how_likely_it_was() -> None:
    # given a certain network that is right once and wrong once
    found = bands_named([(5.0, 4.0), (5.0, 40.0)], calibrated(0.0, 0.0))

    assert found == {"n": 2, "named": 2, "right": 1, "expected": 2.0}


def test_a_network_is_weighed_on_new_persons_and_its_document_written(repository: Path) -> None:
    # given
    make_calibration(repository, Silent())
    folder, display = ModelFolder(repository, "hmhn"), Silent()

    # when
    agreed = measure([folder], FEW, display)

    # then
    found = read_json(folder.graph.with_name("coverage.json"))
    assert (found["n"], found["frames"]["2"]["n"], found["change"]["n"]) == (9, 2, 3)
    assert found["sha256"] == read_json(folder.manifest)["sha256"]
    assert agreed == (0.87 <= found["share"] <= 0.93)
    assert f"nominal 0.9 held {found['share']:.3f}" in display.lines[0]


def test_nothing_is_measured_without_a_calibration(repository: Path) -> None:
    with pytest.raises(NothingToWeigh, match="make weights"):
        weigh(ModelFolder(repository, "hmhn"), NewPersons.draw(FEW))


def test_new_persons_are_nobody_who_was_seen() -> None:
    # given those who made the evidence
    seen = make_faces(Split.HELD_OUT, SyntheticConfig(6, 1, 1))

    # when
    people = NewPersons.draw(FEW)

    # then
    sets = (seen, people.once, people.twice, people.longer)
    faces = [face.tobytes() for one in sets for face in one.faces]
    assert len(set(faces)) == len(faces) == 6 + 16


def test_calibrating_says_how_wide_it_came_out(repository: Path) -> None:
    # when
    display = Silent()
    calibrate_all({ModelFolder(repository, "hmhn"): "c" * 64}, display)

    # then
    found = read_json(ModelFolder(repository, "hmhn").manifest)["calibration"]
    assert found["source_sha256"] == "c" * 64
    assert f"{found['half_width']:.1f}" in display.lines[0]


@given(
    some.lists(some.floats(-63.0, 63.0), min_size=9, max_size=60),
    some.tuples(some.floats(0.05, 0.95), some.floats(0.05, 0.95)),
)
def test_a_higher_level_never_takes_a_narrower_interval(
    residuals: list[float], levels: tuple[float, float]
) -> None:
    lower, higher = sorted(levels)

    assert half_width(np.array(residuals), lower) <= half_width(np.array(residuals), higher)
