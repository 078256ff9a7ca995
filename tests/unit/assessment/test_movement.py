"""Head movement from poses of known motion."""

from collections.abc import Callable
from dataclasses import replace
from math import sin

import pytest

from assessment.ledger import Verdict
from assessment.measurement import Measurement
from assessment.movement import movement
from tests.samples import A_GOOD_LOOK, a_measurement, an_observation


def filmed(
    pose: Callable[[int], tuple[float, float, float]], every_ms: int = 400, length_ms: int = 20_000
) -> Measurement:
    """Return frames with yaw, pitch and roll as functions of media time."""
    rows = []
    for i, at_ms in enumerate(range(0, length_ms, every_ms)):
        yaw, pitch, roll = pose(at_ms)
        quality = replace(A_GOOD_LOOK, yaw=yaw, pitch=pitch, roll_degrees=roll)
        rows.append(replace(an_observation(i), at_ms=at_ms, quality=quality))
    media = replace(
        a_measurement().media, duration_ms=length_ms, sample_interval_ms=float(every_ms)
    )
    return replace(a_measurement(*rows), media=media)


def turning(at_ms: int) -> tuple[float, float, float]:
    """A head that turns by 0.1 eye distances a second, and tilts by 5 degrees a second."""
    return (at_ms / 10_000 - 1, 0.5, at_ms / 200 - 50)


def test_a_steady_turn_has_its_speed_and_range():
    found = movement(filmed(turning))

    assert found is not None
    assert (found.observed_ms, found.interval_ms) == (19_600, 400)
    assert found.yaw.median_per_second == pytest.approx(0.1)
    assert found.roll_degrees.median_per_second == pytest.approx(5.0)
    assert found.pitch.median_per_second == 0.0
    assert (found.yaw.low, found.yaw.high) == pytest.approx((-0.902, 0.862))
    assert found.still == 0.0
    assert found.blinks_per_minute is None


@pytest.mark.parametrize("every_ms", [10, 40, 100, 400])
def test_frames_that_come_faster_change_nothing(every_ms: int):
    found, slow = movement(filmed(turning, every_ms)), movement(filmed(turning))

    assert found is not None
    assert slow is not None
    assert (found.interval_ms, found.yaw, found.still) == (400, slow.yaw, slow.still)


def test_slower_samples_say_how_slow_they_are():
    found = movement(filmed(turning, 1000))

    assert found is not None
    assert found.interval_ms == 1000


def test_trembling_points_are_a_still_head():
    def trembling(at_ms: int) -> tuple[float, float, float]:
        return (0.01 * sin(at_ms), 0.5 + 0.01 * sin(2 * at_ms), 0.5 * sin(3 * at_ms))

    found = movement(filmed(trembling))

    assert found is not None
    assert found.still == 1.0


def test_half_a_recording_at_rest_is_half_still():
    found = movement(filmed(lambda at_ms: turning(max(at_ms, 10_000))))

    assert found is not None
    assert found.still == pytest.approx(0.5, abs=0.03)


def test_a_turn_while_nobody_looked_is_no_movement():
    def turned(at_ms: int) -> tuple[float, float, float]:
        return (0.3 if at_ms >= 10_000 else -0.3, 0.5, 0.0)

    measurement = filmed(turned)
    rows = [
        replace(row, verdict=Verdict.TURNED_AWAY) if 8000 <= row.at_ms < 12_000 else row
        for row in measurement.observations
    ]
    found = movement(replace(measurement, observations=tuple(rows)))

    assert found is not None
    assert (found.still, found.yaw.median_per_second) == (1.0, 0.0)
    assert (found.yaw.low, found.yaw.high) == (-0.3, 0.3)


def test_too_short_a_time_or_no_pose_says_nothing():
    blind = filmed(turning)
    rows = [replace(row, quality=None) for row in blind.observations]

    assert movement(filmed(turning, length_ms=5000)) is None
    assert movement(filmed(turning, length_ms=400)) is None
    assert movement(replace(blind, observations=tuple(rows))) is None
