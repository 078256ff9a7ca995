"""Procedural faces: a person's looks and a behaviour to an aligned face, uint8 RGB (224, 224, 3).

The features sit where the ArcFace template puts them (doubled for 224 pixels), so that a drawn
face looks to a network like a crop that the worker aligned.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.behaviour import Behaviour

SIDE = 224
EYES = ((77.0, 103.5), (147.0, 103.0))  # pixels, image left first
NOSE = (112.0, 143.5)
MOUTH = (112.0, 184.5)  # the middle between the corners

Colour = tuple[float, float, float]
Image = NDArray[np.uint8]

#: cv2 draws to 1/16 of a pixel.
SUBPIXEL_BITS = 4


@dataclass(frozen=True, slots=True)
class Looks:
    """A person's identity, which carries no label; lengths in pixels of the 224 crop."""

    skin: Colour
    hair: Colour
    lips: Colour
    iris: Colour
    backdrop: Colour
    face_width: float
    eye_width: float
    eye_height: float
    brow_height: float
    brow_thickness: float
    nose_width: float
    mouth_width: float
    lip_thickness: float
    hairline: float
    glasses: bool


def draw_looks(random: np.random.Generator) -> Looks:
    """A new person."""
    tone = random.uniform(0.35, 1.0)
    skin = np.clip(np.array([245.0, 205.0, 175.0]) * tone + random.normal(0, 6, 3), 0, 255)
    hair = np.array([120.0, 90.0, 60.0]) * random.uniform(0.1, 1.5)
    lips = skin * np.array([0.85, 0.60, 0.60])
    iris = random.uniform(20.0, 120.0, 3)
    return Looks(
        skin=_colour(skin),
        hair=_colour(hair),
        lips=_colour(lips),
        iris=_colour(iris),
        backdrop=_colour(random.uniform(60.0, 200.0) + random.normal(0.0, 10.0, 3)),
        face_width=random.uniform(84.0, 104.0),
        eye_width=random.uniform(16.0, 21.0),
        eye_height=random.uniform(8.0, 11.0),
        brow_height=random.uniform(21.0, 28.0),
        brow_thickness=random.uniform(3.0, 8.0),
        nose_width=random.uniform(12.0, 19.0),
        mouth_width=random.uniform(26.0, 33.0),
        lip_thickness=random.uniform(4.0, 8.0),
        hairline=random.uniform(10.0, 45.0),
        glasses=bool(random.uniform() < 0.2),
    )


def _colour(values: NDArray[np.float64]) -> Colour:
    red, green, blue = np.clip(values, 0.0, 255.0)
    return float(red), float(green), float(blue)


def draw_face(looks: Looks, behaviour: Behaviour) -> Image:
    """The person doing this, lit evenly: uint8 RGB (224, 224, 3)."""
    image = np.empty((SIDE, SIDE, 3), np.uint8)
    image[:] = looks.backdrop
    bowed = 10.0 * behaviour.bow
    _draw_head(image, looks, bowed)
    for side, eye in ((-1.0, EYES[0]), (1.0, EYES[1])):
        _draw_eye(image, looks, eye, behaviour.droop)
        _draw_brow(image, looks, eye, side, behaviour.brow)
    _draw_nose(image, looks, bowed)
    _draw_mouth(image, looks, behaviour.smile)
    return image


def _fill(image: Image, points: NDArray[np.float64], colour: Colour) -> None:
    """Fill a polygon, points (n, 2) as x, y."""
    fixed = np.round(points * (1 << SUBPIXEL_BITS)).astype(np.int32)
    cv2.fillPoly(image, [fixed], colour, cv2.LINE_AA, SUBPIXEL_BITS)


def _stroke(image: Image, points: NDArray[np.float64], colour: Colour, width: float) -> None:
    """Draw an open line through points (n, 2)."""
    fixed = np.round(points * (1 << SUBPIXEL_BITS)).astype(np.int32)
    cv2.polylines(image, [fixed], False, colour, max(1, round(width)), cv2.LINE_AA, SUBPIXEL_BITS)


def _oval(centre: tuple[float, float], width: float, height: float) -> NDArray[np.float64]:
    """An ellipse of half axes width and height as a polygon, (48, 2)."""
    angle = np.linspace(0.0, 2.0 * np.pi, 48, endpoint=False)
    return np.stack([centre[0] + width * np.cos(angle), centre[1] + height * np.sin(angle)], axis=1)


def _shade(colour: Colour, factor: float) -> Colour:
    return colour[0] * factor, colour[1] * factor, colour[2] * factor


def _draw_head(image: Image, looks: Looks, bowed: float) -> None:
    """Hair, face and hairline; a bowed head shows more of its top."""
    _fill(image, _oval((112.0, 110.0), looks.face_width + 12.0, 140.0), looks.hair)
    _fill(image, _oval((112.0, 122.0), looks.face_width, 122.0), looks.skin)
    _fill(image, _oval((112.0, -20.0 + bowed), 110.0, 20.0 + looks.hairline), looks.hair)


def _draw_eye(image: Image, looks: Looks, eye: tuple[float, float], droop: float) -> None:
    """White, iris and pupil, then the lid down over `droop` of them."""
    height = looks.eye_height
    _fill(image, _oval(eye, looks.eye_width, height), (238.0, 236.0, 232.0))
    _fill(image, _oval(eye, height * 0.85, height * 0.85), looks.iris)
    _fill(image, _oval(eye, height * 0.4, height * 0.4), (12.0, 10.0, 10.0))
    across = np.linspace(-1.0, 1.0, 17)
    margin = eye[0] + across * (looks.eye_width + 1.5)
    arch = np.sqrt(np.clip(1.0 - across**2, 0.0, 1.0))
    lid_edge = eye[1] - (height + 1.0) * arch * (1.0 - 1.6 * droop)
    lid_top = eye[1] - (height + 3.0) * arch - 2.0
    edge = np.stack([margin, lid_edge], axis=1)
    _fill(
        image,
        np.concatenate([edge, np.stack([margin, lid_top], axis=1)[::-1]]),
        _shade(looks.skin, 0.92),
    )
    _stroke(image, edge, _shade(looks.skin, 0.35), 2.0)
    if looks.glasses:
        rim = _oval((eye[0], eye[1] + 2.0), looks.eye_width + 9.0, 20.0)
        _stroke(image, rim, (40.0, 40.0, 45.0), 2.0)


def _draw_brow(
    image: Image, looks: Looks, eye: tuple[float, float], side: float, frown: float
) -> None:
    """An arched line above the eye; a frown lowers and inclines it. `side` is -1 image left."""
    across = np.linspace(-1.0, 1.0, 9)  # outer end to inner end
    x = eye[0] - side * across * 23.0 - side * 3.0 * frown * (across > 0)
    height = looks.brow_height - 9.0 * frown - 4.0 * across**2
    y = eye[1] - height + 5.0 * frown * (across + 1.0) / 2.0
    _stroke(image, np.stack([x, y], axis=1), _shade(looks.hair, 0.8), looks.brow_thickness)


def _draw_nose(image: Image, looks: Looks, bowed: float) -> None:
    """The shaded side and base of the nose; bowed, its tip comes nearer to the mouth."""
    tip = NOSE[1] + 0.8 * bowed
    bridge = np.array([[108.0, 108.0], [104.0, tip - 8.0], [112.0 - looks.nose_width, tip + 4.0]])
    _stroke(image, bridge, _shade(looks.skin, 0.82), 2.5)
    base = _oval((NOSE[0], tip + 6.0), looks.nose_width, 5.0)
    _fill(image, base, _shade(looks.skin, 0.75))


def _draw_mouth(image: Image, looks: Looks, smile: float) -> None:
    """Lips between two parabolas; a smile lifts and spreads the corners and parts the lips."""
    half = looks.mouth_width * (1.0 + 0.3 * smile)
    across = np.linspace(-1.0, 1.0, 21)
    x = MOUTH[0] + half * across
    bend = (across**2 - 0.5) * (8.0 - 24.0 * smile)  # pixels down at the corners; up in a smile
    middle = MOUTH[1] + bend
    arch = 1.0 - across**2
    parted = 9.0 * smile * arch
    lip = looks.lip_thickness * np.sqrt(arch)

    def between(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
        top = np.stack([x, middle - above], axis=1)
        bottom = np.stack([x, middle + below], axis=1)
        return np.concatenate([top, bottom[::-1]])

    _fill(image, between(parted * 0.4 + lip, parted + lip), looks.lips)
    _fill(image, between(parted * 0.4, parted), (240.0, 236.0, 228.0))
    if smile <= 0.5:
        _stroke(image, np.stack([x, middle], axis=1), _shade(looks.lips, 0.5), 1.5)
