"""How behaviours run through a clip: smiles that come and go, blinks, gaze, and a swaying head.

    clip behaviour ─┬─▶ smile pulses (Hz) ───┐
                    ├─▶ wavering droop, brow ┼─▶ Course, one value a frame ─▶ perform ─▶ frames
    nuisance ───────┴─▶ gaze, sway, blinks ──┘

All rates are in media time, so that a course looks the same at any frame rate.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.behaviour import Behaviour
from training.drawing import Image, Looks
from training.photograph import Disguise
from training.proving.scenes import Pose, filmed, show_gazing, shrink
from training.synthetic import Light

Values = NDArray[np.float64]

#: A blink from the first to the last moving frame, in seconds.
BLINK_S = 0.3

#: How far a wavering behaviour strays from its tendency (share of the scale).
WAVER = 0.06


@dataclass(frozen=True, slots=True)
class Habits:
    """What a person does over a clip; rates per second of media time.

    behaviour   the clip's tendency
    smile_rate  smile pulses a second; 0 for a steady smile
    blink_rate  blinks a second
    sway        how far the head moves, share of the crop's side
    """

    behaviour: Behaviour
    smile_rate: float = 0.3
    blink_rate: float = 0.25
    sway: float = 0.01


@dataclass(frozen=True, slots=True)
class Course:
    """One clip, frame after frame: behaviours (T,) Behaviour, gaze (T,) in -1..1, poses (T,)."""

    behaviours: tuple[Behaviour, ...]
    gaze: Values
    poses: tuple[Pose, ...]

    def __len__(self) -> int:
        """Return T."""
        return len(self.behaviours)


def wavering(times: Values, spread: float, random: np.random.Generator) -> Values:
    """A smooth random walk about 0 with deviation `spread`, at times (T,) in seconds."""
    rates = random.uniform(0.05, 0.6, 4)  # Hz
    phases = random.uniform(0.0, 2.0 * np.pi, 4)
    waves = np.sin(2.0 * np.pi * rates * times[:, None] + phases)  # (T, 4)
    return spread * waves.sum(axis=1) / np.sqrt(2.0)


def pulses(times: Values, rate: float, random: np.random.Generator) -> Values:
    """A smile's coming and going at `rate` Hz: (T,) between 0.6 and 1, from a random phase."""
    phase = random.uniform(0.0, 2.0 * np.pi)
    return 0.8 + 0.2 * np.sin(2.0 * np.pi * rate * times + phase)


def blinks(times: Values, rate: float, random: np.random.Generator) -> Values:
    """How far the lids are down beyond their habit: (T,) in 0..1; Poisson blinks at `rate` Hz."""
    start, end = times[0] - BLINK_S, times[-1]
    moments = random.uniform(start, end, random.poisson(rate * (end - start)))
    since = (times[:, None] - moments) / BLINK_S  # (T, blinks), 0..1 within a blink
    closing = np.where((since > 0.0) & (since < 1.0), np.sin(np.pi * since), 0.0)
    return closing.max(axis=1, initial=0.0)


def draw_course(habits: Habits, times: Values, random: np.random.Generator) -> Course:
    """One clip at times (T,) in seconds; habits drive it, gaze and head's way are chance."""
    tendency = habits.behaviour
    smile = tendency.smile * pulses(times, habits.smile_rate, random)
    droop = tendency.droop + wavering(times, WAVER, random)
    droop = np.maximum(droop, blinks(times, habits.blink_rate, random))
    brow = tendency.brow + wavering(times, WAVER, random)
    bow = tendency.bow + wavering(times, WAVER, random)
    clipped = np.clip(np.stack([smile, droop, brow, bow], axis=1), 0.0, 1.0)  # (T, 4)
    gaze = np.clip(wavering(times, 0.4, random), -1.0, 1.0)
    roll = wavering(times, 100.0 * habits.sway, random)  # degrees
    across, along = (wavering(times, habits.sway, random) for _ in range(2))
    return Course(
        tuple(Behaviour(*map(float, row)) for row in clipped),
        gaze,
        tuple(
            Pose(float(r), 1.0, float(x), float(y))
            for r, x, y in zip(roll, across, along, strict=True)
        ),
    )


def perform(
    person: Looks | Disguise,
    course: Course,
    light: Light,
    side: int,
    random: np.random.Generator,
) -> NDArray[np.uint8]:
    """Film a person through a course: (T, S, S, 3) uint8 RGB."""
    faces: list[Image] = [
        shrink(show_gazing(person, behaviour, float(gaze)), side)
        for behaviour, gaze in zip(course.behaviours, course.gaze, strict=True)
    ]
    return filmed(faces, course.poses, light, random)
