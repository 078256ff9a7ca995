"""The served tensors, named once for export, tests and the Triton configurations; imports nothing.

kind    one row of the batch is                  networks
frame   a face                                   hmhn, ddl_resnet50, resnet50_features,
expression, expression_scn
set     the features of a recording's faces      attention_pooling
clip    some consecutive faces                   temporal_resnet50, two_stream
event   the motion from an onset to its apex     micro_expression
"""

from dataclasses import dataclass
from enum import StrEnum

FACE_SIZE = 224  # pixels; the severity networks' input (networks' sources use 224 throughout)
EXPRESSION_FACE_SIZE = 112  # pixels; the crop that the expression weights were measured on
LEVELS = 64  # the BDI-II totals 0..63
SCALE_MAXIMUM = LEVELS - 1  # 63, the highest BDI-II total
HEADS = 4  # HMHN's attention heads
GRID = FACE_SIZE // 32  # 7, side of the last feature map
MAX_BATCH = 32  # faces in one Triton batch
FEATURES = 2048  # a face as the ResNet-50 trunk sees it
CLIP_FRAMES = 16  # faces behind one temporal map [sure MDN]
FLOW_FRAMES = 10  # flow fields in one stack: u and v of each [assumed; classic two-stream]
MOTION_SIZE = 28  # pixels; the side of a micro-expression's flow (STSTNet) [sure]

#: The order of the served probabilities.
EXPRESSIONS = ("neutral", "happy", "sad", "angry", "fear", "disgust", "surprise")


#: The classes of a micro-expression (MEGC 2019) [sure].
MICRO_EXPRESSIONS = ("negative", "positive", "surprise")


class Kind(StrEnum):
    """What one row of a network's batch is."""

    FRAME = "frame"
    SET = "set"
    CLIP = "clip"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class ServedTensor:
    """A tensor of a served model; `dtype` is a numpy name.

    `shape` leaves the batch axis out; -1 is an axis of any length.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ServedModel:
    """What goes into a served model and what comes out."""

    name: str
    inputs: tuple[ServedTensor, ...]
    outputs: tuple[ServedTensor, ...]
    kind: Kind = Kind.FRAME

    @property
    def max_batch(self) -> int:
        """Rows in one Triton batch; sets differ in length, so they come one by one."""
        return 1 if self.kind is Kind.SET else MAX_BATCH


def _faces(size: int = FACE_SIZE, name: str = "faces") -> ServedTensor:
    return ServedTensor(name, "uint8", (size, size, 3))


def _floats(name: str, *shape: int) -> ServedTensor:
    return ServedTensor(name, "float32", shape)


HMHN = ServedModel(
    "hmhn",
    (_faces(),),
    (_floats("score", 1), _floats("attention", HEADS, GRID, GRID)),
)

DDL_RESNET50 = ServedModel(
    "ddl_resnet50",
    (_faces(),),
    (_floats("expectation", 1), _floats("distribution", LEVELS)),
)

EXPRESSION = ServedModel(
    "expression",
    (_faces(EXPRESSION_FACE_SIZE),),
    (_floats("probabilities", len(EXPRESSIONS)),),
)

RESNET50_FEATURES = ServedModel("resnet50_features", (_faces(),), (_floats("features", FEATURES),))

#: `mask` is 1 for a face and 0 for padding; `weights` sum to 1 over the faces.
ATTENTION_POOLING = ServedModel(
    "attention_pooling",
    (_floats("features", -1, FEATURES), _floats("mask", -1)),
    (_floats("score", 1), _floats("weights", -1)),
    Kind.SET,
)

#: The appearance is the clip's middle face, the map its rank pooling; scores on the 0-63 scale.
TEMPORAL_RESNET50 = ServedModel(
    "temporal_resnet50",
    (_faces(name="appearance"), _faces(name="temporal_map")),
    (_floats("score", 1), _floats("appearance_score", 1), _floats("dynamic_score", 1)),
    Kind.CLIP,
)

#: `importance` is how far the network trusts the face, in (0, 1).
EXPRESSION_SCN = ServedModel(
    "expression_scn",
    (_faces(),),
    (_floats("probabilities", len(EXPRESSIONS)), _floats("importance", 1)),
)

#: `flow` holds u and v of each field in turn, 0..255 for -20..20 pixels, 128 for none.
TWO_STREAM = ServedModel(
    "two_stream",
    (_faces(), ServedTensor("flow", "uint8", (FACE_SIZE, FACE_SIZE, 2 * FLOW_FRAMES))),
    (_floats("probabilities", len(EXPRESSIONS)),),
    Kind.CLIP,
)

#: `motion` holds u, v and strain from onset to apex.
MICRO_EXPRESSION = ServedModel(
    "micro_expression",
    (_floats("motion", MOTION_SIZE, MOTION_SIZE, 3),),
    (_floats("probabilities", len(MICRO_EXPRESSIONS)),),
    Kind.EVENT,
)

SERVED = (
    HMHN,
    DDL_RESNET50,
    EXPRESSION,
    RESNET50_FEATURES,
    ATTENTION_POOLING,
    TEMPORAL_RESNET50,
    EXPRESSION_SCN,
    TWO_STREAM,
    MICRO_EXPRESSION,
)
