"""How the head moved, from the five points of each used frame.

    used frames ─▶ one in 400 ms ─▶ steps, none across a gap ─▶ ranges, median speeds, still share

Faster samples are thinned out: between frames that are 40 ms apart the points tremble more than a
head moves. Slower ones see less of a movement, so numbers compare at one `interval_ms` only.
Nodding or shaking faster than every second sample is not seen at all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median, quantiles
from typing import Final

from assessment.ledger import Verdict
from assessment.measurement import FaceQuality, Measurement
from assessment.request import DEFAULT_EVERY_MS
from assessment.result import Movement, Turning

LEAST_OBSERVED_MS: Final = 5000
LEAST_STEP_MS: Final = 0.75 * DEFAULT_EVERY_MS
HOLE_STEPS: Final = 2.5
"""A longer step leads across a gap, and says nothing."""
TREMBLE: Final = (0.03, 0.03, 1.5)
"""Yaw, pitch and roll in degrees: what a step of a face at rest stays below (docs/adr/0012)."""
TWENTIETHS: Final = 20


@dataclass(frozen=True, slots=True)
class _Step:
    """From one pose to the next one seen."""

    duration_ms: int
    before: FaceQuality
    after: FaceQuality

    def by(self, axis: "_Axis") -> float:
        """Return how far the head turned."""
        return abs(axis(self.after) - axis(self.before))

    @property
    def still(self) -> bool:
        """Whether nothing moved more than the measuring trembles."""
        return all(self.by(axis) <= most for axis, most in zip(AXES, TREMBLE, strict=True))


_Axis = Callable[[FaceQuality], float]


def _yaw(pose: FaceQuality) -> float:
    return pose.yaw


def _pitch(pose: FaceQuality) -> float:
    return pose.pitch


def _roll(pose: FaceQuality) -> float:
    return pose.roll_degrees


AXES: Final = (_yaw, _pitch, _roll)


def movement(measurement: Measurement) -> Movement | None:
    """Return how the subject's head moved, or None when it was seen for too short a time."""
    poses = _poses(measurement)
    steps = _steps(poses)
    observed_ms = sum(step.duration_ms for step in steps)
    if observed_ms < LEAST_OBSERVED_MS:
        return None
    yaw, pitch, roll = (_turning(axis, poses, steps) for axis in AXES)
    still_ms = sum(step.duration_ms for step in steps if step.still)
    return Movement(
        observed_ms=observed_ms,
        interval_ms=round(median(step.duration_ms for step in steps)),
        yaw=yaw,
        pitch=pitch,
        roll_degrees=roll,
        still=round(still_ms / observed_ms, 4),
    )


def _poses(measurement: Measurement) -> list[tuple[int, FaceQuality]]:
    """Return media time and pose of the first used frame in each `DEFAULT_EVERY_MS`."""
    found: list[tuple[int, FaceQuality]] = []
    for row in measurement.observations:
        if row.verdict is not Verdict.USED or row.quality is None:
            continue
        if found:
            last_ms = found[-1][0]
            same = row.at_ms // DEFAULT_EVERY_MS == last_ms // DEFAULT_EVERY_MS
            if same or row.at_ms - last_ms < LEAST_STEP_MS:
                continue
        found.append((row.at_ms, row.quality))
    return found


def _steps(poses: Sequence[tuple[int, FaceQuality]]) -> list[_Step]:
    steps = [
        _Step(after_ms - before_ms, before, after)
        for (before_ms, before), (after_ms, after) in pairwise(poses)
    ]
    if not steps:
        return []
    longest_ms = HOLE_STEPS * median(step.duration_ms for step in steps)
    return [step for step in steps if step.duration_ms <= longest_ms]


def _turning(
    axis: _Axis, poses: Sequence[tuple[int, FaceQuality]], steps: Sequence[_Step]
) -> Turning:
    marks = quantiles((axis(pose) for _, pose in poses), n=TWENTIETHS, method="inclusive")
    speeds = (1000 * step.by(axis) / step.duration_ms for step in steps)
    return Turning(round(marks[0], 3), round(marks[-1], 3), round(median(speeds), 3))
