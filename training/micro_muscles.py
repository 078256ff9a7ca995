"""Small movements of a drawn face: which way each muscle pushes the skin, and the face pushed.

    a drawn person ─▶ a ladder of lid positions ─▶ push by muscles ─▶ misalign ─▶ light, grain

A behaviour of `drawing` moves a feature by many pixels; here a displacement of a pixel or two is
added to a drawn face, as `photograph` does it for the portrait. Lengths count in pixels of the
224 crop, whatever the side of the picture.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from training.behaviour import Behaviour
from training.drawing import EYES, MOUTH, SIDE, Image, draw_face, draw_looks
from training.synthetic import Light, draw_light

Field = NDArray[np.float32]

#: How many pictures the lids' way from open to closed is drawn in.
LID_STEPS = 9

#: The frames' misalignment, as detected points tremble: pixels, radians, share.
TREMBLE_SHIFT, TREMBLE_ROLL, TREMBLE_ZOOM = 0.4, 0.003, 0.002


class Muscle(StrEnum):
    """What can be pushed; a positive push is down, except for `spread`, which is outwards."""

    LEFT_BROW = "left brow"
    RIGHT_BROW = "right brow"
    FROWN = "frown"  # brows towards each other
    LIDS = "lids"
    LEFT_CORNER = "left corner of the mouth"
    RIGHT_CORNER = "right corner of the mouth"
    SPREAD = "mouth wider"
    CHEEKS = "cheeks"


#: How far each muscle pushes, in pixels of the 224 crop.
Push = Mapping[Muscle, float]


def _bump(centre: tuple[float, float], radius: tuple[float, float], side: int) -> Field:
    """A Gaussian bump of height 1, (side, side)."""
    line = (np.arange(side) + 0.5) * (SIDE / side) - 0.5
    x, y = (line - centre[0]) / radius[0], (line - centre[1]) / radius[1]
    return np.exp(-0.5 * (y[:, None] ** 2 + x[None, :] ** 2)).astype(np.float32)


@cache
def _fields(side: int) -> dict[Muscle, Field]:
    """The displacement (side, side, 2) of each muscle for a push of one pixel."""
    none = np.zeros((side, side), np.float32)

    def down(*bumps: Field) -> Field:
        return np.dstack([none, sum(bumps, none)])

    def across(left: Field, right: Field) -> Field:
        return np.dstack([right - left, none])

    brows = [_bump((x, y - 27.0), (22.0, 9.0), side) for x, y in EYES]
    inner = [_bump((x, EYES[0][1] - 24.0), (12.0, 9.0), side) for x in (98.0, 126.0)]
    lids = [_bump((x, y - 8.0), (20.0, 6.0), side) for x, y in EYES]
    corners = [_bump((MOUTH[0] + x, MOUTH[1]), (15.0, 12.0), side) for x in (-30.0, 30.0)]
    cheeks = [_bump((MOUTH[0] + x, 148.0), (20.0, 16.0), side) for x in (-42.0, 42.0)]
    return {
        Muscle.LEFT_BROW: down(brows[0]),
        Muscle.RIGHT_BROW: down(brows[1]),
        Muscle.FROWN: across(inner[1], inner[0]),
        Muscle.LIDS: down(*lids),
        Muscle.LEFT_CORNER: down(corners[0]),
        Muscle.RIGHT_CORNER: down(corners[1]),
        Muscle.SPREAD: across(corners[0], corners[1]),
        Muscle.CHEEKS: down(*cheeks),
    }


@dataclass(frozen=True, slots=True)
class Actor:
    """A drawn person before a camera.

    ladder  (L, S, S, 3) uint8, the neutral face from open to closed lids
    light   of the whole recording
    """

    ladder: NDArray[np.uint8]
    light: Light

    @property
    def side(self) -> int:
        """S in pixels."""
        return self.ladder.shape[1]

    def show(self, push: Push, closed: float, random: np.random.Generator) -> Image:
        """One frame, uint8 RGB (S, S, 3); `closed` is the share by which the lids are down.

        Every frame trembles, flickers and has grain of its own.
        """
        moved = self._warp(_displacement(push, self.side), closed, random)
        gain = self.light.gain * random.normal(1.0, 0.01)
        grain = random.standard_normal((self.side, self.side, 1), np.float32)
        lit = moved * (np.float32(gain) * np.array(self.light.cast, np.float32))
        return np.clip(lit + grain * np.float32(self.light.noise), 0.0, 255.0).astype(np.uint8)

    def _warp(self, displaced: Field, closed: float, random: np.random.Generator) -> Image:
        face = self.ladder[round(closed * (len(self.ladder) - 1))]
        scale = self.side / SIDE
        roll = random.normal(0.0, TREMBLE_ROLL)
        zoom = random.normal(1.0, TREMBLE_ZOOM)
        shift = random.normal(0.0, TREMBLE_SHIFT * scale, 2)
        cosine, sine = zoom * np.cos(roll), zoom * np.sin(roll)
        rows, columns = np.mgrid[0 : self.side, 0 : self.side].astype(np.float32)
        x, y = columns - self.side / 2, rows - self.side / 2
        from_x = cosine * x - sine * y + self.side / 2 + shift[0] - scale * displaced[..., 0]
        from_y = sine * x + cosine * y + self.side / 2 + shift[1] - scale * displaced[..., 1]
        maps = from_x.astype(np.float32), from_y.astype(np.float32)
        warped = cv2.remap(face, *maps, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
        return np.asarray(warped, np.uint8)


def _displacement(push: Push, side: int) -> Field:
    fields = _fields(side)
    total = np.zeros((side, side, 2), np.float32)
    for muscle, pixels in push.items():
        total += np.float32(pixels) * fields[muscle]
    return total


def draw_actor(side: int, random: np.random.Generator, lid_steps: int = LID_STEPS) -> Actor:
    """A new person with skin that has some texture, under a new light.

    `lid_steps` (2 or more) only sets how finely the lids can close: each is drawn beforehand.
    """
    looks = draw_looks(random)
    smile, brow = random.uniform(0.2, 0.4), random.uniform(0.1, 0.3)
    grain = random.standard_normal((SIDE, SIDE, 1), np.float32)
    skin = cv2.GaussianBlur(grain, (0, 0), 1.5)[:, :, None]
    skin *= random.uniform(3.0, 7.0) / skin.std()
    ladder: list[Image] = []
    for closed in np.linspace(0.0, 1.0, lid_steps):
        face = draw_face(looks, Behaviour(float(smile), float(closed), float(brow), 0.1))
        textured = np.clip(face + skin, 0.0, 255.0).astype(np.uint8)
        small = cv2.resize(textured, (side, side), interpolation=cv2.INTER_AREA)
        ladder.append(np.asarray(small, np.uint8))
    light = draw_light(random)
    return Actor(np.stack(ladder), light)
