"""Scenes of single faces: severity, two regions that share the label, and seven expressions.

scene         label                                               what the label is in
severity      63 · (.45 (1-smile) + .25 droop + .2 brow + .1 bow)  all four behaviours, correlated
two regions   63 · (.5 (1-smile) + .5 droop)                       mouth and eyes, independent
expressions   one of seven combinations of behaviours              each differs in one or more
"""

from collections.abc import Callable
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from training.behaviour import SCALE_MAXIMUM, Behaviour, draw_clip_behaviour
from training.drawing import draw_looks
from training.examples import Examples
from training.proving.scenes import Cast, draw_pose, draw_small, filmed
from training.synthetic import draw_light


class Scene(IntEnum):
    """Keeps the chance of one scene apart from that of another with the same seed."""

    SEVERITY = 1
    TWO_REGIONS = 2
    EXPRESSIONS = 3
    CLIPS = 4
    BAD_FRAMES = 5
    ORDER = 6
    GESTURES = 7
    NOISE = 8
    VIDEOS = 9


#: smile, droop, brow, bow of each expression, in the order of the classes.
EXPRESSIONS = (
    (0.25, 0.15, 0.10, 0.10),  # neutral
    (0.85, 0.15, 0.10, 0.10),  # smile
    (0.25, 0.70, 0.10, 0.10),  # lids down
    (0.25, 0.15, 0.80, 0.10),  # frown
    (0.85, 0.70, 0.10, 0.10),  # smile, lids down
    (0.85, 0.15, 0.80, 0.10),  # smile, frown
    (0.25, 0.70, 0.80, 0.10),  # lids down, frown
)

#: How far a face strays from its expression.
EXPRESSION_SPREAD = 0.08

#: Draws a take: what the face does, and its label.
Take = Callable[[np.random.Generator], tuple[Behaviour, float]]


def severity_take(random: np.random.Generator) -> tuple[Behaviour, float]:
    """A behaviour of the proving ground and its severity, 0-63."""
    behaviour = draw_clip_behaviour(random)
    return behaviour, behaviour.severity


def two_regions_take(random: np.random.Generator) -> tuple[Behaviour, float]:
    """Mouth and eyes each carry half of the label, independent of each other; brow, bow none."""
    smile, droop, brow, bow = (float(share) for share in random.uniform(size=4))
    label = SCALE_MAXIMUM * (0.5 * (1.0 - smile) + 0.5 * droop)
    return Behaviour(smile, droop, brow, bow), label


def expression_take(random: np.random.Generator) -> tuple[Behaviour, float]:
    """One of seven expressions, each as likely, and its class."""
    label = int(random.integers(len(EXPRESSIONS)))
    mean = np.array(EXPRESSIONS[label])
    shares = np.clip(mean + random.normal(0.0, EXPRESSION_SPREAD, 4), 0.0, 1.0)
    return Behaviour(*(float(share) for share in shares)), float(label)


def film_stills(
    scene: Scene, take: Take, cast: Cast
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Faces (n, S, S, 3) uint8 RGB and labels (n,), a person's takes side by side."""
    faces: list[NDArray[np.uint8]] = []
    labels: list[float] = []
    for number in cast.numbers():
        random = cast.random(scene, number)
        looks = draw_looks(random)
        for _ in range(cast.takes):
            behaviour, label = take(random)
            small = draw_small(looks, behaviour, cast.side)
            faces.append(filmed([small], [draw_pose(random)], draw_light(random), random))
            labels.append(label)
    return np.concatenate(faces), np.array(labels)


def _examples(faces: NDArray[np.uint8], labels: NDArray[np.generic], cast: Cast) -> Examples:
    return Examples({"faces": faces}, labels, cast.person_column(), np.arange(len(labels)))


def severity_faces(cast: Cast) -> Examples:
    """Faces with severity labels, float32 on 0-63; each is its own unit."""
    faces, labels = film_stills(Scene.SEVERITY, severity_take, cast)
    return _examples(faces, labels.astype(np.float32), cast)


def two_region_faces(cast: Cast) -> Examples:
    """Faces whose label is half in the mouth, half in the eyes, float32 on 0-63."""
    faces, labels = film_stills(Scene.TWO_REGIONS, two_regions_take, cast)
    return _examples(faces, labels.astype(np.float32), cast)


def expression_faces(cast: Cast) -> Examples:
    """Faces with one of seven expressions, int64 classes."""
    faces, labels = film_stills(Scene.EXPRESSIONS, expression_take, cast)
    return _examples(faces, labels.astype(np.int64), cast)


def with_noisy_scores(examples: Examples, deviation: float, seed: int) -> Examples:
    """Add Gaussian noise to every label, (n,) float32, clipped to the scale."""
    random = np.random.default_rng([seed, Scene.NOISE])
    noise = random.normal(0.0, deviation, len(examples))
    noisy = np.clip(examples.labels.astype(np.float64) + noise, 0.0, SCALE_MAXIMUM)
    return Examples(examples.inputs, noisy.astype(np.float32), examples.persons, examples.units)


def with_flipped_classes(
    examples: Examples, share: float, classes: int, seed: int
) -> tuple[Examples, NDArray[np.bool_]]:
    """Give `share` of the rows another class, each as likely; also which rows, (n,) bool."""
    random = np.random.default_rng([seed, Scene.NOISE])
    count = len(examples)
    flipped = np.zeros(count, bool)
    flipped[random.permutation(count)[: round(share * count)]] = True
    other = (examples.labels.astype(np.int64) + random.integers(1, classes, count)) % classes
    labels = np.where(flipped, other, examples.labels.astype(np.int64))
    return Examples(examples.inputs, labels, examples.persons, examples.units), flipped
