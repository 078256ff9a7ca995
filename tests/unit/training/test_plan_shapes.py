"""Shapes, graphs and versions for TensorRT."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from networks.tensors import SERVED, ServedModel
from training.agreement import compare
from training.export import run, session
from training.faults import ParityFailed, PlanFailed
from training.plan_graphs import cast_first
from training.plan_shapes import LENGTHS, probe, read_profile
from training.repository import ROOT
from training.trtexec import read_outputs, read_version, shapes_option


@pytest.mark.parametrize("model", SERVED, ids=[model.name for model in SERVED])
def test_every_configuration_gives_a_profile(model: ServedModel) -> None:
    # when
    profile = read_profile(ROOT / "model_repository" / model.name / "config.pbtxt")

    # then
    names = [tensor.name for tensor in model.inputs]
    usual = 1 if model.max_batch == 1 else 16
    for shapes, batch, at in (
        (profile.smallest, 1, 0),
        (profile.usual, usual, 1),
        (profile.largest, model.max_batch, 2),
    ):
        assert list(shapes) == names
        for tensor in model.inputs:
            sides = tuple(LENGTHS[at] if side == -1 else side for side in tensor.shape)
            assert shapes[tensor.name] == (batch, *sides)
    assert profile.dtypes == {tensor.name: tensor.dtype for tensor in model.inputs}


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ("nonsense {", "is no Triton configuration"),
        ('name: "x"', "no max_batch_size"),
        (
            'max_batch_size: 2 input [{ name: "x" data_type: TYPE_INT64 dims: [1] }]',
            "another type than UINT8 and FP32",
        ),
    ],
)
def test_a_configuration_that_gives_no_profile_is_named(
    tmp_path: Path, config: str, reason: str
) -> None:
    # given
    (tmp_path / "config.pbtxt").write_text(config)

    # then
    with pytest.raises(PlanFailed, match=reason):
        read_profile(tmp_path / "config.pbtxt")


def test_what_engines_are_compared_on_is_the_same_every_time_and_no_grey_noise() -> None:
    # given
    shapes = {"faces": (2, 64, 64, 3), "flow": (2, 40, 40, 20), "mask": (1, 5), "motion": (3, 4)}
    dtypes = {"faces": "uint8", "flow": "uint8", "mask": "float32", "motion": "float32"}

    # when
    rows, again = probe(shapes, dtypes), probe(shapes, dtypes)

    # then
    for name, values in rows.items():
        assert values.shape == shapes[name]
        assert values.dtype == dtypes[name]
        np.testing.assert_array_equal(values, again[name])
    flat = rows["faces"].astype(int)
    assert np.abs(np.diff(flat, axis=2)).mean() < 25 < flat.std()
    assert rows["mask"].all()
    assert not np.array_equal(rows["faces"][0], rows["faces"][1])


def bytes_first(*operators: str) -> onnx.ModelProto:
    """faces uint8 (n, 4, 4, 3) through operators to an output `out`."""
    attributes: dict[str, Any] = {
        "Transpose": {"perm": [0, 3, 1, 2]},
        "Cast": {"to": TensorProto.FLOAT},
    }
    names = ["faces", *(f"t{at}" for at in range(len(operators) - 1)), "out"]
    nodes = [
        helper.make_node(operator, [names[at]], [names[at + 1]], **attributes.get(operator, {}))
        for at, operator in enumerate(operators)
    ]
    inputs = [helper.make_tensor_value_info("faces", TensorProto.UINT8, ["n", 4, 4, 3])]
    outputs = [helper.make_tensor_value_info("out", TensorProto.FLOAT, ["n", 3, 4, 4])]
    infos = [helper.make_tensor_value_info("t0", TensorProto.UINT8, ["n", 3, 4, 4])]
    graph = helper.make_graph(nodes, "g", inputs, outputs, value_info=infos)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)


def test_bytes_are_cast_before_anything_else_and_the_numbers_stay() -> None:
    # given
    model = bytes_first("Transpose", "Cast", "Relu")
    faces = {"faces": np.arange(96, dtype=np.uint8).reshape(2, 4, 4, 3)}

    # when
    changed = cast_first(model)

    # then
    assert [node.op_type for node in changed.graph.node] == ["Cast", "Transpose", "Relu"]
    assert [node.op_type for node in model.graph.node] == ["Transpose", "Cast", "Relu"]
    onnx.checker.check_model(changed, full_check=True)
    before = run(session(model.SerializeToString()), faces)["out"]
    np.testing.assert_array_equal(run(session(changed.SerializeToString()), faces)["out"], before)


def test_a_graph_that_casts_first_stays_as_it_is() -> None:
    # given
    model = bytes_first("Cast", "Transpose", "Relu")

    # then
    assert cast_first(model) == model


def test_a_graph_that_computes_on_bytes_is_refused() -> None:
    with pytest.raises(PlanFailed, match="input faces goes into Identity, then Cast"):
        cast_first(bytes_first("Identity", "Cast", "Relu"))


@pytest.mark.parametrize(
    ("banner", "version"),
    [
        ("&&&& RUNNING TensorRT.trtexec [TensorRT v8601] # trtexec --help", "8.6.1"),
        ("&&&& RUNNING TensorRT.trtexec [TensorRT v100300] # trtexec", "10.3.0"),
        ("&&&& RUNNING TensorRT.trtexec [TensorRT v101303] [b9] # trtexec", "10.13.3"),
        ("[TensorRT v110401]", "11.4.1"),
    ],
)
def test_the_version_is_read_from_the_banner(banner: str, version: str) -> None:
    assert read_version(banner) == version


def test_a_banner_without_a_version_is_refused() -> None:
    with pytest.raises(PlanFailed, match="which TensorRT"):
        read_version("=== Model Options ===")


def test_shapes_are_written_as_trtexec_reads_them() -> None:
    shapes = {"features": (1, 256, 2048), "mask": (1, 256)}

    assert shapes_option(shapes) == "features:1x256x2048,mask:1x256"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "[",
        "{}1",
        '[{"name": "a"}]',
        '[{"name": "a", "dimensions": "3", "values": [1, 2]}]',
        "[nan]",
    ],
)
def test_outputs_that_cannot_be_read_are_said(tmp_path: Path, written: str) -> None:
    # given
    (tmp_path / "out.json").write_text(written)

    # then
    with pytest.raises(PlanFailed, match="no readable outputs"):
        read_outputs(tmp_path / "out.json")


def test_differences_count_on_the_range_of_their_output() -> None:
    # given a score 0.63 off, features 0.2 off where the largest is 20, probabilities 0.02 off
    expected = {
        "score": np.array([[10.0], [63.0]], np.float32),
        "features": np.array([[20.0, 0.0]], np.float32),
        "probabilities": np.array([[0.3, 0.7]], np.float32),
    }
    found = {
        "score": expected["score"] + np.float32(0.63),
        "features": expected["features"] + np.float32(0.2),
        "probabilities": expected["probabilities"] + np.float32(0.02),
    }

    # when
    agreement = compare(expected, found, 0.015, severity=True)

    # then
    assert agreement.output == "probabilities"
    assert agreement.largest == pytest.approx(0.02, rel=1e-3)
    with pytest.raises(ParityFailed, match="of the range of probabilities"):
        agreement.require("two engines")
    score = compare({"score": expected["score"]}, {"score": found["score"]}, 0.015, severity=True)
    assert score.largest == pytest.approx(0.01, rel=1e-3)


def test_engines_with_other_outputs_do_not_agree() -> None:
    # given
    one = {"score": np.zeros((2, 1), np.float32)}

    # then
    for other in ({}, {"score": np.zeros((2, 2), np.float32)}):
        with pytest.raises(ParityFailed, match="were expected"):
            compare(one, other, 0.1, severity=True)
