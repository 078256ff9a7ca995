"""The manifests: complete and honest, as the schema and the served tensors demand."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from jsonschema import Draft202012Validator, ValidationError

from networks.tensors import (
    ATTENTION_POOLING,
    CLIP_FRAMES,
    EXPRESSION,
    EXPRESSION_SCN,
    EXPRESSIONS,
    FACE_SIZE,
    FLOW_FRAMES,
    MICRO_EXPRESSION,
    MICRO_EXPRESSIONS,
    RESNET50_FEATURES,
    SERVED,
    TEMPORAL_RESNET50,
    TWO_STREAM,
    ServedModel,
    ServedTensor,
)
from training.photograph import aligned_portrait
from training.repository import MEASURED, Measured, ModelFolder

REPOSITORY = Path(__file__).resolve().parents[2] / "model_repository"
SCHEMA = json.loads((REPOSITORY / "manifest.schema.json").read_text())

models = pytest.mark.parametrize("model", SERVED, ids=[model.name for model in SERVED])

USUAL = ("hmhn", "ddl_resnet50", "expression")
"""What `make weights` builds; the others take `make networks`."""
built_models = pytest.mark.parametrize(
    "model",
    [
        pytest.param(model, id=model.name, marks=() if model.name in USUAL else pytest.mark.slow)
        for model in SERVED
    ],
)


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


def long(tensor: ServedTensor) -> tuple[int, ...]:
    """The tensor's shape, free axes five long."""
    return tuple(5 if length < 0 else length for length in tensor.shape)


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
    assert manifest["kind"] == model.kind
    assert [(one["name"], one["dtype"], tuple(one["shape"])) for one in manifest["inputs"]] == [
        (tensor.name, tensor.dtype, tensor.shape) for tensor in model.inputs
    ]
    assert manifest["output"]["name"] == model.outputs[0].name


@models
def test_faces_are_cut_as_large_as_the_network_takes_them(model: ServedModel) -> None:
    # given
    pictures = [tensor.shape[:2] for tensor in model.inputs if tensor.dtype == "uint8"]
    size = static(model)["face"]["size"]

    # then a network without pictures takes what comes of faces of the usual size
    assert set(pictures or [(FACE_SIZE, FACE_SIZE)]) == {(size, size)}


def test_clips_are_as_long_as_what_is_made_of_them() -> None:
    # one flow field lies between two frames
    assert static(TEMPORAL_RESNET50)["clip"]["frames"] == CLIP_FRAMES
    assert static(TWO_STREAM)["clip"]["frames"] == FLOW_FRAMES + 1


def test_pooling_takes_the_features_that_are_served() -> None:
    # given
    features, pooled = RESNET50_FEATURES.outputs[0], ATTENTION_POOLING.inputs[0]

    # then
    assert static(ATTENTION_POOLING)["features"] == RESNET50_FEATURES.name
    assert static(RESNET50_FEATURES)["output"]["name"] == features.name
    assert pooled.shape == (-1, *features.shape)


@pytest.mark.parametrize(
    ("model", "labels"),
    [
        (EXPRESSION, EXPRESSIONS),
        (EXPRESSION_SCN, EXPRESSIONS),
        (TWO_STREAM, EXPRESSIONS),
        (MICRO_EXPRESSION, MICRO_EXPRESSIONS),
    ],
    ids=lambda value: value.name if isinstance(value, ServedModel) else "",
)
def test_the_labels_are_the_networks_own(model: ServedModel, labels: tuple[str, ...]) -> None:
    assert static(model)["labels"] == list(labels)
    assert model.outputs[0].shape == (len(labels),)


@models
def test_weights_that_are_a_demonstration_say_so_in_their_limits(model: ServedModel) -> None:
    # given
    manifest = static(model)
    limits = " ".join(manifest["limits"])

    # then only the converted expression network has learned from people
    assert manifest["demonstration"] == (model is not EXPRESSION)
    assert manifest["licence"]["commercial_use"] is False
    if manifest["demonstration"]:
        assert "Demonstration weights" in manifest["training_data"]
        assert "drawn faces" in limits or "synthetic faces" in limits
    if manifest["task"] == "severity":
        assert "no clinical meaning" in limits


@pytest.mark.stack
@built_models
def test_the_built_manifest_is_whole_and_vouches_for_its_graph(model: ServedModel) -> None:
    # given
    manifest = built(model)
    graph = REPOSITORY / model.name / "1" / "model.onnx"

    # then
    check(manifest)
    assert manifest["sha256"] == hashlib.sha256(graph.read_bytes()).hexdigest()
    assert manifest["parity"]["max_abs_difference"] <= manifest["parity"]["tolerance"]


@pytest.mark.stack
@built_models
def test_the_built_graph_has_the_served_tensors(model: ServedModel) -> None:
    # given
    graph = REPOSITORY / model.name / "1" / "model.onnx"
    session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])

    # when
    rows = {one.name: np.zeros((3, *long(one)), one.dtype) for one in model.inputs}
    outputs = session.run(None, rows)

    # then
    assert [output.name for output in session.get_outputs()] == [o.name for o in model.outputs]
    assert [np.asarray(values).shape for values in outputs] == [
        (3, *long(output)) for output in model.outputs
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
