"""YuNet as a detector that InsightFace loads: the same weights, SCRFD's inputs and outputs.

    image RGB (x-127.5)/128 ─▶ BGR 0..255 ─▶ YuNet ─▶ per stride 8, 16, 32:
        score   sqrt(cls·obj)                (2N, 1)
        box     exp(wh)/2 ∓ xy, as l t r b   (2N, 4)  in strides
        points  unchanged                    (2N, 10) in strides

YuNet's prior lies at (column, row)·stride without a half-cell offset, as SCRFD's does, so the graft
is exact. SCRFD's layout with nine outputs has two anchors a cell; the second one scores 0.
"""

import hashlib
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import ArrayLike
from onnx import TensorProto, helper, numpy_helper

from training.faults import BuildMismatch
from training.files import write_atomically

STRIDES = (8, 16, 32)

#: The graft of the pinned YuNet weights, byte for byte.
DETECTOR_SHA256 = "f32b47d0578864322dca9c5b5900286efde65149528779bb5bb2634816f394b6"


class Graft:
    """A YuNet graph being re-headed; names of added parts start with `if_`."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self.model = model
        self.before: list[onnx.NodeProto] = []
        self.after: list[onnx.NodeProto] = []

    def constant(self, name: str, value: ArrayLike) -> str:
        """A new initializer."""
        array = np.asarray(value)
        self.model.graph.initializer.append(numpy_helper.from_array(array, name))
        return name

    def add(self, operator: str, inputs: list[str], output: str, axis: int | None = None) -> str:
        """A new node behind the network."""
        node = helper.make_node(operator, inputs, [output], name=f"if_{output}")
        if axis is not None:
            node.attribute.append(helper.make_attribute("axis", axis))
        self.after.append(node)
        return output

    def feed(self) -> None:
        """Put RGB, centred and scaled, of any height and width in front."""
        graph = self.model.graph
        del graph.input[:]
        shape = [1, 3, "height", "width"]
        graph.input.append(helper.make_tensor_value_info("image", TensorProto.FLOAT, shape))
        swap = self.constant("if_bgr", np.array([2, 1, 0], np.int64))
        scale = self.constant("if_128", np.float32(128))
        shift = self.constant("if_1275", np.float32(127.5))
        self.before = [
            helper.make_node("Gather", ["image", swap], ["if_g"], axis=1, name="if_pre_swap"),
            helper.make_node("Mul", ["if_g", scale], ["if_m"], name="if_pre_scale"),
            helper.make_node("Add", ["if_m", shift], ["input"], name="if_pre_shift"),
        ]

    def pair(self, name: str, width: int, output: str, silent: str | None = None) -> str:
        """(1, N, width) -> (2N, width), anchors interleaved; `silent` zeroes the second one."""
        second = self.add("Mul", [name, silent], f"{output}_z") if silent else name
        both = self.add("Concat", [name, second], f"{output}_cat", axis=2)
        shape = self.constant(f"{output}_shape", np.array([-1, width], np.int64))
        return self.add("Reshape", [both, shape], output)

    def box(self, stride: int, half: str) -> str:
        """YuNet's centre and log size -> distances to left, top, right and bottom."""
        centre = self._columns(stride, 0, "xy")
        size = self._columns(stride, 2, "wh")
        extent = self.add("Mul", [self.add("Exp", [size], f"ex{stride}"), half], f"hw{stride}")
        near = self.add("Sub", [extent, centre], f"lt{stride}")
        far = self.add("Add", [extent, centre], f"rb{stride}")
        return self.add("Concat", [near, far], f"ltrb{stride}", axis=2)

    def _columns(self, stride: int, start: int, output: str) -> str:
        """Two of a box's four columns; the axes' constant is shared by both calls."""
        part, axes = start // 2, f"ax{stride}"
        begin = self.constant(f"s{part}{stride}", np.array([start], np.int64))
        end = self.constant(f"e{part}{stride}", np.array([start + 2], np.int64))
        if start == 0:
            self.constant(axes, np.array([2], np.int64))
        return self.add("Slice", [f"bbox_{stride}", begin, end, axes], f"{output}{stride}")

    def finish(self, outputs: dict[str, int]) -> onnx.ModelProto:
        """Put the parts in order and name the outputs (name -> width)."""
        graph = self.model.graph
        nodes = [*self.before, *graph.node, *self.after]
        del graph.node[:], graph.output[:], graph.value_info[:]
        graph.node.extend(nodes)
        for name, width in outputs.items():
            shape = [f"N_{name}", width]
            graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        self.model.producer_name = "yunet-2023mar-as-scrfd"
        onnx.checker.check_model(self.model)
        return self.model


def graft(yunet: onnx.ModelProto) -> onnx.ModelProto:
    """Re-head YuNet; changes the model it is given."""
    work = Graft(yunet)
    work.feed()
    half = work.constant("if_half", np.float32(0.5))
    zero = work.constant("if_zero1", np.zeros((1, 1, 1), np.float32))
    scores: dict[str, int] = {}
    boxes: dict[str, int] = {}
    points: dict[str, int] = {}
    for stride in STRIDES:
        product = work.add("Mul", [f"cls_{stride}", f"obj_{stride}"], f"p{stride}")
        score = work.add("Sqrt", [product], f"sq{stride}")
        scores[work.pair(score, 1, f"score_{stride}", zero)] = 1
        boxes[work.pair(work.box(stride, half), 4, f"ltrb_{stride}")] = 4
        points[work.pair(f"kps_{stride}", 10, f"kpt_{stride}")] = 10
    return work.finish({**scores, **boxes, **points})


def build_detector(yunet: Path, detector: Path) -> None:
    """Write the graft of the fetched weights, if it is byte for byte the pinned one."""
    content = graft(onnx.load(yunet)).SerializeToString()
    found = hashlib.sha256(content).hexdigest()
    if found != DETECTOR_SHA256:
        raise BuildMismatch(f"detector: sha256 is {found}, pinned is {DETECTOR_SHA256}")
    write_atomically(detector, content)
