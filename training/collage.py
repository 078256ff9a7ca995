"""Training views at native scale: the telling parts of a face, cut out and put together.

    ┌──────────────┐
    │ eye and brow │  36 px      from a 224 crop; one side of the face, mirrored half of the time
    ├──────────────┤
    │  half mouth  │  28 px
    └──────────────┘
         64 px

A 64-pixel view costs a twelfth of a 224-pixel face. Shrinking faces to 64 trains as well, but what
is learned then fits features at another scale than the served one; a collage keeps the scale.
"""

import numpy as np
from numpy.typing import NDArray

SIDE = 64  # pixels, a multiple of the networks' 32
EYE_HEIGHT = 36
MOUTH_HEIGHT = SIDE - EYE_HEIGHT
EYE_CENTRE = (77, 95)  # x, y in the 224 crop: between lid and brow
MOUTH_CENTRE = (100, 187)  # a corner of the mouth and its middle
JITTER = 5  # pixels, so that no feature sits at a fixed place

Faces = NDArray[np.uint8]


def collage(face: Faces, random: np.random.Generator) -> Faces:
    """A 224 face -> a view of one side of it: uint8 RGB (224, 224, 3) -> (64, 64, 3)."""
    side = face[:, ::-1] if random.random() < 0.5 else face
    shifts = random.integers(-JITTER, JITTER + 1, 4)
    eye = _cut(side, EYE_CENTRE, EYE_HEIGHT, shifts[:2])
    mouth = _cut(side, MOUTH_CENTRE, MOUTH_HEIGHT, shifts[2:])
    return np.concatenate([eye, mouth])


def collages(faces: Faces, random: np.random.Generator) -> Faces:
    """(n, 224, 224, 3) -> (n, 64, 64, 3)."""
    return np.stack([collage(face, random) for face in faces])


def _cut(face: Faces, centre: tuple[int, int], height: int, shift: NDArray[np.int64]) -> Faces:
    left = centre[0] - SIDE // 2 + int(shift[0])
    top = centre[1] - height // 2 + int(shift[1])
    return face[top : top + height, left : left + SIDE]
