"""Faces as a detector would tell them, at a place and of a size."""

import numpy as np

from worker.faces import Face

AROUND = np.array([[0.3, 0.35], [0.7, 0.35], [0.5, 0.55], [0.35, 0.75], [0.65, 0.75]], np.float32)
"""The five points in a box of side 1, of a face that looks ahead."""


def face(x: float, y: float, size: float, confidence: float = 0.9) -> Face:
    """Return a square face with its upper left corner there."""
    points = AROUND * np.float32(size) + np.array([x, y], np.float32)
    return Face((x, y, x + size, y + size), points, confidence)
