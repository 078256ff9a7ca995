"""Faces of a picture with InsightFace: where they are, and the aligned crop of one.

    pixels (height, width, 3) uint8 BGR ─▶ detect ─▶ [Face] ─▶ align ─▶ (224, 224, 3) uint8 RGB

InsightFace brings no weights. The detector is a file in SCRFD layout that its model zoo
loads. No identity is computed: an embedding would be biometric data.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol, cast

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime
from insightface import model_zoo
from insightface.utils import face_align

from assessment.faults import Misconfigured
from assessment.measurement import FaceBox
from worker.video import CHANNELS, Pixels

FACE_PIXELS: Final = 224
DETECTION_PIXELS: Final = 640
"""The longest side that is searched; the detector knows faces of about 10 to 300 px."""
SMALLEST_SIDE: Final = 16
STRIDE: Final = 32
CONFIDENCE: Final = 0.6
OVERLAP: Final = 0.3
POINTS: Final = 5
PREPARE: Final = "_prepare_input_blob"
"""InsightFace's step from a picture to the detector's input; its release is pinned."""

# InsightFace calls, for each face, a name of scikit-image that 2.2 will drop; both are pinned.
warnings.filterwarnings("ignore", "`estimate` is deprecated", FutureWarning)

Points = npt.NDArray[np.float32]
"""(5, 2) float32, pixels: left eye, right eye, nose, corners of the mouth, as the picture shows."""


@dataclass(frozen=True, slots=True)
class Face:
    """One detected face.

    `box` is (x1, y1, x2, y2) in pixels of the picture; `points` is (5, 2) float32: left
    eye, right eye, nose, left and right corner of the mouth, as the picture shows them.
    """

    box: tuple[float, float, float, float]
    points: Points
    confidence: float

    @property
    def area(self) -> float:
        """Area of the box in square pixels."""
        x1, y1, x2, y2 = self.box
        return max(0.0, x2 - x1) * max(0.0, y2 - y1)

    @property
    def centre(self) -> tuple[float, float]:
        """Centre of the box."""
        x1, y1, x2, y2 = self.box
        return (x1 + x2) / 2, (y1 + y2) / 2

    def to_box(self, width: int, height: int) -> FaceBox:
        """Return the box as the timeline shows it: whole pixels inside the picture."""
        x1, y1, x2, y2 = self.box
        left, top = min(max(round(x1), 0), width), min(max(round(y1), 0), height)
        return FaceBox(
            x=left,
            y=top,
            width=max(min(round(x2), width) - left, 0),
            height=max(min(round(y2), height) - top, 0),
            confidence=round(self.confidence, 4),
        )


class _Scrfd(Protocol):
    """What is used of InsightFace's SCRFD class."""

    def prepare(self, ctx_id: int, *, det_thresh: float, nms_thresh: float) -> None: ...

    def detect(
        self, img: Pixels, input_size: tuple[int, int]
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]: ...


class FaceFinder:
    """Finds faces; one for each thread, since it reuses its buffers."""

    def __init__(self, weights: Path) -> None:
        """Load the weights; raises `Misconfigured` when there are none or they do not fit."""
        if not weights.is_file():
            raise Misconfigured(f"no face detector at {weights.name}: run `make weights`")
        self._model = _load(weights)
        self._model.prepare(-1, det_thresh=CONFIDENCE, nms_thresh=OVERLAP)

    def find(self, pixels: Pixels) -> list[Face]:
        """Return the faces of a BGR picture (height, width, 3), the surest first."""
        height, width = pixels.shape[:2]
        if DETECTION_PIXELS * min(width, height) < SMALLEST_SIDE * max(width, height):
            return []  # A strip too narrow to search.
        boxes, points = self._model.detect(pixels, input_size=detection_size(width, height))
        faces = [_face(box, five) for box, five in zip(boxes, points, strict=True)]
        sound = [face for face in faces if np.isfinite(face.points).all() and face.area > 0]
        return sorted(sound, key=lambda face: -face.confidence)


def detection_size(width: int, height: int) -> tuple[int, int]:
    """Return width and height that are searched: longest side 640, multiples of 32."""
    ratio = DETECTION_PIXELS / max(width, height)
    return _multiple(width * ratio), _multiple(height * ratio)


def align(pixels: Pixels, face: Face) -> Pixels:
    """Return the face upright and centred: (224, 224, 3) uint8 RGB, ArcFace's template."""
    crop = face_align.norm_crop(pixels, face.points, image_size=FACE_PIXELS)
    return cast("Pixels", cv2.cvtColor(cast("Pixels", crop), cv2.COLOR_BGR2RGB))


def _load(weights: Path) -> _Scrfd:
    get_model = cast("Callable[..., object]", model_zoo.get_model)
    model = get_model(
        str(weights),
        providers=["CPUExecutionProvider"],
        sess_options=_session_options(),
        static_shape_sessions=False,  # One session for all sizes is as fast on a CPU.
    )
    if not hasattr(model, "detect"):
        raise Misconfigured(f"{weights.name} is not a face detector in SCRFD layout")
    scrfd = cast("Any", model)
    if hasattr(scrfd, PREPARE):
        setattr(scrfd, PREPARE, Planes(scrfd.input_mean, scrfd.input_std))
    return cast("_Scrfd", model)


class Planes:
    """The detector's input, in place of OpenCV's `blobFromImage`: the same bits, sooner.

    That takes fresh memory for every picture, which the kernel has to map and clear: a fifth of
    what finding faces took. `mean` and `deviation` are grey levels.
    """

    def __init__(self, mean: float, deviation: float) -> None:
        self._mean, self._scale = np.float32(mean), np.float32(1 / deviation)
        self._kept = np.empty((0, 0, 0, 0), np.float32)

    def __call__(self, picture: Pixels, size: tuple[int, int]) -> npt.NDArray[np.float32]:
        """Return (1, 3, height, width) RGB, about -1 to 1; good until the next call."""
        width, height = size
        shape = (1, CHANNELS, height, width)
        if self._kept.shape != shape:
            self._kept = np.empty(shape, np.float32)
        for place, channel in zip((2, 1, 0), cv2.split(picture), strict=True):
            np.subtract(channel, self._mean, out=self._kept[0, place])
        self._kept *= self._scale
        return self._kept


def _session_options() -> object:
    options = cast("Any", onnxruntime).SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Spinning threads take the core that the decoder and Triton need.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def _multiple(length: float) -> int:
    return max(STRIDE, -(-round(length) // STRIDE) * STRIDE)


def _face(box: npt.NDArray[np.float32], points: npt.NDArray[np.float32]) -> Face:
    x1, y1, x2, y2, confidence = (float(value) for value in box)
    return Face((x1, y1, x2, y2), points.reshape(POINTS, 2), confidence)
