"""The frame rate that decides on micro-expressions, where frames come as they like."""

from dataclasses import replace

import pytest

from assessment.measurement import Event, Measurement
from assessment.micro_expression import fast_enough, frame_rate, summarise
from tests.samples import MICRO_LABELS, a_measurement, an_observation


def filmed(*parts: tuple[float, float]) -> Measurement:
    """Return frames at one rate after another; each part is frames a second and seconds."""
    times_ms, start_ms = [], 0.0
    for rate, seconds in parts:
        times_ms += [round(start_ms + 1000 * i / rate) for i in range(round(rate * seconds))]
        start_ms += 1000 * seconds
    rows = [replace(an_observation(i), at_ms=at_ms) for i, at_ms in enumerate(times_ms)]
    return a_measurement(*rows)


@pytest.mark.parametrize("rate", [15, 23.976, 25, 30, 60, 120, 200])
def test_a_constant_rate_is_told_within_the_rounding_of_milliseconds(rate: float):
    assert frame_rate(filmed((rate, 10))) == pytest.approx(rate, rel=0.05)


def test_a_burst_does_not_make_a_slow_recording_fast():
    # 10 s at 120 hold 1200 frames, 50 s at 15 only 750
    recording = filmed((15, 25), (120, 10), (15, 25))

    assert frame_rate(recording) == pytest.approx(15, rel=0.04)
    assert not fast_enough(recording)


def test_a_pause_does_not_make_a_fast_recording_slow():
    rows = [
        replace(row, at_ms=row.at_ms + 4000 * (i >= 500))
        for i, row in enumerate(filmed((100, 10)).observations)
    ]

    assert frame_rate(a_measurement(*rows)) == pytest.approx(100)


def test_dropped_frames_now_and_then_change_nothing():
    rows = [row for i, row in enumerate(filmed((30, 10)).observations) if i % 7]

    assert frame_rate(a_measurement(*rows)) == pytest.approx(30, rel=0.04)


def test_a_single_frame_has_no_rate():
    assert frame_rate(a_measurement(an_observation(0))) == 0.0
    assert frame_rate(a_measurement()) == 0.0


def test_each_event_is_labelled_by_the_frames_around_itself():
    event = Event("micro_expression", 2000, 2100, 2300, (0.1, 0.7, 0.2))
    later = replace(event, onset_ms=12_000, apex_ms=12_100, offset_ms=12_300)
    recording = replace(filmed((100, 10), (30, 10)), events=(event, later))

    fine, coarse = summarise(recording, "micro_expression", MICRO_LABELS)

    assert (fine.low_temporal_resolution, coarse.low_temporal_resolution) == (False, True)
