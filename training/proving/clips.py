"""Scenes of clips: severity over time, frames gone bad, order alone, and gestures.

scene       label                              what the label is in
severity    severity of the clip's tendency    every frame, more or less
bad frames  the same                           good frames only; about a third are bad
order       63 · angle / 180°                  the order of a multiset of frames, nothing else
gestures    table[appearance][motion]          appearance and motion together, neither alone
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.behaviour import SCALE_MAXIMUM, Behaviour, draw_clip_behaviour
from training.drawing import Looks, draw_looks
from training.proving.courses import Habits, draw_course, perform
from training.proving.scenes import Cast, Pose, draw_pose, draw_small, filmed, posed
from training.proving.stills import Scene
from training.synthetic import draw_light

Frames = NDArray[np.uint8]

#: Media time between two frames of a severity clip, seconds.
INTERVAL_S = 0.4

#: Bad frames of a clip: each clip's own share is uniform from 0 to this, a third on average.
MOST_BAD = 2.0 / 3.0

#: Head travel of a gesture over the whole clip, share of the side.
TRAVEL = 0.3

#: The ways a head may go in a gesture: across and along, image right and down.
MOTIONS = ((-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0))

#: What a face may show in a gesture: smile, droop, brow, bow.
APPEARANCES = (
    (0.25, 0.15, 0.10, 0.10),
    (0.90, 0.15, 0.10, 0.10),
    (0.25, 0.80, 0.10, 0.10),
    (0.25, 0.15, 0.90, 0.10),
)

#: The class of each appearance (row) with each motion (column): (2·row + column) modulo 7, so
#: that each row and each column holds four different classes.
GESTURES = np.array([[(2 * row + column) % 7 for column in range(4)] for row in range(4)])


@dataclass(frozen=True, slots=True)
class Clips:
    """Clips of one part.

    frames   (n, T, S, S, 3) uint8 RGB
    labels   (n,) float32 on 0-63, or int64 classes
    persons  (n,) int64
    bad      (n, T) bool, frames that were spoiled
    """

    frames: Frames
    labels: NDArray[np.generic]
    persons: NDArray[np.int64]
    bad: NDArray[np.bool_]

    def __len__(self) -> int:
        """Return n."""
        return len(self.labels)


#: Films one take of a person: frames (T, S, S, 3) and the label.
Take = Callable[[Looks, np.random.Generator], tuple[Frames, float]]


def film_clips(scene: Scene, take: Take, cast: Cast) -> Clips:
    """Every take of every person, a person's takes side by side; labels float32."""
    frames: list[Frames] = []
    labels: list[float] = []
    for number in cast.numbers():
        random = cast.random(scene, number)
        looks = draw_looks(random)
        for _ in range(cast.takes):
            shown, label = take(looks, random)
            frames.append(shown)
            labels.append(label)
    stacked = np.stack(frames)
    bad = np.zeros(stacked.shape[:2], bool)
    return Clips(stacked, np.array(labels, np.float32), cast.person_column(), bad)


def severity_clips(cast: Cast, count: int) -> Clips:
    """`count` frames of a clip whose tendency is the label; smiles pulse, lids blink."""
    times = np.arange(count, dtype=np.float64) * INTERVAL_S

    def take(looks: Looks, random: np.random.Generator) -> tuple[Frames, float]:
        behaviour = draw_clip_behaviour(random)
        course = draw_course(Habits(behaviour), times, random)
        return perform(looks, course, draw_light(random), cast.side, random), behaviour.severity

    return film_clips(Scene.CLIPS, take, cast)


def with_bad_frames(clips: Clips, seed: int) -> Clips:
    """Spoil about a third of all frames; a clip keeps one good frame at least."""
    random = np.random.default_rng([seed, Scene.BAD_FRAMES])
    count, length = clips.bad.shape
    shares = random.uniform(0.0, MOST_BAD, (count, 1))
    bad = random.uniform(size=(count, length)) < shares
    bad[np.arange(count), random.integers(0, length, count)] = False
    frames = clips.frames.copy()
    for clip, frame in np.argwhere(bad):
        frames[clip, frame] = spoiled(frames[clip, frame], random)
    return Clips(frames, clips.labels, clips.persons, bad)


def spoiled(face: Frames, random: np.random.Generator) -> Frames:
    """Blur, darken or turn a face away, each as likely: (S, S, 3) uint8 RGB."""
    kind, side = int(random.integers(3)), face.shape[0]
    if kind == 0:
        return np.asarray(cv2.GaussianBlur(face, (0, 0), side / 8.0), np.uint8)
    if kind == 1:
        dark = face * 0.06 + random.normal(8.0, 4.0, face.shape)
        return np.clip(dark, 0.0, 255.0).astype(np.uint8)
    turn = float(random.choice([-1.0, 1.0]) * random.uniform(50.0, 130.0))
    return posed(face, Pose(turn, 1.1, float(random.uniform(-0.2, 0.2)), 0.15))


def order_clips(cast: Cast, count: int) -> Clips:
    """`count` frames whose order alone carries the label, float32 on 0-63.

    Each take films `count` chance combinations of smile and droop. The label is an angle from 0 to
    180°, by which the frames are then put in order: by rising smile at 0°, by falling lids at 90°,
    by fading smile at 180°. The frames are filmed before the angle is drawn, so that any set of
    them says nothing of the label; and as a clip's frames are a sample from the square whatever
    the angle, one frame picked by chance does not either.
    """

    def take(looks: Looks, random: np.random.Generator) -> tuple[Frames, float]:
        shares = random.uniform(size=(count, 2))  # smile, droop
        light, pose = draw_light(random), draw_pose(random)
        faces = [
            draw_small(looks, Behaviour(float(smile), float(droop), 0.2, 0.2), cast.side)
            for smile, droop in shares
        ]
        frames = filmed(faces, [pose] * count, light, random)
        angle = random.uniform(0.0, np.pi)
        return frames[ordered(shares, angle)], float(SCALE_MAXIMUM * angle / np.pi)

    return film_clips(Scene.ORDER, take, cast)


def ordered(shares: NDArray[np.float64], angle: float) -> NDArray[np.int64]:
    """The order of (T, 2) smile and droop along a direction at `angle` in radians."""
    along = shares @ np.array([np.cos(angle), np.sin(angle)])
    return np.argsort(along, kind="stable")


def gesture_clips(cast: Cast, count: int) -> Clips:
    """`count` frames of a still expression on a moving head, int64 classes 0..6.

    The middle frame's pose does not depend on the motion, and the expression not on time.
    """
    steps = (np.arange(count) - count // 2) / (count - 1)  # -0.5 to 0.5, 0 in the middle

    def take(looks: Looks, random: np.random.Generator) -> tuple[Frames, float]:
        shown, moved = (int(kind) for kind in random.integers(0, 4, 2))
        shares = np.clip(APPEARANCES[shown] + random.normal(0.0, 0.05, 4), 0.0, 1.0)
        face = draw_small(looks, Behaviour(*(float(share) for share in shares)), cast.side)
        middle, light = draw_pose(random), draw_light(random)
        travel = TRAVEL * random.uniform(0.7, 1.0)
        across, along = MOTIONS[moved]
        poses = [
            Pose(
                middle.roll,
                middle.zoom,
                middle.across + across * travel * step,
                middle.along + along * travel * step,
            )
            for step in steps
        ]
        frames = filmed([face] * count, poses, light, random)
        return frames, float(GESTURES[shown, moved])

    clips = film_clips(Scene.GESTURES, take, cast)
    return Clips(clips.frames, clips.labels.astype(np.int64), clips.persons, clips.bad)


def late_fusion_ceiling() -> float:
    """The accuracy of the mean of both streams' perfect posteriors, ties broken by chance."""
    hits = 0.0
    for row in range(4):
        for column in range(4):
            votes = np.zeros(7)
            votes[GESTURES[row]] += 0.25
            votes[GESTURES[:, column]] += 0.25
            best = np.isclose(votes, votes.max())
            hits += float(best[GESTURES[row, column]]) / best.sum()
    return hits / GESTURES.size
