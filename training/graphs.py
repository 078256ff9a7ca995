"""Small operations on an exported ONNX graph, so that a new head needs no second export.

exported graph ─▶ with_features ─▶ features of many faces ─▶ a head is solved ─▶ with_head
"""

from collections.abc import Mapping

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from training.faults import TrainingFault

FEATURES = "features"


def with_features(content: bytes, head_weight: str) -> bytes:
    """The graph with the input of the head as its only output, `features` (n, D)."""
    model = onnx.load_from_string(content)
    graph = model.graph
    head = next((node for node in graph.node if head_weight in node.input), None)
    if head is None:
        raise TrainingFault(f"the exported graph has no node that uses {head_weight}")
    graph.node.append(helper.make_node("Identity", [head.input[0]], [FEATURES]))
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info(FEATURES, TensorProto.FLOAT, ["n", None]))
    return model.SerializeToString()


def with_head(content: bytes, head: Mapping[str, NDArray[np.float32]]) -> bytes:
    """The graph with the named weights replaced; their shapes must stay."""
    model = onnx.load_from_string(content)
    weights = {initializer.name: initializer for initializer in model.graph.initializer}
    for name, values in head.items():
        old = weights.get(name)
        if old is None or tuple(old.dims) != values.shape:
            raise TrainingFault(f"the exported graph holds no {name} of shape {values.shape}")
        old.CopyFrom(numpy_helper.from_array(values, name))
    return model.SerializeToString()
