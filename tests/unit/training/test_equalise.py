"""Channels brought to one size: what comes out stays, and what may not be touched is left."""

from typing import Any

import numpy as np
import onnx
import pytest
from onnx import NodeProto, TensorProto, helper, numpy_helper

from training.drift import SCORE_LIMITS
from training.equalise import BOUNDS, equalised, factors_of, found
from training.export import run, session
from training.quantise import Engine, quantise

CHANNELS, SIDE, ROWS = 6, 12, 10
UNEVEN = np.geomspace(0.05, 5.0, CHANNELS)


def graph_of(nodes: list[NodeProto], weights: dict[str, np.ndarray]) -> bytes:
    """x (n, 3, SIDE, SIDE) -> score (n, CHANNELS, ., .)."""
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("score", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(one.astype(np.float32), name) for name, one in weights.items()],
    )
    opset = [helper.make_opsetid("", 18)]
    return helper.make_model(graph, opset_imports=opset, ir_version=9).SerializeToString()


def weights_of(*names: str, inputs: int = CHANNELS) -> dict[str, np.ndarray]:
    """Weights and biases whose outputs differ a hundredfold from channel to channel."""
    random = np.random.default_rng(len(names))
    made: dict[str, np.ndarray] = {}
    for at, name in enumerate(names):
        width = 3 if at == 0 else inputs
        made[name] = random.normal(0, 0.3, (CHANNELS, width, 3, 3)) * UNEVEN.reshape(-1, 1, 1, 1)
        made[f"{name}.bias"] = random.normal(0, 0.1, CHANNELS) * UNEVEN
    return made


def conv(source: str, target: str, name: str, **attributes: Any) -> NodeProto:
    inputs = [source, name, f"{name}.bias"]
    return helper.make_node("Conv", inputs, [target], name=target, pads=[1] * 4, **attributes)


def op(kind: str, sources: list[str], target: str, **attributes: Any) -> NodeProto:
    return helper.make_node(kind, sources, [target], name=target, **attributes)


def rows(seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 1, (ROWS, 3, SIDE, SIDE)).astype(np.float32)


def residual() -> bytes:
    """Two convolutions with ReLU, added to what went in, pooled, and a last convolution."""
    nodes = [
        conv("x", "a", "w0"),
        op("Relu", ["a"], "b"),
        conv("b", "c", "w1"),
        op("Relu", ["c"], "d"),
        conv("d", "e", "w2"),
        op("Add", ["b", "e"], "f"),
        op("Relu", ["f"], "g"),
        op("MaxPool", ["g"], "h", kernel_shape=[2, 2]),
        conv("h", "score", "w3"),
    ]
    return graph_of(nodes, weights_of("w0", "w1", "w2", "w3"))


def inside(content: bytes, tensor: str) -> np.ndarray:
    """A tensor inside the graph, (n, C, H, W), on the rows."""
    model = onnx.load_from_string(content)
    model.graph.output.append(helper.make_tensor_value_info(tensor, TensorProto.FLOAT, None))
    return run(session(model.SerializeToString()), rows())[tensor]


def spread(content: bytes, tensor: str) -> float:
    """How many times as large the largest channel is as the smallest."""
    sizes = np.abs(inside(content, tensor)).max(axis=(2, 3)).mean(axis=0)
    return float(sizes.max() / sizes.min())


def test_the_graph_answers_the_same_on_rows_that_it_was_not_equalised_by() -> None:
    # given
    content, other = residual(), rows(seed=4)

    # when
    changed = equalised(content, rows())

    # then
    expected, answered = (run(session(one), other)["score"] for one in (content, changed))
    np.testing.assert_allclose(answered, expected, atol=1e-5 * np.abs(expected).max())
    assert changed != content


@pytest.mark.parametrize("tensor", ["d", "h"])
def test_channels_are_of_one_size_afterwards(tensor: str) -> None:
    assert spread(residual(), tensor) > 10
    # of tensors that share their factors, only the largest of each channel is made equal
    assert spread(equalised(residual(), rows()), tensor) < 3


def test_tensors_that_are_added_share_their_factors() -> None:
    groups = found(onnx.load_from_string(residual()))

    ends = [
        ({node.output[0] for node in one.makers}, {node.output[0] for node in one.readers})
        for one in groups
    ]
    assert ({"a", "e"}, {"c", "score"}) in ends
    assert ({"c"}, {"e"}) in ends
    assert len(ends) == 2


@pytest.mark.parametrize(
    ("between", "why"),
    [
        ([op("Sigmoid", ["a"], "b")], "no factor passes through a sigmoid"),
        ([op("Relu", ["a"], "b"), op("Sigmoid", ["a"], "other")], "somebody else reads it"),
        ([op("Add", ["a", "w1.bias.map"], "b")], "a constant is added"),
        ([op("Add", ["a", "x.map"], "b")], "what is added was made by no convolution"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_graph_in_which_a_factor_would_show_is_left_alone(
    between: list[NodeProto], why: str
) -> None:
    # given
    weights = weights_of("w0", "w1")
    weights["w1.bias.map"] = np.ones((1, CHANNELS, 1, 1))
    more = [op("Concat", ["x", "x"], "x.map", axis=1)]
    nodes = [conv("x", "a", "w0"), *more, *between, conv("b", "score", "w1")]
    content = graph_of(nodes, weights)

    # then
    assert found(onnx.load_from_string(content)) == [], why
    expected, answered = (
        run(session(one), rows())["score"] for one in (content, equalised(content, rows()))
    )
    np.testing.assert_array_equal(answered, expected)


def test_convolutions_in_parts_and_shared_weights_are_left_alone() -> None:
    # given one that reads each channel by itself, and two that share their weights
    weights = weights_of("w0", "w1", "w2")
    weights["w1"] = weights["w1"][:, :1]
    nodes = [
        conv("x", "a", "w0"),
        conv("a", "b", "w1", group=CHANNELS),
        conv("b", "c", "w2"),
        conv("c", "score", "w2"),
    ]

    # then
    assert found(onnx.load_from_string(graph_of(nodes, weights))) == []


def test_a_dead_channel_is_left_alone_and_changes_nothing_for_the_others() -> None:
    factors = factors_of(np.array([0.0, 1.0, 1e-6, 4.0], np.float32))

    np.testing.assert_allclose(factors, [1.0, 0.5, 1.0, 2.0])
    np.testing.assert_array_equal(factors_of(np.zeros(3, np.float32)), np.ones(3))


def test_a_channel_is_not_changed_beyond_the_bounds() -> None:
    # given one that is a thousandth of a hundred others
    factors = factors_of(np.array([1e-3, *np.ones(100)], np.float32))

    assert factors.min() == BOUNDS[0]


def test_what_is_widened_by_an_addition_is_left_alone() -> None:
    # given one channel added to each of six
    weights = weights_of("w0", "w1", "w2")
    weights["one"], weights["one.bias"] = weights["w1"][:1], weights["w1.bias"][:1]
    nodes = [
        conv("x", "a", "w0"),
        op("Sigmoid", ["a"], "b"),
        conv("b", "c", "one"),
        conv("b", "d", "w1"),
        op("Add", ["c", "d"], "e"),
        conv("e", "score", "w2"),
    ]

    assert found(onnx.load_from_string(graph_of(nodes, weights))) == []


def test_int8_drifts_less_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    # given a score of channels that differ a hundredfold inside
    chained = ["x", *(f"t{at}" for at in range(6))]
    nodes = []
    for at in range(6):
        nodes += [conv(chained[at], f"c{at}", f"w{at}"), op("Relu", [f"c{at}"], chained[at + 1])]
    nodes += [conv("t5", "map", "w6"), op("GlobalAveragePool", ["map"], "score")]
    weights = weights_of(*(f"w{at}" for at in range(7)))
    for at in range(1, 7):  # each channel matters as much as any other
        weights[f"w{at}"] = weights[f"w{at}"] / UNEVEN.reshape(1, -1, 1, 1) / 2
    content = graph_of(nodes, weights)

    # when
    with_it = quantise(content, {"x": rows()}, {"x": rows(5)}, SCORE_LIMITS, Engine.CPU)
    monkeypatch.setattr("training.quantise.equalised", lambda graph, _: graph)
    without = quantise(content, {"x": rows()}, {"x": rows(5)}, SCORE_LIMITS, Engine.CPU)

    # then
    assert with_it.drift.mean < without.drift.mean / 1.5
