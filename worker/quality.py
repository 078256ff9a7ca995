"""Whether a face is fit to be scored: one verdict from its crop and its five points.

Reasons follow ISO/IEC 29794-5 components. The thresholds were set on ordinary webcam and
studio recordings, nearly all of whose frames must pass, and on degraded copies of one
portrait, which must not.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from assessment.ledger import Verdict
from worker.faces import Points
from worker.video import Pixels

MEASURED_PIXELS: Final = 112
"""Sharpness and light are measured at this crop size, whatever size is scored."""
FACE_ROWS: Final = slice(24, 104)
FACE_COLUMNS: Final = slice(20, 92)
"""Brow to chin and cheek to cheek in the 112-pixel template: no hair, no background."""
BLACK: Final = 20
WHITE: Final = 250
FLAT: Final = 1.0
"""Grey variance below which a face holds no structure at all."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What a face must reach; lengths in pixels of the picture, light in grey levels 0-255."""

    # Below 24 px between the eyes the 224 px crop is enlarged threefold and holds no detail.
    min_eye_distance: float = 24.0
    # Laplacian variance over grey variance, so that light and contrast cancel out: sharp
    # recordings 0.22 to 0.59, a sharp face enlarged from 24 px 0.08, a Gaussian blur of
    # 1/20 of the eye distance 0.02.
    min_sharpness: float = 0.04
    # Darkest ordinary face 118; one with 20 % of its light 33. Dark skin in fair light
    # stays far above the bound, a face lit by the screen alone below it.
    min_light: float = 35.0
    max_light: float = 225.0
    # Pixels without any detail left: black ones, or white ones.
    max_black_share: float = 0.5
    max_white_share: float = 0.35
    # How far the nose lies from the middle of the eyes, in eye distances: 0.19 at most in
    # frontal recordings, 0.45 in a portrait turned by 45 degrees.
    max_yaw: float = 0.35
    # Where the nose lies between eyes (0) and mouth (1): 0.42 to 0.66 when looking ahead.
    pitch_range: tuple[float, float] = (0.30, 0.80)
    # Alignment takes a tilt out, but points of a face lying on its side are guesses.
    max_roll_degrees: float = 45.0


@dataclass(frozen=True, slots=True)
class Pose:
    """A face's size in pixels and where it looks, told from five points."""

    size: float
    yaw: float
    pitch: float
    roll_degrees: float


@dataclass(frozen=True, slots=True)
class Light:
    """Mean grey level, shares of black and white pixels, and sharpness of a crop."""

    mean: float
    black_share: float
    white_share: float
    sharpness: float


def verdict_of(crop: Pixels, points: Points, thresholds: Thresholds) -> Verdict:
    """Return `used`, or the first reason against it; size first, since it spoils the others.

    `crop` is (S, S, 3) uint8 RGB, aligned; `points` are (5, 2) in pixels of the picture.
    """
    pose, light = pose_of(points), light_of(crop)
    if pose.size < thresholds.min_eye_distance:
        return Verdict.TOO_SMALL
    if light.mean < thresholds.min_light or light.black_share > thresholds.max_black_share:
        return Verdict.TOO_DARK
    if light.mean > thresholds.max_light or light.white_share > thresholds.max_white_share:
        return Verdict.TOO_BRIGHT
    if _turned_away(pose, thresholds):
        return Verdict.TURNED_AWAY
    return Verdict.BLURRED if light.sharpness < thresholds.min_sharpness else Verdict.USED


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
        return Pose(size=0.0, yaw=0.0, pitch=0.0, roll_degrees=0.0)
    return Pose(
        size=max(eye_distance, height),
        yaw=float(np.dot(nose - eyes, across)) / eye_distance**2,
        pitch=float(np.dot(nose - eyes, down)) / height**2,
        roll_degrees=float(np.degrees(np.arctan2(across[1], across[0]))),
    )


def light_of(crop: Pixels) -> Light:
    """Return light and sharpness of the inner face of an aligned RGB crop."""
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (MEASURED_PIXELS, MEASURED_PIXELS), interpolation=cv2.INTER_AREA)
    face: npt.NDArray[np.float32] = small[FACE_ROWS, FACE_COLUMNS].astype(np.float32)
    contrast = float(face.var())
    edges = float(cv2.Laplacian(face, cv2.CV_32F).var())
    return Light(
        mean=float(face.mean()),
        black_share=float((face < BLACK).mean()),
        white_share=float((face >= WHITE).mean()),
        sharpness=edges / contrast if contrast > FLAT else 0.0,
    )


def _turned_away(pose: Pose, thresholds: Thresholds) -> bool:
    lowest, highest = thresholds.pitch_range
    return (
        abs(pose.yaw) > thresholds.max_yaw
        or not lowest <= pose.pitch <= highest
        or abs(pose.roll_degrees) > thresholds.max_roll_degrees
    )
