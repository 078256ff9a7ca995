"""Persons before a small camera: who belongs to which part, and how a drawn face is filmed.

    seed, part, number ─▶ looks ─▶ draw 224 px ─▶ gaze ─▶ shrink to S ─▶ pose, light, grain ─▶ face

Light, grain, pose and looks are drawn without knowing the label. The photographed face of
`training.photograph` is left out: it is one person and could be in one part only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from training.behaviour import Behaviour
from training.drawing import EYES, Image, Looks, draw_face
from training.photograph import Disguise
from training.synthetic import Light, show

#: Pixels of the 224 crop by which a full gaze (1 or -1) moves the iris.
GAZE_PIXELS = 6.0
GAZE_RADIUS = (13.0, 8.0)  # of the moved patch, x and y


class Part(StrEnum):
    """A person belongs to exactly one; designs are chosen on development persons only."""

    TRAINING = "training"
    DEVELOPMENT = "development"
    HELD_OUT = "held-out"
    PRETRAINING = "pretraining"  # only ever seen with another label


#: Person numbers start here, so that no part can grow into the next.
FIRST_PERSON = {
    Part.TRAINING: 0,
    Part.DEVELOPMENT: 1_000_000,
    Part.HELD_OUT: 2_000_000,
    Part.PRETRAINING: 3_000_000,
}


class Sizes(Protocol):
    """How many persons an experiment has in each of its parts."""

    @property
    def persons(self) -> int:
        """Those that are learned from."""
        ...

    @property
    def development(self) -> int:
        """Those that choose the epoch."""
        ...

    @property
    def held_out(self) -> int:
        """Those that the finding is about."""
        ...


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is filmed: the first `persons` of a part, `takes` rows each, at `side` pixels."""

    part: Part
    persons: int
    takes: int
    side: int
    seed: int

    def numbers(self) -> list[int]:
        """The persons' numbers, which are in no other part."""
        first = FIRST_PERSON[self.part]
        return list(range(first, first + self.persons))

    def random(self, scene: int, number: int) -> np.random.Generator:
        """All chance in one person's rows of one scene."""
        return np.random.default_rng([self.seed, scene, number])

    def person_column(self) -> NDArray[np.int64]:
        """(persons · takes,) int64, the person of every row."""
        return np.repeat(np.array(self.numbers(), np.int64), self.takes)


def casts(sizes: Sizes, takes: int, side: int, seed: int) -> tuple[Cast, Cast, Cast]:
    """Return who is filmed for training, development and the held-out part."""
    return (
        Cast(Part.TRAINING, sizes.persons, takes, side, seed),
        Cast(Part.DEVELOPMENT, sizes.development, takes, side, seed),
        Cast(Part.HELD_OUT, sizes.held_out, takes, side, seed),
    )


@dataclass(frozen=True, slots=True)
class Pose:
    """How the head lies in the crop: roll in degrees, zoom, shift in shares of the side."""

    roll: float = 0.0
    zoom: float = 1.0
    across: float = 0.0
    along: float = 0.0


def draw_pose(random: np.random.Generator) -> Pose:
    """The small misalignment that a detector leaves."""
    across, along = random.normal(0.0, 0.01, 2)
    return Pose(
        float(random.normal(0.0, 2.0)), float(random.normal(1.0, 0.02)), float(across), float(along)
    )


def shrink(face: Image, side: int) -> Image:
    """(224, 224, 3) -> (S, S, 3) uint8."""
    return np.asarray(cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def draw_small(looks: Looks, behaviour: Behaviour, side: int) -> Image:
    """The person doing this, evenly lit: (S, S, 3) uint8 RGB."""
    return shrink(draw_face(looks, behaviour), side)


def gazing(face: Image, person: Looks | Disguise, gaze: float) -> Image:
    """Move both irises by `gaze` in -1..1 (image left to right): (224, 224, 3) uint8 RGB.

    A smooth push inside each eye, so that it serves drawn and photographed faces alike.
    """
    if isinstance(person, Disguise) and person.mirrored:
        gaze = -gaze
    moved = face.copy()
    for x, y in EYES:
        left, top = round(x) - 20, round(y) - 12
        rows, columns = np.mgrid[top : top + 24, left : left + 40].astype(np.float32)
        away = ((columns - x) / GAZE_RADIUS[0]) ** 2 + ((rows - y) / GAZE_RADIUS[1]) ** 2
        push = np.float32(GAZE_PIXELS * gaze) * np.exp(-0.5 * away)
        patch = cv2.remap(face, (columns - push).astype(np.float32), rows, cv2.INTER_LINEAR)
        moved[top : top + 24, left : left + 40] = patch
    return moved


def show_gazing(person: Looks | Disguise, behaviour: Behaviour, gaze: float) -> Image:
    """A person doing this and looking there: (224, 224, 3) uint8 RGB."""
    return gazing(show(person, behaviour), person, gaze)


def posed(face: Image, pose: Pose) -> Image:
    """Turn, zoom and shift about the middle; what comes in at an edge repeats it: same shape."""
    side = face.shape[0]
    middle = side / 2.0
    matrix = cv2.getRotationMatrix2D((middle, middle), pose.roll, pose.zoom)
    matrix[:, 2] += side * np.array([pose.across, pose.along])
    moved = cv2.warpAffine(face, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.uint8)


def lit(faces: NDArray[np.uint8], light: Light, random: np.random.Generator) -> NDArray[np.uint8]:
    """Light and grain (T, S, S, 3) faces of one clip: uint8 RGB, same shape."""
    side = faces.shape[1]
    ramp = np.linspace(-1.0, 1.0, side, dtype=np.float32)
    across, along = light.gradient
    shade = np.float32(light.gain) * (1.0 + across * ramp[None, :] + along * ramp[:, None])
    grain = random.standard_normal((*faces.shape[:3], 1), np.float32) * np.float32(light.noise)
    exposed = faces * (shade[:, :, None] * np.array(light.cast, np.float32)) + grain
    return np.clip(exposed, 0.0, 255.0).astype(np.uint8)


def filmed(
    faces: Sequence[Image], poses: Sequence[Pose], light: Light, random: np.random.Generator
) -> NDArray[np.uint8]:
    """Pose, light and grain T faces (S, S, 3): (T, S, S, 3) uint8 RGB."""
    still = [posed(face, pose) for face, pose in zip(faces, poses, strict=True)]
    return lit(np.stack(still), light, random)
