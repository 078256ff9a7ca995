"""An exported network weighed as it is served."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from training.evaluation.answers import answers
from training.examples import Examples
from training.faults import NothingToWeigh


def graph() -> bytes:
    """Faces (n, 2, 2, 3) uint8 -> their mean as a score (n, 1)."""
    faces = helper.make_tensor_value_info("faces", TensorProto.UINT8, ["n", 2, 2, 3])
    score = helper.make_tensor_value_info("score", TensorProto.FLOAT, ["n", 1])
    axes = helper.make_tensor("axes", TensorProto.INT64, [1], [1])
    nodes = [
        helper.make_node("Cast", ["faces"], ["real"], to=TensorProto.FLOAT),
        helper.make_node("Flatten", ["real"], ["flat"]),
        helper.make_node("ReduceMean", ["flat", "axes"], ["score"], keepdims=1),
    ]
    made = helper.make_graph(nodes, "mean", [faces], [score], [axes])
    opset = [helper.make_opsetid("", 18)]
    return helper.make_model(made, opset_imports=opset, ir_version=8).SerializeToString()


def examples(count: int, name: str = "faces") -> Examples:
    faces = np.repeat(np.arange(count, dtype=np.uint8), 12).reshape(count, 2, 2, 3)
    rows = np.arange(count)
    return Examples({name: faces}, rows.astype(np.float32), rows, rows)


def test_every_example_is_answered_in_order_across_batches() -> None:
    # when
    found = answers(graph(), examples(7), "score", batch=3)

    # then
    assert found.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]


def test_an_input_that_the_examples_lack_is_named() -> None:
    with pytest.raises(NothingToWeigh, match="takes faces"):
        answers(graph(), examples(2, name="clips"), "score")


def test_an_output_that_the_graph_lacks_is_named() -> None:
    with pytest.raises(NothingToWeigh, match="no output distribution, only score"):
        answers(graph(), examples(2), "distribution")


def test_the_graph_of_this_test_is_sound() -> None:
    onnx.checker.check_model(onnx.load_from_string(graph()), full_check=True)
