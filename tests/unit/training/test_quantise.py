"""INT8 graphs: what stays in FP32, how far the scores drift, and when that is refused."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from networks.tensors import EXPRESSION, HMHN, RESNET50_FEATURES
from training.drift import (
    PROBABILITY_LIMITS,
    SCORE_LIMITS,
    Drift,
    Limits,
    drift_between,
    limits_of,
)
from training.faults import DriftTooLarge, PlanFailed
from training.plan_graphs import is_int8
from training.quantise import KEPT, Engine, first_output, quantise
from training.side_by_side import side_by_side

SIDE, CHANNELS, CONVOLUTIONS = 16, 8, 8


def convolutional(convolutions: int = CONVOLUTIONS, seed: int = 1) -> bytes:
    """faces uint8 (n, 16, 16, 3) -> Cast, Transpose, convolutions with ReLU, mean, score (n, 1)."""
    random = np.random.default_rng(seed)
    weights = {"axes": np.array([2, 3]), "head": random.normal(0, 0.4, (CHANNELS, 1))}
    nodes = [
        helper.make_node("Cast", ["faces"], ["floats"], to=TensorProto.FLOAT, name="cast"),
        helper.make_node("Transpose", ["floats"], ["c0"], perm=[0, 3, 1, 2], name="turn"),
    ]
    for at in range(convolutions):
        inputs = 3 if at == 0 else CHANNELS
        scale = 1 / 255 if at == 0 else 1.0
        weights[f"w{at}"] = random.normal(
            0, scale * (2 / inputs / 9) ** 0.5, (CHANNELS, inputs, 3, 3)
        )
        weights[f"b{at}"] = random.normal(0, 0.1, CHANNELS)
        nodes += [
            helper.make_node(
                "Conv", [f"c{at}", f"w{at}", f"b{at}"], [f"r{at}"], pads=[1] * 4, name=f"conv{at}"
            ),
            helper.make_node("Relu", [f"r{at}"], [f"c{at + 1}"], name=f"relu{at}"),
        ]
    nodes += [
        helper.make_node("ReduceMean", [f"c{convolutions}", "axes"], ["mean"], keepdims=0),
        helper.make_node("MatMul", ["mean", "head"], ["score"], name="head_node"),
    ]
    graph = helper.make_graph(
        nodes,
        "convolutional",
        [helper.make_tensor_value_info("faces", TensorProto.UINT8, ["n", SIDE, SIDE, 3])],
        [helper.make_tensor_value_info("score", TensorProto.FLOAT, ["n", 1])],
        [
            numpy_helper.from_array(values.astype(np.int64 if name == "axes" else np.float32), name)
            for name, values in weights.items()
        ],
    )
    opset = [helper.make_opsetid("", 18)]
    return helper.make_model(graph, opset_imports=opset, ir_version=9).SerializeToString()


@pytest.fixture(scope="module")
def content() -> bytes:
    return convolutional()


def faces(seed: int, rows: int = 20) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    return {"faces": random.integers(0, 256, (rows, SIDE, SIDE, 3), np.uint8)}


def quantised_inputs(content: bytes) -> set[str]:
    """The convolutions whose input was quantised."""
    graph = onnx.load_from_string(content).graph
    restored = {node.output[0] for node in graph.node if node.op_type == "DequantizeLinear"}
    return {n.name for n in graph.node if n.op_type == "Conv" and n.input[0] in restored}


@pytest.mark.parametrize("engine", list(Engine))
def test_the_drift_that_is_stated_is_the_drift_of_the_graph(content: bytes, engine: Engine) -> None:
    # given
    held_out = faces(2, 21)  # no whole number of batches

    # when
    made = quantise(content, faces(1), held_out, SCORE_LIMITS, engine)

    # then
    found = np.abs(first_output(made.content, held_out) - first_output(content, held_out))
    assert made.drift.n == 21
    assert made.drift.mean == pytest.approx(float(found.mean()), rel=1e-5)
    assert made.drift.maximum == pytest.approx(float(found.max()), rel=1e-5)
    assert 0.0 < made.drift.mean <= made.drift.maximum <= SCORE_LIMITS.maximum
    assert made.document()["engine"] == engine


def test_the_first_convolution_and_the_head_stay_in_fp32(content: bytes) -> None:
    # when
    made = quantise(content, faces(1), faces(2), SCORE_LIMITS, Engine.CPU)

    # then
    assert quantised_inputs(made.content) == {f"conv{at}" for at in range(1, CONVOLUTIONS)}
    head = next(
        node for node in onnx.load_from_string(made.content).graph.node if node.op_type == "MatMul"
    )
    assert "head" in head.input
    assert made.in_fp32 == 1


def test_more_stays_in_fp32_when_the_drift_is_too_large(content: bytes) -> None:
    # given a limit just below what the smallest graph reaches
    usual = quantise(content, faces(1), faces(2), SCORE_LIMITS, Engine.CPU)
    strict = Limits(usual.drift.mean * 0.99, SCORE_LIMITS.maximum)

    # when
    made = quantise(content, faces(1), faces(2), strict, Engine.CPU)

    # then
    assert made.drift.within(strict)
    assert made.in_fp32 > usual.in_fp32
    assert len(quantised_inputs(made.content)) < len(quantised_inputs(usual.content))


def test_a_drift_that_nothing_helps_is_refused_with_what_was_measured(content: bytes) -> None:
    with pytest.raises(DriftTooLarge, match=r"mean 1e-09.*of 8 convolutions 1 in") as refused:
        quantise(content, faces(1), faces(2), Limits(1e-9, 1e-9), Engine.CPU)

    assert str(refused.value).count("in FP32: mean") == len(KEPT)


def test_a_graph_of_which_nothing_became_int8_is_not_passed_off_as_int8() -> None:
    # given two convolutions, the first of which always stays in FP32
    small = convolutional(2)

    # then what keeps the second, too, is not tried
    with pytest.raises(DriftTooLarge) as refused:
        quantise(small, faces(1), faces(2), Limits(1e-9, 1e-9), Engine.CPU)
    assert str(refused.value).count("1 in FP32: mean") == 3
    assert "2 in FP32" not in str(refused.value)


def test_graphs_for_tensorrt_are_symmetric_and_those_for_the_cpu_are_refused_there(
    content: bytes,
) -> None:
    # when
    gpu = quantise(content, faces(1), faces(2), SCORE_LIMITS, Engine.GPU)
    cpu = quantise(content, faces(1), faces(2), SCORE_LIMITS, Engine.CPU)

    # then
    assert is_int8(onnx.load_from_string(gpu.content))
    assert not is_int8(onnx.load_from_string(content))
    with pytest.raises(PlanFailed, match="--int8 gpu"):
        is_int8(onnx.load_from_string(cpu.content))


def test_a_graph_without_convolutions_is_refused() -> None:
    with pytest.raises(DriftTooLarge, match="no two convolutions"):
        quantise(convolutional(1), faces(1), faces(2), SCORE_LIMITS, Engine.CPU)


def test_nan_is_no_small_drift() -> None:
    # given
    drift = drift_between(np.zeros((2, 1), np.float32), np.array([[0.0], [np.nan]], np.float32))

    # then
    assert not drift.within(SCORE_LIMITS)


def test_the_drift_of_a_row_is_its_largest_entry() -> None:
    # given
    expected = np.zeros((2, 3), np.float32)
    found = np.array([[0.0, 0.1, -0.3], [0.0, 0.1, 0.0]], np.float32)

    # then 0.3 and 0.1 are the rows' own
    drift = drift_between(expected, found)
    assert drift.mean == pytest.approx(0.2)
    assert drift.maximum == pytest.approx(0.3)
    assert drift == Drift(drift.mean, drift.maximum, 2)


def test_scores_and_probabilities_have_limits_and_features_none() -> None:
    assert limits_of(HMHN) == SCORE_LIMITS
    assert limits_of(EXPRESSION) == PROBABILITY_LIMITS
    with pytest.raises(DriftTooLarge, match="without --int8"):
        limits_of(RESNET50_FEATURES)


def test_two_graphs_are_timed_in_turns(content: bytes) -> None:
    # given one graph with sixteen times the convolutions, and runs enough for a busy machine
    speeds = side_by_side(convolutional(4), convolutional(64), faces(1), runs=15)

    # then
    assert speeds.runs == 15
    assert speeds.first > speeds.second > 0.0
    assert speeds.ratio == pytest.approx(speeds.second / speeds.first)
