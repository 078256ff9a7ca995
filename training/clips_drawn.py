"""Drawn clips for the networks that read sets of frames, motion or expressions.

severity     half-way behaviour ─▶ the clip's own ─▶ 16 faces ─┬─▶ rank-pool map
                                                              └─▶ 4 faces, a third of them bad
expressions  neutral ─▶ one of seven ─▶ 11 faces ─┬─▶ the middle one
                                                  └─▶ flow of the ten pairs

A clip has one person, light and misalignment; every frame has its own grain. The persons are none
of those that the shared trunks were fitted on.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from networks.tensors import CLIP_FRAMES, EXPRESSIONS, FLOW_FRAMES
from training.behaviour import Behaviour, draw_clip_behaviour, draw_frame_behaviour
from training.drawing import Image, draw_looks
from training.examples import Examples
from training.expressions_drawn import draw_expression
from training.synthetic import FIRST_PERSON, Split, draw_light, draw_person, film, show
from worker.motion import flow_stack, temporal_map

#: The first of these clips' persons within a split. The ten thousand before them were looked at
#: while settings were chosen, so they are no evidence.
FIRST_CLIP_PERSON = 20_000
SEED = 20261123

#: The frames that stand for a severity clip in pooling, the middle one first.
POOLED = (CLIP_FRAMES // 2, 6, 11, 14)

#: The chance of a pooled frame other than the middle one to be bad: a third of all.
BAD_SHARE = 0.42

#: The share of a severity clip in which its behaviour is reached.
ARRIVAL = 1.0 / 3.0

#: Frames in which an expression comes up, and when that may begin.
RISE = 4.0
EARLIEST, LATEST = -6.0, 3.0

#: The weakest expression.
LEAST_STRENGTH = 0.75

#: What a behaviour is before the clip's own.
HALF_WAY = Behaviour(0.5, 0.5, 0.5, 0.5)

Faces = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class SeverityClips:
    """Clips whose label is the severity of the behaviour that they come to.

    faces    (n, 4, 224, 224, 3) uint8 RGB, the middle one first
    bad      (n, 4) bool, the blurred and dark ones
    maps     (n, 224, 224, 3) uint8, the rank pooling of all frames, none of them bad
    labels   (n,) float32 on the 0-63 scale
    persons  (n,) int64, one clip each
    """

    faces: Faces
    bad: NDArray[np.bool_]
    maps: Faces
    labels: NDArray[np.float32]
    persons: NDArray[np.int64]


def _persons(split: Split, count: int) -> NDArray[np.int64]:
    return FIRST_PERSON[split] + FIRST_CLIP_PERSON + np.arange(count)


def _filmed(faces: list[Image], random: np.random.Generator) -> Faces:
    """One light and misalignment for all, grain for each: (T, 224, 224, 3)."""
    light, pose = draw_light(random), int(random.integers(2**32))
    plain = replace(light, noise=0.0)
    # Equal frames are filmed once: an expression that has come up stays.
    once = {id(face): film(face, plain, np.random.default_rng(pose)) for face in faces}
    still = np.stack([once[id(face)] for face in faces])
    grain = random.standard_normal((*still.shape[:3], 1), np.float32) * np.float32(light.noise)
    return np.clip(still + grain, 0.0, 255.0).astype(np.uint8)


def spoil(face: Image, random: np.random.Generator) -> Image:
    """A face that shows little: blurred or dark, (224, 224, 3) uint8 RGB."""
    if random.random() < 0.5:
        return np.asarray(cv2.GaussianBlur(face, (0, 0), 12.0), np.uint8)
    return (face * np.float32(0.08)).astype(np.uint8)


def make_severity_clips(
    split: Split, count: int, tick: Callable[[int], None] = lambda _: None
) -> SeverityClips:
    """`count` clips of as many persons; the same for the same arguments."""
    shape = (count, len(POOLED), 224, 224, 3)
    faces, maps = np.empty(shape, np.uint8), np.empty((count, *shape[2:]), np.uint8)
    bad, labels = np.zeros(shape[:2], bool), np.zeros(count, np.float32)
    persons = _persons(split, count)
    for row, number in enumerate(persons):
        random = np.random.default_rng([SEED, number])
        frames, labels[row] = _severity_frames(split, int(number), random)
        maps[row] = temporal_map(frames)
        bad[row, 1:] = random.random(len(POOLED) - 1) < BAD_SHARE
        for place, at in enumerate(POOLED):
            faces[row, place] = spoil(frames[at], random) if bad[row, place] else frames[at]
        tick(row + 1)
    return SeverityClips(faces, bad, maps, labels, persons)


def _severity_frames(split: Split, number: int, random: np.random.Generator) -> tuple[Faces, float]:
    """A clip's frames and its label."""
    person, settled = draw_person(split, number, random), draw_clip_behaviour(random)
    shown = (_between(HALF_WAY, settled, at / (ARRIVAL * CLIP_FRAMES)) for at in range(CLIP_FRAMES))
    faces = [show(person, draw_frame_behaviour(behaviour, random)) for behaviour in shown]
    return _filmed(faces, random), settled.severity


def _between(start: Behaviour, end: Behaviour, share: float) -> Behaviour:
    """The behaviour on the way; there from share 1 on."""
    way = min(share, 1.0)
    return Behaviour(
        start.smile + way * (end.smile - start.smile),
        start.droop + way * (end.droop - start.droop),
        start.brow + way * (end.brow - start.brow),
        start.bow + way * (end.bow - start.bow),
    )


def make_expression_faces(split: Split, persons: int) -> Examples:
    """Every person shows all seven: inputs faces (n, 224, 224, 3), labels int64."""
    faces: list[Image] = []
    for number in _persons(split, persons):
        random = np.random.default_rng([SEED, number, 1])
        looks = draw_looks(random)
        for label in range(len(EXPRESSIONS)):
            strength = random.uniform(LEAST_STRENGTH, 1.0)
            face = draw_expression(looks, label, strength, random)
            faces.append(film(face, draw_light(random), random))
    return _expressions({"faces": np.stack(faces)}, split, persons)


def make_expression_clips(
    split: Split, persons: int, tick: Callable[[int], None] = lambda _: None
) -> Examples:
    """Every person shows all seven: faces (n, 224, 224, 3), flow (n, 224, 224, 20), labels int64.

    In some clips the expression is there from the start, so that there is no flow to read.
    """
    faces: list[Image] = []
    flows: list[Faces] = []
    for number in _persons(split, persons):
        random = np.random.default_rng([SEED, number, 2])
        looks = draw_looks(random)
        for label in range(len(EXPRESSIONS)):
            begin, full = random.uniform(EARLIEST, LATEST), random.uniform(LEAST_STRENGTH, 1.0)
            rises = np.clip((np.arange(FLOW_FRAMES + 1) - begin) / RISE, 0.0, 1.0)
            stray = int(random.integers(2**32))  # one for the clip: a face does not tremble
            drawn = {
                rise: draw_expression(looks, label, full * rise, np.random.default_rng(stray))
                for rise in set(rises.tolist())
            }
            frames = _filmed([drawn[rise] for rise in rises.tolist()], random)
            faces.append(frames[len(frames) // 2])
            flows.append(flow_stack(frames))
            tick(len(faces))
    return _expressions({"faces": np.stack(faces), "flow": np.stack(flows)}, split, persons)


def _expressions(inputs: dict[str, Faces], split: Split, persons: int) -> Examples:
    classes = len(EXPRESSIONS)
    labels = np.tile(np.arange(classes), persons)
    people = np.repeat(_persons(split, persons), classes)
    return Examples(inputs, labels, people, np.arange(len(labels)))
