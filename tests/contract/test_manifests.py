"""The manifests: complete and honest, as the schema and the served tensors demand."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from jsonschema import Draft202012Validator, ValidationError

from networks.tensors import EXPRESSION, EXPRESSIONS, SERVED, ServedModel
from training.photograph import aligned_portrait
from training.repository import MEASURED, Measured, ModelFolder

REPOSITORY = Path(__file__).resolve().parents[2] / "model_repository"
SCHEMA = json.loads((REPOSITORY / "manifest.schema.json").read_text())

models = pytest.mark.parametrize("model", SERVED, ids=[model.name for model in SERVED])


def static(model: ServedModel) -> dict[str, Any]:
    return json.loads((REPOSITORY / model.name / "manifest.json").read_text())


def built(model: ServedModel) -> dict[str, Any]:
    return json.loads((REPOSITORY / model.name / "1" / "manifest.json").read_text())


def check(manifest: dict[str, Any]) -> None:
    Draft202012Validator(SCHEMA).validate(manifest)


def complete(model: ServedModel, folder: Path) -> dict[str, Any]:
    """What building would write, with nothing measured."""
    made = ModelFolder(folder, model.name)
    parity = {"tolerance": 1e-3, "max_abs_difference": 0.0}
    made.write(b"graph", "0" * 64, Measured(None, None, parity, None, 1.0))
    return json.loads(made.manifest.read_text())


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@models
def test_what_is_written_by_hand_and_what_is_measured_make_a_whole(
    model: ServedModel, tmp_path: Path
) -> None:
    # when
    manifest = complete(model, tmp_path)

    # then
    check(manifest)
    assert set(manifest) == {*static(model), *MEASURED}
    assert manifest["sha256"] == hashlib.sha256(b"graph").hexdigest()


@models
@pytest.mark.parametrize("part", ["sha256", "evidence", "calibration", "licence", "limits"])
def test_a_manifest_without_a_part_is_refused(
    model: ServedModel, part: str, tmp_path: Path
) -> None:
    # given
    manifest = complete(model, tmp_path)

    # when
    del manifest[part]

    # then
    with pytest.raises(ValidationError, match=part):
        check(manifest)


@models
def test_the_manifest_names_the_served_tensors(model: ServedModel) -> None:
    # given
    manifest = static(model)

    # then
    assert manifest["name"] == model.name
    assert manifest["input"]["name"] == model.faces.name
    assert manifest["input"]["dtype"] == model.faces.dtype
    assert (manifest["input"]["size"],) * 2 + (3,) == model.faces.shape
    assert manifest["output"]["name"] == model.outputs[0].name


def test_the_expression_labels_are_the_networks() -> None:
    assert static(EXPRESSION)["labels"] == list(EXPRESSIONS)


@models
def test_severity_weights_say_that_they_are_a_demonstration(model: ServedModel) -> None:
    # given
    manifest = static(model)
    is_severity = manifest["task"] == "severity"

    # then
    assert manifest["demonstration"] == is_severity
    assert ("no clinical meaning" in " ".join(manifest["limits"])) == is_severity
    assert manifest["licence"]["commercial_use"] is False
    if is_severity:
        assert "Demonstration weights" in manifest["training_data"]


@pytest.mark.stack
@models
def test_the_built_manifest_is_whole_and_vouches_for_its_graph(model: ServedModel) -> None:
    # given
    manifest = built(model)
    graph = REPOSITORY / model.name / "1" / "model.onnx"

    # then
    check(manifest)
    assert manifest["sha256"] == hashlib.sha256(graph.read_bytes()).hexdigest()
    assert manifest["parity"]["max_abs_difference"] <= manifest["parity"]["tolerance"]


@pytest.mark.stack
@models
def test_the_built_graph_has_the_served_tensors(model: ServedModel) -> None:
    # given
    graph = REPOSITORY / model.name / "1" / "model.onnx"
    session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])

    # when
    outputs = session.run(None, {"faces": np.zeros((3, *model.faces.shape), np.uint8)})

    # then
    assert [output.name for output in session.get_outputs()] == [o.name for o in model.outputs]
    assert [np.asarray(values).shape for values in outputs] == [
        (3, *output.shape) for output in model.outputs
    ]


@pytest.mark.stack
@pytest.mark.parametrize("name", ["hmhn", "ddl_resnet50"])
def test_the_fitted_networks_beat_the_constant_on_persons_they_never_saw(name: str) -> None:
    # given
    manifest = json.loads((REPOSITORY / name / "1" / "manifest.json").read_text())
    evidence = manifest["evidence"]

    # then even the bad end of each interval does better than saying the same always
    assert evidence["rmse"]["high"] < evidence["constant_rmse"]
    assert evidence["ccc"]["low"] > 0.0
    assert manifest["calibration"]["half_width"] > 0.0


@pytest.mark.stack
def test_a_smiling_face_is_happy() -> None:
    # given the portrait that scikit-image carries
    face = aligned_portrait()[::2, ::2]
    graph = REPOSITORY / EXPRESSION.name / "1" / "model.onnx"
    session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])

    # when
    answer = session.run(None, {"faces": np.stack([face, 255 - face])})
    probabilities = np.asarray(answer[0])

    # then
    assert EXPRESSIONS[int(probabilities[0].argmax())] == "happy"
    assert np.allclose(probabilities.sum(axis=1), 1.0, atol=1e-5)
