"""The proving ground: faces whose severity is known, because known behaviours made them.

    person (looks) ─▶ clip (behaviour, light) ─▶ frames ─▶ aligned faces uint8 RGB + label

Behaviours drive the label; identity, light, pose and noise do not. Persons never cross splits, and
everything derives from the seed and the person's number.
"""

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from training.behaviour import Behaviour, draw_clip_behaviour, draw_frame_behaviour
from training.drawing import SIDE, Image, Looks, draw_face, draw_looks
from training.photograph import Disguise, draw_disguise, move_portrait


class Split(StrEnum):
    """A person belongs to exactly one."""

    TRAIN = "train"
    CALIBRATION = "calibration"
    HELD_OUT = "held-out"


#: Person numbers start here, so that no split can grow into the next.
FIRST_PERSON = {Split.TRAIN: 0, Split.CALIBRATION: 1_000_000, Split.HELD_OUT: 2_000_000}

#: Every n-th training person is the portrait in disguise. As all of these are one real face, it
#: appears in no other split.
PORTRAIT_EVERY = 6


@dataclass(frozen=True, slots=True)
class SyntheticConfig:
    """How much to make: every person appears in some clips of some frames."""

    persons: int
    clips: int = 2  # a person
    frames: int = 2  # a clip
    side: int = SIDE  # pixels of the faces
    seed: int = 20261122


@dataclass(frozen=True, slots=True)
class FaceSet:
    """Aligned faces with their truth, clip after clip.

    faces    (n, side, side, 3) uint8 RGB
    labels   (n,) float32, severity 0..63 of the clip; every frame inherits it
    clips    (n,) int64, the clip of each face
    persons  (n,) int64, the person of each face
    """

    faces: NDArray[np.uint8]
    labels: NDArray[np.float32]
    clips: NDArray[np.int64]
    persons: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Light:
    """A clip's light and camera: gain, gradient across x and y, colour cast, noise deviation."""

    gain: float
    gradient: tuple[float, float]
    cast: tuple[float, float, float]
    noise: float


def draw_light(random: np.random.Generator) -> Light:
    """A new scene."""
    across, along = random.uniform(-0.25, 0.25, 2)
    red, green, blue = random.uniform(0.9, 1.1, 3)
    return Light(
        float(random.uniform(0.65, 1.15)),
        (float(across), float(along)),
        (float(red), float(green), float(blue)),
        float(random.uniform(1.0, 8.0)),
    )


def film(face: Image, light: Light, random: np.random.Generator) -> Image:
    """Misalign a little, light and grain a face: uint8 RGB (224, 224, 3) both."""
    roll = np.deg2rad(random.normal(0.0, 2.0))
    zoom = random.normal(1.0, 0.02)
    cosine, sine = zoom * np.cos(roll), zoom * np.sin(roll)
    middle, shift = SIDE / 2.0, random.normal(0.0, 2.0, 2)
    matrix = np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0]])
    matrix[:, 2] = middle - matrix[:, :2] @ [middle, middle] + shift
    turned = cv2.warpAffine(face, matrix, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)
    ramp = np.linspace(-1.0, 1.0, SIDE, dtype=np.float32)
    across, along = light.gradient
    shade = light.gain * (1.0 + across * ramp[None, :] + along * ramp[:, None])
    grain = random.standard_normal((SIDE, SIDE, 1), np.float32) * np.float32(light.noise)
    lit = turned * (shade[:, :, None] * np.array(light.cast, np.float32)) + grain
    return np.clip(lit, 0.0, 255.0).astype(np.uint8)


def draw_person(split: Split, number: int, random: np.random.Generator) -> Looks | Disguise:
    """A person's identity: drawn, or in training now and then the portrait in disguise."""
    if split is Split.TRAIN and number % PORTRAIT_EVERY == PORTRAIT_EVERY - 1:
        return draw_disguise(random)
    return draw_looks(random)


def show(person: Looks | Disguise, behaviour: Behaviour) -> Image:
    """A person doing this, evenly lit: uint8 RGB (224, 224, 3)."""
    if isinstance(person, Disguise):
        return move_portrait(person, behaviour)
    return draw_face(person, behaviour)


def _person_faces(
    split: Split, number: int, config: SyntheticConfig
) -> tuple[list[Image], list[float]]:
    """All frames of one person and their labels."""
    random = np.random.default_rng([config.seed, FIRST_PERSON[split] + number])
    person = draw_person(split, number, random)
    faces: list[Image] = []
    labels: list[float] = []
    for _ in range(config.clips):
        behaviour, light = draw_clip_behaviour(random), draw_light(random)
        for _ in range(config.frames):
            face = film(show(person, draw_frame_behaviour(behaviour, random)), light, random)
            faces.append(_resize(face, config.side))
            labels.append(behaviour.severity)
    return faces, labels


def _resize(face: Image, side: int) -> Image:
    if side == SIDE:
        return face
    return np.asarray(cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def make_faces(split: Split, config: SyntheticConfig) -> FaceSet:
    """One split of the proving ground; the same for the same arguments, bit for bit."""
    faces: list[Image] = []
    labels: list[float] = []
    for number in range(config.persons):
        shown, severities = _person_faces(split, number, config)
        faces += shown
        labels += severities
    persons = FIRST_PERSON[split] + np.arange(config.persons)
    return FaceSet(
        np.stack(faces),
        np.array(labels, np.float32),
        np.repeat(np.arange(config.persons * config.clips), config.frames),
        np.repeat(persons, config.clips * config.frames),
    )
