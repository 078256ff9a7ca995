"""Whether a face is fit to be scored: one verdict from its crop and its five points.

Reasons are named after ISO/IEC 29794-5 components where one fits; `assessment.thresholds`
holds the bounds, `docs/quality.md` what was measured to set them.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from assessment.ledger import Verdict
from assessment.measurement import FaceQuality
from assessment.thresholds import Thresholds
from worker.faces import Points
from worker.video import Pixels

MEASURED_PIXELS: Final = 112
"""Crops are measured at this size, whatever size is scored."""
FACE: Final = np.s_[24:104, 20:92]
"""Brow to chin and cheek to cheek in the 112-pixel template: no hair, no background."""
LEFT_EYE: Final = np.s_[44:58, 26:50]
RIGHT_EYE: Final = np.s_[44:58, 61:85]
MOUTH: Final = np.s_[84:100, 38:74]
"""Around the template's own points, as wide as the parts are."""
BLACK: Final = 20
WHITE: Final = 250
FLAT: Final = 1.0
"""Grey variance below which a face holds no structure at all."""

Grey = npt.NDArray[np.float32]
"""Grey levels of a crop, (112, 112) float32 on 0-255."""


@dataclass(frozen=True, slots=True)
class Measures:
    """Everything measured of one face: what is told of it, and two shares only a verdict needs."""

    quality: FaceQuality
    black_share: float
    white_share: float


def measure(crop: Pixels, points: Points) -> Measures:
    """Measure a face once, for its verdict and for the timeline.

    `crop` is (S, S, 3) uint8 RGB, aligned; `points` are (5, 2) in pixels of the picture.
    """
    grey = _grey(crop)
    face, pose = grey[FACE], pose_of(points)
    variance = float(face.var())
    edges = float(cv2.Laplacian(np.ascontiguousarray(face), cv2.CV_32F).var())
    eye_detail, mouth_detail = _details(grey)
    quality = FaceQuality(
        size=pose.size,
        yaw=pose.yaw,
        pitch=pose.pitch,
        roll_degrees=pose.roll_degrees,
        light=float(face.mean()),
        contrast=variance**0.5,
        sharpness=edges / variance if variance > FLAT else 0.0,
        eye_detail=eye_detail,
        mouth_detail=mouth_detail,
        eye_width=pose.eye_width,
    )
    black, white = float((face < BLACK).mean()), float((face >= WHITE).mean())
    return Measures(quality, black, white)


def verdict_of(measures: Measures, thresholds: Thresholds) -> Verdict:
    """Return `used`, or the first reason against it; what spoils other measures comes first."""
    return _of_the_picture(measures, thresholds) or _of_the_face(measures.quality, thresholds)


def _of_the_picture(measures: Measures, thresholds: Thresholds) -> Verdict | None:
    quality = measures.quality
    if quality.size < thresholds.min_eye_distance:
        return Verdict.TOO_SMALL
    if quality.light < thresholds.min_light or measures.black_share > thresholds.max_black_share:
        return Verdict.TOO_DARK
    if quality.light > thresholds.max_light or measures.white_share > thresholds.max_white_share:
        return Verdict.TOO_BRIGHT
    flat = quality.contrast < thresholds.min_contrast * quality.light
    return Verdict.LOW_CONTRAST if flat else None


def _of_the_face(quality: FaceQuality, thresholds: Thresholds) -> Verdict:
    if _turned_away(quality, thresholds):
        return Verdict.TURNED_AWAY
    if quality.sharpness < thresholds.min_sharpness:
        return Verdict.BLURRED
    return Verdict.OCCLUDED if _occluded(quality, thresholds) else Verdict.USED


@dataclass(frozen=True, slots=True)
class Pose:
    """A face's size in pixels and where it looks, told from five points."""

    size: float
    yaw: float
    pitch: float
    roll_degrees: float
    eye_width: float


def pose_of(points: Points) -> Pose:
    """Return the pose behind five points.

    The size is the distance between the eyes, or from eyes to mouth where that is more:
    a head that turns away keeps the second, and is then not taken for a small one.
    """
    left, right, nose = points[0], points[1], points[2]
    eyes, mouth = (left + right) / 2, (points[3] + points[4]) / 2
    across, down = right - left, mouth - eyes
    eye_distance, height = float(np.linalg.norm(across)), float(np.linalg.norm(down))
    if eye_distance == 0 or height == 0:
        return Pose(size=0.0, yaw=0.0, pitch=0.0, roll_degrees=0.0, eye_width=0.0)
    return Pose(
        size=max(eye_distance, height),
        yaw=float(np.dot(nose - eyes, across)) / eye_distance**2,
        pitch=float(np.dot(nose - eyes, down)) / height**2,
        roll_degrees=float(np.degrees(np.arctan2(across[1], across[0]))),
        eye_width=eye_distance / height,
    )


def _grey(crop: Pixels) -> Grey:
    """Return the grey levels (112, 112) of an aligned RGB crop."""
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    size = (MEASURED_PIXELS, MEASURED_PIXELS)
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.float32)


def _details(grey: Grey) -> tuple[float, float]:
    """Return how much steeper the grey levels change at the poorer eye and at the mouth.

    The mean vertical step there over that of the inner face. Lids, lashes and lips lie across
    a face, so both are above 1 where they are seen; blur, darkness and noise change both
    sides of the ratio, a smooth cover only one. A cover with a pattern of its own is not told.
    """
    steps = np.abs(np.diff(grey, axis=0))
    whole = float(steps[FACE].mean())
    if whole == 0:
        return 0.0, 0.0
    eyes = min(float(steps[LEFT_EYE].mean()), float(steps[RIGHT_EYE].mean()))
    return eyes / whole, float(steps[MOUTH].mean()) / whole


def _turned_away(quality: FaceQuality, thresholds: Thresholds) -> bool:
    return (
        abs(quality.yaw) > thresholds.max_yaw
        or not thresholds.min_pitch <= quality.pitch <= thresholds.max_pitch
        or abs(quality.roll_degrees) > thresholds.max_roll_degrees
        or (quality.eye_width is not None and quality.eye_width < thresholds.min_eye_width)
    )


def _occluded(quality: FaceQuality, thresholds: Thresholds) -> bool:
    eyes, mouth = quality.eye_detail, quality.mouth_detail
    return (eyes is not None and eyes < thresholds.min_eye_detail) or (
        mouth is not None and mouth < thresholds.min_mouth_detail
    )
