"""The pure parts of spotting: blinks, flanks, the noise, on series made by hand."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from worker.peaks import (
    FLOOR,
    LARGEST,
    REACH_MS,
    Event,
    Noise,
    event_at,
    foot,
    is_brief,
)
from worker.regions import IS_BROW, IS_LID, IS_NOSE, PARTS, Reading, agreement, weigh

Position = Callable[[float], float]


def bump(start: float, length: float, height: float) -> Position:
    """A movement that comes and goes, in pixels at a time in milliseconds."""

    def position(at_ms: float) -> float:
        share = (at_ms - start) / length
        return height * float(np.sin(np.pi * share) ** 2) if 0.0 < share < 1.0 else 0.0

    return position


def still(at_ms: float) -> float:
    """Nothing moves."""
    del at_ms
    return 0.0


def readings(
    mouth: Position, lids: Position = still, brows: Position = still, nose: Position = still
) -> list[Reading]:
    """A recording of two seconds at 100 frames a second whose parts go down as told."""
    moves = [brows, brows, mouth, mouth, lids, lids, nose]
    found: list[Reading] = []
    for at_ms in np.arange(0.0, 2000.0, 10.0):
        rise, fall = np.zeros((7, 2)), np.zeros((7, 2))
        for part, move in enumerate(moves):
            rise[part, 1] = move(at_ms) - move(at_ms - REACH_MS)
            fall[part, 1] = move(at_ms) - move(at_ms + REACH_MS)
        found.append(weigh(float(at_ms), rise, fall))
    return found


def spot(series: list[Reading]) -> list[Event]:
    """All events of a series."""
    found = (event_at(series, place) for place in range(len(series)))
    return [event for event in found if event is not None]


def test_what_comes_and_goes_agrees_and_what_stays_or_drifts_does_not() -> None:
    # given the same way in both; only come; drift; nothing
    rise = np.zeros((7, 2))
    fall = np.zeros((7, 2))
    rise[:3, 1] = [2.0, 2.0, 1.0]
    fall[:3, 1] = [2.0, 0.0, -1.0]

    # then
    assert agreement(rise, fall).tolist() == [2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]


@pytest.mark.parametrize("length", [150.0, 250.0, 400.0])
def test_a_brief_movement_is_an_event_with_its_times(length: float) -> None:
    # when
    events = spot(readings(bump(800.0, length, 2.0)))

    # then
    assert len(events) == 1
    event = events[0]
    overlap = min(event.offset_ms, 800.0 + length) - max(event.onset_ms, 800.0)
    assert overlap / max(event.duration_ms, length) > 0.6
    assert event.apex_ms == pytest.approx(800.0 + length / 2, abs=15.0)
    assert event.strength == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize("length", [60.0, 1000.0, 1800.0])
def test_a_twitch_too_short_and_a_slow_smile_are_no_events(length: float) -> None:
    assert spot(readings(bump(100.0, length, 6.0))) == []


def test_a_brief_but_large_movement_is_no_micro_expression() -> None:
    assert len(spot(readings(bump(800.0, 300.0, LARGEST - 0.1)))) == 1
    assert spot(readings(bump(800.0, 300.0, LARGEST + 0.1))) == []


def test_a_movement_that_stays_is_no_event() -> None:
    def stays(at_ms: float) -> float:
        return 4.0 * float(np.clip((at_ms - 900.0) / 150.0, 0.0, 1.0))

    assert spot(readings(stays)) == []


def test_a_blink_is_no_event_though_it_drags_the_brows_along() -> None:
    # given lids down by 8 px, and brows by 0.8
    series = readings(still, bump(900.0, 200.0, 8.0), bump(900.0, 200.0, 0.8))

    # then
    assert spot(series) == []
    assert max(reading.strength for reading in series) < 0.1


def test_brows_that_raise_the_lids_are_an_event() -> None:
    # given brows up by 2 px, and lids by half of it
    series = readings(still, bump(900.0, 300.0, -1.0), bump(900.0, 300.0, -2.0))

    # then
    assert [round(event.strength) for event in spot(series)] == [2]


def test_a_mouth_that_moves_during_a_blink_is_an_event() -> None:
    # given
    series = readings(bump(850.0, 300.0, 1.5), bump(900.0, 200.0, 8.0), bump(900.0, 200.0, 0.8))

    # then
    assert [event.strength for event in spot(series)] == [pytest.approx(1.5, abs=0.1)]


def test_a_nod_is_no_event_and_a_mouth_that_drags_the_nose_a_little_is() -> None:
    # given
    mouth = bump(850.0, 300.0, 2.0)
    nods, drags = bump(850.0, 300.0, 1.5), bump(850.0, 300.0, 0.6)

    # then
    assert spot(readings(mouth, nose=nods)) == []
    assert len(spot(readings(mouth, nose=drags))) == 1


def test_an_event_on_one_side_of_the_face_counts_less_but_counts() -> None:
    # given
    rise = np.zeros((len(PARTS), 2))
    rise[2, 1] = -2.0

    # then the mean square of both sides
    assert weigh(0.0, rise, rise).strength == pytest.approx(2.0 / np.sqrt(2.0))


def test_the_parts_are_brows_corners_lids_and_nose_inside_the_face() -> None:
    assert IS_BROW.sum() == IS_LID.sum() == 2
    assert IS_NOSE.sum() == 1
    for left, top, right, bottom in PARTS:
        assert 0 <= left < right <= 112
        assert 0 <= top < bottom <= 112
    assert not (IS_BROW & IS_LID).any()


def test_a_foot_is_interpolated_between_two_readings() -> None:
    # given a flank that passes 0.15 of its top a quarter of the way from 20 to 30 ms
    flank = [(0.0, 1.0), (10.0, 0.5), (20.0, 0.2), (30.0, 0.0)]

    # then
    assert foot(flank) == pytest.approx(22.5)
    assert foot(flank[:3]) is None


@pytest.mark.parametrize(
    ("event", "brief"),
    [
        (Event(0.0, 100.0, 300.0, 1.0), True),
        (Event(0.0, 40.0, 80.0, 1.0), False),
        (Event(0.0, 250.0, 510.0, 1.0), False),
        (Event(0.0, 290.0, 300.0, 1.0), False),  # it goes in 10 ms: a jump, no muscle
    ],
)
def test_an_event_lasts_a_tenth_to_half_a_second_and_has_two_flanks(
    event: Event, *, brief: bool
) -> None:
    assert is_brief(event) == brief


def test_the_threshold_follows_the_noise_of_the_recording() -> None:
    # given quiet and restless recordings
    random = np.random.default_rng(7)
    quiet, restless = Noise(), Noise()
    for value in np.abs(random.standard_normal(2000)):
        quiet.add(0.05 * float(value))
        restless.add(1.0 * float(value))

    # then: of |N(0, 1)| the median is 0.674 and the median deviation 0.400
    assert quiet.threshold() == FLOOR
    assert restless.threshold() == pytest.approx(0.674 + 2 * 1.4826 * 0.400, rel=0.08)


def test_a_few_events_do_not_raise_the_threshold_for_each_other() -> None:
    # given
    calm, lively = Noise(), Noise()
    for noise, value in itertools.product((calm, lively), np.linspace(0.2, 0.6, 500)):
        noise.add(float(value))
    for _ in range(25):
        lively.add(50.0)

    # then
    assert lively.threshold() == pytest.approx(calm.threshold(), rel=0.15)


def test_a_recording_without_readings_has_the_lowest_threshold() -> None:
    assert Noise().threshold() == FLOOR
