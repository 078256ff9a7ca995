"""An ONNX graph as TensorRT can read it.

faces uint8 ─▶ Transpose ─▶ Cast      TensorRT computes nothing on bytes but a Cast,
faces uint8 ─▶ Cast ─▶ Transpose      so the Cast goes first; the numbers stay the same
"""

import onnx
from onnx import NodeProto, TensorProto, numpy_helper

from training.faults import PlanFailed

_QUANTISERS = ("QuantizeLinear", "DequantizeLinear")


def is_int8(model: onnx.ModelProto) -> bool:
    """Say whether a graph is quantised (QDQ); raises `PlanFailed` if not as TensorRT wants it.

    TensorRT quantises symmetrically: int8 and zero points of 0 only.
    """
    nodes = [node for node in model.graph.node if node.op_type in _QUANTISERS]
    initial = {tensor.name: tensor for tensor in model.graph.initializer}
    for node in nodes:
        zero = initial.get(node.input[2]) if len(node.input) > 2 else None
        if zero is not None and not _is_symmetric(zero):
            raise PlanFailed(
                f"the graph was made INT8 for ONNX Runtime ({node.name} has a zero point), and"
                " TensorRT takes symmetric INT8 only: release it with --int8 gpu"
            )
    return bool(nodes)


def _is_symmetric(zero: TensorProto) -> bool:
    return zero.data_type == TensorProto.INT8 and not numpy_helper.to_array(zero).any()


def cast_first(model: onnx.ModelProto) -> onnx.ModelProto:
    """Put the Cast of every uint8 input before its Transpose, in a copy."""
    changed = onnx.ModelProto()
    changed.CopyFrom(model)
    for tensor in changed.graph.input:
        if tensor.type.tensor_type.elem_type == TensorProto.UINT8:
            _cast_first(changed.graph, tensor.name)
    return changed


def _cast_first(graph: onnx.GraphProto, name: str) -> None:
    transpose = _only_user(graph, name)
    if transpose.op_type == "Cast":
        return
    cast = _only_user(graph, transpose.output[0])
    if (transpose.op_type, cast.op_type) != ("Transpose", "Cast"):
        raise PlanFailed(
            f"input {name} goes into {transpose.op_type}, then {cast.op_type}:"
            " TensorRT reads bytes only where they are cast (after a Transpose at most)"
        )
    # Both keep their places: what used the Cast's output now uses the Transpose's, which has its
    # name, and the Cast runs where the Transpose ran.
    order = list(transpose.attribute)
    kind = list(cast.attribute)
    for node, operator, attributes in ((transpose, "Cast", kind), (cast, "Transpose", order)):
        node.op_type = operator
        del node.attribute[:]
        node.attribute.extend(attributes)
    # Recorded shapes and types are those of the old order.
    for at in reversed(range(len(graph.value_info))):
        if graph.value_info[at].name == transpose.output[0]:
            del graph.value_info[at]


def _only_user(graph: onnx.GraphProto, name: str) -> NodeProto:
    users = [node for node in graph.node if name in node.input]
    if len(users) != 1:
        raise PlanFailed(f"{name} is used by {len(users)} nodes, one was expected")
    return users[0]
