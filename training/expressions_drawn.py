"""Seven expressions on drawn faces: caricatures of a few lines, so that the truth is known.

    expression, strength ─▶ behaviour (smile, lids, brows, head) ─▶ drawn face
                        └─▶ open mouth, wrinkled nose ───────────────────┴─▶ uint8 RGB

What each expression looks like is invented after what faces are commonly said to show; it is no
finding about people.
"""

from dataclasses import astuple, dataclass

import cv2
import numpy as np

from networks.tensors import EXPRESSIONS
from training.behaviour import Behaviour
from training.drawing import EYES, MOUTH, NOSE, Image, Looks, draw_face

#: How far each share strays from its expression, in each drawing.
SPREAD = 0.05

#: Pixels of a fully open mouth's half height; below the first pixel it is shut.
GAPE_PIXELS = 22.0


@dataclass(frozen=True, slots=True)
class Caricature:
    """An expression as shares; `droop` and `brow` below 0 open the eyes wide and lift the brows.

    gape     how far the mouth is open
    stretch  how wide it is then
    wrinkle  how far the nose is wrinkled
    """

    smile: float
    droop: float
    brow: float
    bow: float
    gape: float = 0.0
    stretch: float = 0.0
    wrinkle: float = 0.0


#: In the order of the served probabilities.
CARICATURES: dict[str, Caricature] = {
    "neutral": Caricature(0.35, 0.15, 0.10, 0.10),
    "happy": Caricature(1.00, 0.20, 0.00, 0.10),
    "sad": Caricature(0.00, 0.65, 0.30, 0.90),
    "angry": Caricature(0.10, 0.10, 1.00, 0.20),
    "fear": Caricature(0.30, -0.35, -0.50, 0.10, gape=0.45, stretch=1.00),
    "disgust": Caricature(0.05, 0.50, 0.70, 0.10, wrinkle=1.00),
    "surprise": Caricature(0.40, -0.35, -1.00, 0.00, gape=1.00, stretch=0.10),
}


def draw_expression(
    looks: Looks, label: int, strength: float, random: np.random.Generator
) -> Image:
    """A person showing an expression: uint8 RGB (224, 224, 3), lit evenly.

    `label` counts in `EXPRESSIONS`; strength 0 is neutral, 1 the whole caricature.
    """
    rest = np.array(astuple(CARICATURES["neutral"]))
    whole = np.array(astuple(CARICATURES[EXPRESSIONS[label]]))
    shares = rest + strength * (whole - rest)
    shares[:4] += random.normal(0.0, SPREAD, 4)
    return _draw(looks, Caricature(*map(float, shares)))


def _draw(looks: Looks, shown: Caricature) -> Image:
    # Beyond these the drawing's lines would cross.
    smile, bow = float(np.clip(shown.smile, 0.0, 1.0)), float(np.clip(shown.bow, 0.0, 1.0))
    droop, brow = float(np.clip(shown.droop, -0.4, 1.0)), float(np.clip(shown.brow, -1.0, 1.0))
    image = draw_face(looks, Behaviour(smile, droop, brow, bow))
    if shown.gape * GAPE_PIXELS > 1.0:
        _open_mouth(image, looks, shown)
    if shown.wrinkle > 0.0:
        _wrinkle_nose(image, looks, shown.wrinkle)
    return image


def _open_mouth(image: Image, looks: Looks, shown: Caricature) -> None:
    """Lips around a dark opening, over the mouth that is there."""
    wide = looks.mouth_width * (0.65 + 0.5 * shown.stretch)
    high = GAPE_PIXELS * shown.gape
    middle = (round(MOUTH[0]), round(MOUTH[1] + 0.3 * high))
    lips = (round(wide), round(high + looks.lip_thickness))
    cv2.ellipse(image, middle, lips, 0.0, 0.0, 360.0, looks.lips, -1, cv2.LINE_AA)
    inside = (max(1, round(wide - looks.lip_thickness)), round(high))
    cv2.ellipse(image, middle, inside, 0.0, 0.0, 360.0, (45.0, 15.0, 18.0), -1, cv2.LINE_AA)


def _wrinkle_nose(image: Image, looks: Looks, share: float) -> None:
    """Two lines between the eyes, and a fold from each wing of the nose to the mouth's corner."""
    red, green, blue = (value * (1.0 - 0.4 * share) for value in looks.skin)
    line = (red, green, blue)
    bridge = round((EYES[0][1] + NOSE[1]) / 2.0)
    for row in (bridge - 8, bridge):
        cv2.line(image, (104, row), (120, row), line, 2, cv2.LINE_AA)
    for side in (-1.0, 1.0):
        wing = (round(NOSE[0] + side * 20.0), round(NOSE[1]))
        corner = (round(MOUTH[0] + side * 1.25 * looks.mouth_width), round(MOUTH[1] - 6.0))
        cv2.line(image, wing, corner, line, 3, cv2.LINE_AA)
