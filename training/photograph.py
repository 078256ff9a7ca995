"""One real face, moved: the public-domain portrait of a NASA astronaut that scikit-image carries.

A behaviour becomes a smooth displacement of the aligned face: each feature is pushed by a Gaussian
bump around it. The push is relative to what she does in the picture, a broad smile.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage import data

from training.behaviour import Behaviour
from training.drawing import EYES, MOUTH, NOSE, SIDE, Image

#: Eyes, nose tip and mouth corners in the 512x512 picture (x, y), as the project's detector
#: finds them.
PORTRAIT_POINTS = ((200.1, 101.8), (247.1, 102.6), (220.4, 124.5), (198.6, 142.8), (239.7, 143.6))

#: The ArcFace template, doubled for 224 pixels.
TEMPLATE_POINTS = (
    (76.5892, 103.3926),
    (147.0636, 103.0028),
    (112.0504, 143.4732),
    (83.0986, 184.7310),
    (141.4598, 184.4082),
)

#: The picture's own behaviour.
PORTRAIT = Behaviour(smile=0.9, droop=0.1, brow=0.1, bow=0.1)


@dataclass(frozen=True, slots=True)
class Disguise:
    """What makes another person of the portrait: stretch of the face, colour cast, mirror."""

    stretch: tuple[float, float]
    cast: tuple[float, float, float]
    mirrored: bool


def draw_disguise(random: np.random.Generator) -> Disguise:
    """A new look for the portrait."""
    wide, tall = random.uniform(0.92, 1.08, 2)
    red, green, blue = random.uniform(0.75, 1.15, 3)
    return Disguise(
        (float(wide), float(tall)),
        (float(red), float(green), float(blue)),
        bool(random.uniform() < 0.5),
    )


def similarity(source: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """The least-squares similarity (2, 3) that carries points (n, 2) onto others."""
    x, y = source.T
    one, zero = np.ones_like(x), np.zeros_like(x)
    rows = np.concatenate(
        [np.stack([x, -y, one, zero], axis=1), np.stack([y, x, zero, one], axis=1)]
    )
    a, b, right, down = np.linalg.lstsq(rows, target.T.reshape(-1), rcond=None)[0]
    return np.array([[a, -b, right], [b, a, down]])


@cache
def aligned_portrait() -> Image:
    """The portrait's face on the template: uint8 RGB (224, 224, 3)."""
    matrix = similarity(np.array(PORTRAIT_POINTS), np.array(TEMPLATE_POINTS))
    return np.asarray(cv2.warpAffine(data.astronaut(), matrix, (SIDE, SIDE)), np.uint8)


def _bump(centre: tuple[float, float], radius: tuple[float, float]) -> NDArray[np.float32]:
    """A Gaussian bump of height 1 on the crop, (224, 224)."""
    x = (np.arange(SIDE) - centre[0]) / radius[0]
    y = (np.arange(SIDE) - centre[1]) / radius[1]
    return np.exp(-0.5 * (y[:, None] ** 2 + x[None, :] ** 2)).astype(np.float32)


@cache
def _bumps() -> dict[str, NDArray[np.float32]]:
    """Where each behaviour pushes."""
    left, right = EYES
    return {
        "left corner": _bump((MOUTH[0] - 30.0, MOUTH[1]), (15.0, 12.0)),
        "right corner": _bump((MOUTH[0] + 30.0, MOUTH[1]), (15.0, 12.0)),
        "lids": _bump((left[0], left[1] - 8.0), (20.0, 6.0))
        + _bump((right[0], right[1] - 8.0), (20.0, 6.0)),
        "brows": _bump((left[0], left[1] - 26.0), (24.0, 8.0))
        + _bump((right[0], right[1] - 26.0), (24.0, 8.0)),
        "nose": _bump(NOSE, (24.0, 20.0)),
    }


def move_portrait(disguise: Disguise, behaviour: Behaviour) -> Image:
    """The disguised portrait doing this: uint8 RGB (224, 224, 3)."""
    bumps = _bumps()
    smile = behaviour.smile - PORTRAIT.smile
    corners = bumps["left corner"] + bumps["right corner"]
    down = -13.0 * smile * corners  # pixels; a smile lifts the corners
    down += 11.0 * (behaviour.droop - PORTRAIT.droop) * bumps["lids"]
    down += 9.0 * (behaviour.brow - PORTRAIT.brow) * bumps["brows"]
    down += 8.0 * (behaviour.bow - PORTRAIT.bow) * bumps["nose"]
    wide = 5.0 * smile * (bumps["right corner"] - bumps["left corner"])
    rows, columns = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    middle = SIDE / 2.0
    from_x = middle + (columns - middle) / disguise.stretch[0] - wide
    from_y = middle + (rows - middle) / disguise.stretch[1] - down
    moved = cv2.remap(
        aligned_portrait(),
        from_x.astype(np.float32),
        from_y.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )
    coloured = np.clip(moved * np.array(disguise.cast), 0.0, 255.0).astype(np.uint8)
    return coloured[:, ::-1] if disguise.mirrored else coloured
