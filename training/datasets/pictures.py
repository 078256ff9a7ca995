"""Reading pictures, and bringing grey ones into the shape of face crops."""

from pathlib import Path

import cv2
import numpy as np

from training.datasets.recording import Pixels
from training.faults import DataMissing, PictureUnreadable


def read_picture(path: Path) -> Pixels:
    """Return a picture as (height, width, 3) uint8 RGB.

    Raises `DataMissing` when there is no file, `PictureUnreadable` when it does not decode.
    """
    try:
        content = np.fromfile(path, np.uint8)
    except FileNotFoundError as error:
        raise DataMissing(f"{path} is missing") from error
    decoded = cv2.imdecode(content, cv2.IMREAD_COLOR) if content.size else None
    if decoded is None:
        raise PictureUnreadable(f"{path} is not a readable picture")
    return np.ascontiguousarray(decoded[:, :, ::-1]).astype(np.uint8, copy=False)


def as_face(pixels: Pixels, side: int) -> Pixels:
    """Return (side, side, 3) uint8 RGB of a grey (h, w) or RGB (h, w, 3) picture."""
    colours = pixels if pixels.ndim == 3 else np.repeat(pixels[:, :, None], 3, axis=2)
    if colours.shape[:2] == (side, side):
        return colours
    shrinks = side < min(colours.shape[:2])
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(colours, (side, side), interpolation=method), np.uint8)
