"""A real face that may be redistributed: Eileen Collins by NASA, from scikit-image's data."""

from collections.abc import Callable

import cv2
import numpy as np
from skimage import data

from tests.media.recordings import Picture


def astronaut() -> Picture:
    """Return the portrait, (512, 512, 3) uint8 RGB, 44 pixels between the eyes."""
    return np.ascontiguousarray(data.astronaut())


def darkened(picture: Picture) -> Picture:
    """Leave an eighth of the light."""
    return (picture * 0.12).astype(np.uint8)


def brightened(picture: Picture) -> Picture:
    """Overexpose by two stops, most of the face white."""
    return np.clip(picture.astype(np.float32) * 2.0, 0, 255).astype(np.uint8)


def blurred(picture: Picture) -> Picture:
    """Put the lens out of focus."""
    return cv2.GaussianBlur(picture, (0, 0), 3.0).astype(np.uint8)


def shrunk(picture: Picture) -> Picture:
    """Move the camera away: a third of the size, on a grey wall."""
    small = cv2.resize(picture, None, fx=0.33, fy=0.33, interpolation=cv2.INTER_AREA)
    wall = np.full_like(picture, 128)
    wall[: small.shape[0], : small.shape[1]] = small
    return wall


def beside_itself(picture: Picture) -> Picture:
    """Show the same face twice, the right one smaller."""
    small = cv2.resize(picture, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)
    right = np.full_like(picture, 128)
    right[: small.shape[0], : small.shape[1]] = small
    return np.concatenate([picture, right], axis=1)


Degrade = Callable[[Picture], Picture]
