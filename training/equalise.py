"""The channels of a graph brought to one size, so that INT8 serves them all alike.

    convolution ─▶ ReLU, addition, max pooling ─▶ convolution
       1/s a channel                                s a channel      what comes out stays the same

An activation has one INT8 scale for all its channels: where one channel is a hundred times as large
as another, two or three of 256 values are left for the small one. A positive factor a channel
passes through ReLU, addition and max pooling, so it may be taken out on one side and put back on
the other: Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction",
ICCV 2019, section 4.1. The factors are the activations' sizes: Xiao et al., "SmoothQuant", ICML
2023, equation 4 with alpha = 1.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from training.export import Inputs, run, session

PASSING: Final = ("Relu", "Add", "MaxPool")
"""Operators that a positive factor a channel passes through."""

BOUNDS: Final = (1e-2, 1e2)
"""The least and the largest factor."""

DEAD: Final = 1e-4
"""A channel smaller than this part of the largest says nothing, and is left as it is."""

BATCH: Final = 8


@dataclass(frozen=True, slots=True)
class Group:
    """Tensors (n, C, H, W) that must share one factor a channel, with the convolutions around."""

    makers: tuple[NodeProto, ...]
    readers: tuple[NodeProto, ...]


def equalised(content: bytes, rows: Inputs) -> bytes:
    """Return a graph that answers the same, its channels of about one size on these rows."""
    model = onnx.load_from_string(content)
    groups = found(model)
    sizes = _sizes(model, {node.input[0] for group in groups for node in group.readers}, rows)
    weights = {tensor.name: tensor for tensor in model.graph.initializer}
    for group in groups:
        read = np.max([sizes[node.input[0]] for node in group.readers], axis=0)  # (C,)
        factors = factors_of(read)
        for node in group.makers:
            for name in node.input[1:]:  # (C, in, h, w), and the bias (C,)
                _multiply(weights[name], 1 / factors, axis=0)
        for node in group.readers:
            _multiply(weights[node.input[1]], factors, axis=1)
    return model.SerializeToString()


def factors_of(sizes: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the factors (C,) that bring channels of these sizes to their geometric mean."""
    wide = sizes.astype(np.float64)
    alive = wide > DEAD * wide.max()
    factors = np.ones_like(wide)
    if alive.any():
        mean = np.exp(np.log(wide[alive]).mean())
        factors[alive] = np.clip(wide[alive] / mean, *BOUNDS)
    return factors


def found(model: onnx.ModelProto) -> list[Group]:
    """Return the groups of a graph that nothing but convolutions and `PASSING` touches.

    None at all of a graph with branches or loops, whose bodies may read any of its tensors.
    """
    if any(one.HasField("g") for node in model.graph.node for one in node.attribute):
        return []
    joined = _joined(model)
    barred = {joined.of(name) for name in _fixed(model)}
    makers: dict[str, list[NodeProto]] = {}
    readers: dict[str, list[NodeProto]] = {}
    for node in model.graph.node:
        if node.op_type == "Conv":
            makers.setdefault(joined.of(node.output[0]), []).append(node)
            readers.setdefault(joined.of(node.input[0]), []).append(node)
    both = [name for name in makers if name in readers and name not in barred]
    groups = [Group(tuple(makers[name]), tuple(readers[name])) for name in both]
    shapes = {tensor.name: tuple(tensor.dims) for tensor in model.graph.initializer}
    return [group for group in groups if _of_one_width(group, shapes)]


def _of_one_width(group: Group, shapes: Mapping[str, tuple[int, ...]]) -> bool:
    """Say whether all are of pictures and of as many channels: what is added may be widened."""
    made = [shapes[node.input[1]] for node in group.makers]
    read = [shapes[node.input[1]] for node in group.readers]
    pictures = all(len(shape) == 4 for shape in (*made, *read))
    return pictures and len({shape[0] for shape in made} | {shape[1] for shape in read}) == 1


class _Joined:
    """Sets of tensors, each known by one of its members."""

    def __init__(self) -> None:
        self._leads: dict[str, str] = {}

    def of(self, name: str) -> str:
        while (lead := self._leads.get(name, name)) != name:
            name = lead
        return name

    def join(self, one: str, other: str) -> None:
        self._leads[self.of(one)] = self.of(other)


def _joined(model: onnx.ModelProto) -> _Joined:
    joined = _Joined()
    for node in model.graph.node:
        if node.op_type in PASSING:
            for name in node.input:
                joined.join(name, node.output[0])
    return joined


def _fixed(model: onnx.ModelProto) -> Iterable[str]:
    """Yield the tensors whose numbers must stay: what is given, answered or read otherwise."""
    yield from (tensor.name for tensor in [*model.graph.input, *model.graph.output])
    weights = {tensor.name for tensor in model.graph.initializer}
    yield from weights
    uses = Counter(name for node in model.graph.node for name in node.input)
    for node in model.graph.node:
        if node.op_type in PASSING:
            continue
        own = all(name in weights and uses[name] == 1 for name in node.input[1:])
        if node.op_type != "Conv" or not own or _parts(node) != 1:
            yield from (*node.input, *node.output)


def _parts(convolution: NodeProto) -> int:
    return next((one.i for one in convolution.attribute if one.name == "group"), 1)


def _sizes(
    model: onnx.ModelProto, names: Iterable[str], rows: Inputs
) -> dict[str, NDArray[np.float32]]:
    """Return each tensor's channels' sizes (C,): the mean over rows of the largest in a row."""
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    graph = watched.graph
    graph.initializer.append(numpy_helper.from_array(np.array([2, 3]), "size.axes"))
    sizes = {name: f"{name}.size" for name in sorted(names)}
    for name, size in sizes.items():
        graph.node.append(helper.make_node("Abs", [name], [f"{name}.abs"]))
        reduced = [f"{name}.abs", "size.axes"]
        graph.node.append(helper.make_node("ReduceMax", reduced, [size], keepdims=0))
        shape = [None, None]
        graph.output.append(helper.make_tensor_value_info(size, TensorProto.FLOAT, shape))
    answers = run(session(watched.SerializeToString()), rows, BATCH)
    return {name: answers[size].mean(axis=0) for name, size in sizes.items()}


def _multiply(tensor: TensorProto, factors: NDArray[np.float64], axis: int) -> None:
    values = numpy_helper.to_array(tensor)
    shape = [-1 if at == axis else 1 for at in range(values.ndim)]
    scaled = (values * factors.reshape(shape)).astype(values.dtype)
    tensor.CopyFrom(numpy_helper.from_array(scaled, tensor.name))
