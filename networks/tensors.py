"""The served tensors, named once for export, tests and the Triton configurations; imports nothing.

faces uint8 RGB (n, S, S, 3) ──▶ network ──▶ outputs float32 (n, ...)
"""

from dataclasses import dataclass

FACE_SIZE = 224  # pixels; the severity networks' input (networks' sources use 224 throughout)
EXPRESSION_FACE_SIZE = 112  # pixels; the crop that the expression weights were measured on
LEVELS = 64  # the BDI-II totals 0..63
SCALE_MAXIMUM = LEVELS - 1  # 63, the highest BDI-II total
HEADS = 4  # HMHN's attention heads
GRID = FACE_SIZE // 32  # 7, side of the last feature map
MAX_BATCH = 32  # faces in one Triton batch

#: The order of the served probabilities.
EXPRESSIONS = ("neutral", "happy", "sad", "angry", "fear", "disgust", "surprise")


@dataclass(frozen=True, slots=True)
class ServedTensor:
    """A tensor of a served model; `shape` leaves the batch axis out, `dtype` is a numpy name."""

    name: str
    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ServedModel:
    """What goes into a served model and what comes out."""

    name: str
    faces: ServedTensor
    outputs: tuple[ServedTensor, ...]


def _faces(size: int) -> ServedTensor:
    return ServedTensor("faces", "uint8", (size, size, 3))


HMHN = ServedModel(
    "hmhn",
    _faces(FACE_SIZE),
    (
        ServedTensor("score", "float32", (1,)),
        ServedTensor("attention", "float32", (HEADS, GRID, GRID)),
    ),
)

DDL_RESNET50 = ServedModel(
    "ddl_resnet50",
    _faces(FACE_SIZE),
    (
        ServedTensor("expectation", "float32", (1,)),
        ServedTensor("distribution", "float32", (LEVELS,)),
    ),
)

EXPRESSION = ServedModel(
    "expression",
    _faces(EXPRESSION_FACE_SIZE),
    (ServedTensor("probabilities", "float32", (len(EXPRESSIONS),)),),
)

SERVED = (HMHN, DDL_RESNET50, EXPRESSION)
