"""Lengths of a face from its landmarks, in distances between the eyes: no pixel enters.

5 points  left eye, right eye, nose, corners of the mouth   what the detector gives
68 points the layout of iBUG 300-W                          what a configured model may give

The unit is the distance between the eyes, so the lengths stay the same when a face is moved,
turned in the picture, or recorded larger. They do change when the head turns away, and five points
cannot tell a long nose from a raised chin.
"""

from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Landmarks = npt.NDArray[np.floating]

DETECTED: Final = 5
IBUG: Final = 68

#: Places in the 68 points of iBUG 300-W [sure]; left and right as the picture shows them.
_LEFT_EYE, _RIGHT_EYE = slice(36, 42), slice(42, 48)
_LEFT_BROW, _RIGHT_BROW = slice(17, 22), slice(22, 27)
_NOSE_ROOT, _NOSE_TIP, _NOSTRILS = 27, 30, (31, 35)
_MOUTH, _LIPS, _CHIN, _JAW = (48, 54), (51, 57), 8, (0, 16)
_EYE_WIDTHS = ((36, 39), (42, 45))
_EYE_HEIGHTS = ((37, 41), (38, 40), (43, 47), (44, 46))


@dataclass(frozen=True, slots=True)
class FivePointAttributes:
    """What five points tell, in eye distances; `nose_aside` is 0 for a face that looks ahead."""

    eyes_to_nose: float
    nose_to_mouth: float
    eyes_to_mouth: float
    mouth_width: float
    nose_aside: float


@dataclass(frozen=True, slots=True)
class FullAttributes:
    """What 68 points tell, in distances between the eyes' centres.

    Eye width (36-39), nose length (27-30) and mouth width (48-54) are the three measures of the
    source that scores faces; it divides them by 300 pixels, which makes the score depend on the
    size of the picture.
    """

    eye_width: float
    eye_height: float
    brow_height: float
    nose_length: float
    nose_width: float
    mouth_width: float
    lip_height: float
    mouth_to_chin: float
    jaw_width: float
    face_height: float


class NotLandmarks(ValueError):
    """The points are no face: of another number, not finite, or with both eyes in one place."""


def five_point_attributes(points: Landmarks) -> FivePointAttributes:
    """Return the lengths from (5, 2) points in pixels; raises `NotLandmarks`.

    Lengths up and down are measured across the line between the eyes, so that a head that is
    tilted in the picture keeps them.
    """
    _check(points, DETECTED)
    left, right, nose, corner, other = points.astype(np.float64)
    frame = _EyeFrame.between(left, right)
    nose_at, mouth_at = frame.place(nose), frame.place((corner + other) / 2.0)
    return FivePointAttributes(
        eyes_to_nose=nose_at[1],
        nose_to_mouth=mouth_at[1] - nose_at[1],
        eyes_to_mouth=mouth_at[1],
        mouth_width=frame.length(corner, other),
        nose_aside=abs(nose_at[0]),
    )


def full_attributes(points: Landmarks) -> FullAttributes:
    """Return the lengths from (68, 2) points in pixels; raises `NotLandmarks`."""
    _check(points, IBUG)
    places = points.astype(np.float64)
    left, right = places[_LEFT_EYE].mean(axis=0), places[_RIGHT_EYE].mean(axis=0)
    frame = _EyeFrame.between(left, right)

    def apart(*pairs: tuple[int, int]) -> float:
        return float(np.mean([frame.length(places[one], places[two]) for one, two in pairs]))

    brows = [places[_LEFT_BROW].mean(axis=0), places[_RIGHT_BROW].mean(axis=0)]
    return FullAttributes(
        eye_width=apart(*_EYE_WIDTHS),
        eye_height=apart(*_EYE_HEIGHTS),
        brow_height=float(np.mean([-frame.place(brow)[1] for brow in brows])),
        nose_length=apart((_NOSE_ROOT, _NOSE_TIP)),
        nose_width=apart(_NOSTRILS),
        mouth_width=apart(_MOUTH),
        lip_height=apart(_LIPS),
        mouth_to_chin=apart((_LIPS[1], _CHIN)),
        jaw_width=apart(_JAW),
        face_height=apart((_NOSE_ROOT, _CHIN)),
    )


def as_row(attributes: FivePointAttributes | FullAttributes) -> dict[str, float]:
    """Return the attributes by name, as the columns of an attributes csv."""
    return asdict(attributes)


@dataclass(frozen=True, slots=True)
class _EyeFrame:
    """Coordinates with the eyes' middle as origin, their distance as unit, x from left to right."""

    origin: npt.NDArray[np.float64]
    across: npt.NDArray[np.float64]  # from eye to eye, in pixels

    @classmethod
    def between(cls, left: npt.NDArray[np.float64], right: npt.NDArray[np.float64]) -> "_EyeFrame":
        across = right - left
        if not np.linalg.norm(across) > 0.0:
            raise NotLandmarks("both eyes are in one place, so there is no unit of length")
        return cls((left + right) / 2.0, across)

    def place(self, point: npt.NDArray[np.float64]) -> tuple[float, float]:
        """Return x along the eyes and y below them."""
        x, y = self.across
        square = x * x + y * y
        u, v = point - self.origin
        return float(u * x + v * y) / square, float(v * x - u * y) / square

    def length(self, one: npt.NDArray[np.float64], two: npt.NDArray[np.float64]) -> float:
        """Return the distance of two points."""
        return float(np.linalg.norm(one - two) / np.linalg.norm(self.across))


def _check(points: Landmarks, count: int) -> None:
    if points.shape != (count, 2):
        raise NotLandmarks(f"{count} points of x and y are needed, found shape {points.shape}")
    if not np.isfinite(points).all():
        raise NotLandmarks("a point is not finite")
