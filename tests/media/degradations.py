"""Eight ways in which a recording of one face goes wrong, each in three strengths.

Each takes a picture (height, width, 3) uint8 and the five points (5, 2) of its one face, and
gives a picture; lengths are in distances between the eyes, so that they suit any recording.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from assessment.ledger import Verdict

Picture = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float32]
Degrade = Callable[[Picture, Points, float], Picture]

HEAD_RADIUS: Final = 2.0
HALF_HEAD: Final = 1.3
"""A face is flatter than the head is wide; both in distances between the eyes."""
NOSE_HEIGHT: Final = 0.38
"""How far a nose stands out, in distances between the eyes."""


@dataclass(frozen=True, slots=True)
class Degradation:
    """What is done, how much of it (mild, clear, strong), and where frames must go."""

    apply: Degrade
    strengths: tuple[float, float, float]
    bucket: Verdict
    unit: str


def _clipped(values: npt.NDArray[np.floating]) -> Picture:
    return np.clip(values, 0, 255).astype(np.uint8)


def _eye_distance(points: Points) -> float:
    return float(np.linalg.norm(points[1] - points[0]))


def blurred(picture: Picture, points: Points, sigma: float) -> Picture:
    """Put the lens out of focus."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma * _eye_distance(points)), np.uint8)


def lit(picture: Picture, points: Points, share: float) -> Picture:
    """Leave this share of the light; above 1, what is too bright becomes white."""
    return _clipped(picture.astype(np.float32) * share)


def flattened(picture: Picture, points: Points, share: float) -> Picture:
    """Leave this share of the contrast, as haze or a veil of light does."""
    return _clipped(128 + (picture.astype(np.float32) - 128) * share)


def shrunk(picture: Picture, points: Points, eye_distance: float) -> Picture:
    """Record with fewer pixels, so many of them between the eyes."""
    scale = eye_distance / _eye_distance(points)
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def tilted(picture: Picture, points: Points, degrees: float) -> Picture:
    """Turn the picture around the nose."""
    x, y = (float(value) for value in points[2])
    turn = cv2.getRotationMatrix2D((x, y), degrees, 1.0)
    height, width = picture.shape[:2]
    lying = cv2.warpAffine(picture, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(lying, np.uint8)


def covered(picture: Picture, points: Points, share: float) -> Picture:
    """Hold something smooth of the colour of skin before this share of the mouth, from below."""
    unit, mouth = _eye_distance(points), (points[3] + points[4]) / 2
    nose = points[2].astype(int)
    reach = max(1, round(0.12 * unit))
    skin = picture[nose[1] - reach : nose[1] + reach, nose[0] - reach : nose[0] + reach]
    bottom, depth = mouth[1] + 0.45 * unit, 0.8 * unit * share
    rows = slice(round(bottom - depth), round(bottom))
    columns = slice(round(mouth[0] - 0.8 * unit), round(mouth[0] + 0.8 * unit))
    hidden = picture.copy()
    grain = np.random.default_rng(7).normal(0, 2, hidden[rows, columns].shape)
    hidden[rows, columns] = _clipped(skin.reshape(-1, 3).mean(axis=0) + grain)
    return hidden


def turned(picture: Picture, points: Points, degrees: float) -> Picture:
    """Turn the head away: a round head with a nose, its own picture as the texture."""
    unit = _eye_distance(points)
    height, width = picture.shape[:2]
    rows = (np.arange(height, dtype=np.float32) - points[2][1]) / unit
    across = (np.arange(width, dtype=np.float32) - (points[0][0] + points[1][0]) / 2) / unit
    columns = np.arange(width, dtype=np.float32)
    sources = np.tile(columns, (height, 1))
    angle, grid = np.radians(degrees), np.linspace(-HALF_HEAD, HALF_HEAD, 400)
    inside = np.abs(across) <= HALF_HEAD
    for row in np.flatnonzero(np.abs(rows) <= 2.0):
        seen = grid * np.cos(angle) + _depth(grid, rows[row]) * np.sin(angle)
        # What is hidden behind the nose or the edge of the head has no place of its own.
        back = np.interp(across[inside], np.maximum.accumulate(seen), grid)
        sources[row, inside] = columns[inside] + (back - across[inside]) * unit
    down = np.tile(np.arange(height, dtype=np.float32)[:, None], (1, width))
    seen = cv2.remap(picture, sources.astype(np.float32), down, cv2.INTER_LINEAR)
    return np.asarray(seen, np.uint8)


def _depth(across: npt.NDArray[np.floating], row: float) -> npt.NDArray[np.floating]:
    """Return how far the face stands out before the axis of the eyes' plane."""
    head = np.sqrt(HEAD_RADIUS**2 - across**2) - np.sqrt(HEAD_RADIUS**2 - 0.25)
    nose = NOSE_HEIGHT * np.exp(-((across / 0.22) ** 2) - (row / 0.3) ** 2)
    return head + nose


DEGRADATIONS: Final[Mapping[str, Degradation]] = {
    "blur": Degradation(blurred, (1 / 80, 1 / 25, 1 / 12), Verdict.BLURRED, "eye distances"),
    "dark": Degradation(lit, (0.6, 0.3, 0.15), Verdict.TOO_DARK, "of the light"),
    "bright": Degradation(lit, (1.25, 1.75, 2.5), Verdict.TOO_BRIGHT, "times the light"),
    "low contrast": Degradation(flattened, (0.6, 0.3, 0.2), Verdict.LOW_CONTRAST, "of it"),
    "shrink": Degradation(shrunk, (40.0, 28.0, 16.0), Verdict.TOO_SMALL, "px between the eyes"),
    "tilt": Degradation(tilted, (15.0, 40.0, 60.0), Verdict.TURNED_AWAY, "degrees"),
    "cover the mouth": Degradation(covered, (0.25, 0.75, 1.0), Verdict.OCCLUDED, "of it"),
    "turn away": Degradation(turned, (12.0, 30.0, 60.0), Verdict.TURNED_AWAY, "degrees"),
}
