"""The shapes that a TensorRT plan serves, out of a model's config.pbtxt.

max_batch_size, preferred_batch_size ─▶ batch axis   min 1, opt the middle preferred, max
dims: -1                             ─▶ free axis    LENGTHS
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from google.protobuf import text_format
from numpy.typing import NDArray
from tritonclient.grpc import model_config_pb2

from training.faults import PlanFailed
from training.synthetic import Split, SyntheticConfig, make_faces

#: min, opt, max of an axis of any length: the faces of a recording.
LENGTHS = (1, 256, 2048)

# The generated module declares its messages at run time only.
protobuf: Any = model_config_pb2
DTYPES = {protobuf.TYPE_UINT8: "uint8", protobuf.TYPE_FP32: "float32"}

Shapes = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Profile:
    """The shapes of every input, batch axis first: the smallest, the usual and the largest."""

    dtypes: Mapping[str, str]
    smallest: Shapes
    usual: Shapes
    largest: Shapes


def read_profile(config: Path) -> Profile:
    """The profile of a Triton configuration; raises `PlanFailed` naming what is wrong with it."""
    try:
        model = text_format.Parse(config.read_text(), protobuf.ModelConfig())
    except (OSError, text_format.ParseError) as error:
        raise PlanFailed(f"{config} is no Triton configuration: {error}") from error
    if model.max_batch_size < 1:
        raise PlanFailed(f"{config} has no max_batch_size: a plan needs the batch axis's largest")
    try:
        dtypes = {tensor.name: DTYPES[tensor.data_type] for tensor in model.input}
    except KeyError as error:
        raise PlanFailed(f"{config} has an input of another type than UINT8 and FP32") from error
    return Profile(dtypes, *(_shapes(model, at) for at in range(3)))


def _shapes(model: Any, at: int) -> Shapes:
    """The inputs' shapes at min (0), opt (1) or max (2)."""
    batch = (1, _usual_batch(model), model.max_batch_size)[at]
    return {
        tensor.name: (batch, *(LENGTHS[at] if side == -1 else side for side in tensor.dims))
        for tensor in model.input
    }


def _usual_batch(model: Any) -> int:
    preferred = sorted(model.dynamic_batching.preferred_batch_size)
    return preferred[len(preferred) // 2] if preferred else model.max_batch_size


def probe(shapes: Shapes, dtypes: Mapping[str, str]) -> dict[str, NDArray[np.generic]]:
    """Inputs of these shapes to compare two engines on, the same every time.

    Pictures are drawn faces: of noise, a network's score would lie at an end of the scale, where
    clipping hides every difference. A flow stack is patches of 16 pixels, a mask all ones; other
    numbers are drawn as activations look: normal, nothing negative.
    """
    random = np.random.default_rng(20261122)
    return {name: _draw(name, shape, dtypes[name], random) for name, shape in shapes.items()}


def _draw(
    name: str, shape: tuple[int, ...], dtype: str, random: np.random.Generator
) -> NDArray[np.generic]:
    if name == "mask":
        return np.ones(shape, np.float32)
    if dtype != "uint8":
        return np.abs(random.standard_normal(shape, np.float32))
    if len(shape) == 4 and shape[1] == shape[2] and shape[3] == 3:
        drawn = SyntheticConfig(persons=shape[0], clips=1, frames=1, side=shape[1])
        return make_faces(Split.CALIBRATION, drawn).faces
    small = (shape[0], *(-(-side // 16) for side in shape[1:3]), *shape[3:])
    patches = random.integers(0, 256, small, np.uint8).repeat(16, axis=1).repeat(16, axis=2)
    return np.ascontiguousarray(patches[:, : shape[1], : shape[2]])
