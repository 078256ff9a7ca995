"""Keras' functional graphs in HDF5 to ONNX nodes, for the kinds of layer that mini-XCEPTION has."""

from collections.abc import Callable
from typing import Any

import h5py
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

#: The name of the tensor that enters the network, float32 (n, 1, h, w).
INPUT = "pixels"

Layer = dict[str, Any]


class Conversion:
    """A Keras graph on its way to ONNX: the nodes, weights and output names so far."""

    def __init__(self, file: h5py.File) -> None:
        # h5py types a member as a group, a data set or a type; here it is a group of groups.
        self.weights: Any = file["model_weights"]
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []
        self.outputs: dict[str, str] = {}

    def node(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Append a node."""
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def constant(self, name: str, value: NDArray[Any]) -> str:
        """Append a constant, its type kept."""
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def weight(self, layer: str, part: str, axes: tuple[int, ...] | None = None) -> str:
        """One of a layer's arrays as a float32 constant, its axes reordered."""
        names = [
            name.decode() if isinstance(name, bytes) else name
            for name in self.weights[layer].attrs["weight_names"]
        ]
        path = next(name for name in names if name.split("/")[-1].split(":")[0] == part)
        array = np.asarray(self.weights[layer][path], np.float32)
        return self.constant(f"{layer}.{part}", array.transpose(axes) if axes else array)

    def convert(self, layer: Layer) -> None:
        """Append a layer's nodes."""
        name, kind = layer["name"], layer["class_name"]
        inbound = layer["inbound_nodes"]
        inputs = [self.outputs[source[0]] for source in inbound[0]] if inbound else []
        self.outputs[name] = CONVERTERS[kind](self, layer, inputs)


def _padding(layer: Layer) -> str:
    return "SAME_UPPER" if layer["config"].get("padding") == "same" else "VALID"


def _input(_: Conversion, __: Layer, ___: list[str]) -> str:
    return INPUT


def _convolution(work: Conversion, layer: Layer, inputs: list[str]) -> str:
    """Keras' kernel (h, w, in, out) to ONNX's (out, in, h, w)."""
    name, config = layer["name"], layer["config"]
    inputs = [*inputs, work.weight(name, "kernel", (3, 2, 0, 1))]
    if config["use_bias"]:
        inputs.append(work.weight(name, "bias"))
    return work.node("Conv", inputs, name, strides=config["strides"], auto_pad=_padding(layer))


def _separable_convolution(work: Conversion, layer: Layer, inputs: list[str]) -> str:
    """A convolution a channel, then a 1x1 convolution over the channels."""
    name, config = layer["name"], layer["config"]
    depthwise = work.weight(name, "depthwise_kernel", (2, 3, 0, 1))  # (in, 1, h, w)
    groups = work.initializers[-1].dims[0]
    each = work.node(
        "Conv",
        [*inputs, depthwise],
        f"{name}_each",
        group=groups,
        strides=config["strides"],
        auto_pad=_padding(layer),
    )
    return work.node("Conv", [each, work.weight(name, "pointwise_kernel", (3, 2, 0, 1))], name)


def _batch_normalisation(work: Conversion, layer: Layer, inputs: list[str]) -> str:
    name = layer["name"]
    parts = ("gamma", "beta", "moving_mean", "moving_variance")
    weights = [work.weight(name, part) for part in parts]
    epsilon = layer["config"]["epsilon"]
    return work.node("BatchNormalization", [*inputs, *weights], name, epsilon=epsilon)


def _activation(work: Conversion, layer: Layer, inputs: list[str]) -> str:
    if layer["config"]["activation"] == "softmax":
        return work.node("Softmax", inputs, layer["name"], axis=1)
    return work.node("Relu", inputs, layer["name"])


def _max_pooling(work: Conversion, layer: Layer, inputs: list[str]) -> str:
    config = layer["config"]
    return work.node(
        "MaxPool",
        inputs,
        layer["name"],
        kernel_shape=config["pool_size"],
        strides=config["strides"],
        auto_pad=_padding(layer),
    )


def _addition(work: Conversion, layer: Layer, inputs: list[str]) -> str:
    return work.node("Add", inputs, layer["name"])


def _average(work: Conversion, layer: Layer, inputs: list[str]) -> str:
    mean = work.node("GlobalAveragePool", inputs, f"{layer['name']}_mean")
    return work.node("Flatten", [mean], layer["name"])


#: Every kind of layer that mini-XCEPTION has.
CONVERTERS: dict[str, Callable[[Conversion, Layer, list[str]], str]] = {
    "InputLayer": _input,
    "Conv2D": _convolution,
    "SeparableConv2D": _separable_convolution,
    "BatchNormalization": _batch_normalisation,
    "Activation": _activation,
    "MaxPooling2D": _max_pooling,
    "Add": _addition,
    "GlobalAveragePooling2D": _average,
}
