"""Segments: what begins one, what ends one, and what never flickers."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.expression import summarise
from assessment.ledger import Verdict
from assessment.measurement import Measurement
from assessment.segments import segments, smoothed
from assessment.stretches import SHORTEST_MS, Showing, Stretch, stretches
from tests.samples import HAPPY, LABELS, SAD, a_measurement, an_observation

UNSURE = (0.2, 0.2, 0.2, 0.1, 0.1, 0.1, 0.1)
Shares = tuple[float, ...]


def seen(*shown: Shares, every_ms: int = 400) -> Stretch:
    found = tuple(Showing(every_ms * i, values) for i, values in enumerate(shown))
    return Stretch(found, every_ms * len(shown), every_ms)


def between(happy: float, sad: float) -> Shares:
    """Return shares of two labels, the rest spread evenly."""
    rest = (1 - happy - sad) / 5
    return (rest, happy, sad, rest, rest, rest, rest)


def found(*shown: Shares, every_ms: int = 400) -> list[tuple[str, int, int]]:
    return [
        (one.label, one.start_ms, one.end_ms)
        for one in segments(seen(*shown, every_ms=every_ms), LABELS)
    ]


def test_a_face_that_turns_from_sad_to_happy_gives_two_segments_that_meet():
    assert found(*[SAD] * 5, *[HAPPY] * 5) == [("sad", 0, 2000), ("happy", 2000, 4000)]


def test_one_odd_frame_makes_no_segment_and_ends_none():
    assert found(SAD, SAD, HAPPY, SAD, SAD) == [("sad", 0, 2000)]


def test_where_nothing_leads_there_is_no_segment():
    assert found(*[UNSURE] * 10) == []


def test_between_two_segments_there_may_be_uncertain_time():
    shown = found(*[SAD] * 5, *[UNSURE] * 5, *[HAPPY] * 5)

    assert [label for label, _, _ in shown] == ["sad", "happy"]
    assert shown[0][2] < shown[1][1]


def test_a_label_that_began_stays_below_the_threshold_it_began_at():
    assert found(*[between(0.02, 0.6)] * 4, *[between(0.2, 0.4)] * 4) == [("sad", 0, 3200)]
    assert found(*[between(0.21, 0.4)] * 8) == []


def test_a_clear_lead_begins_a_segment_below_the_upper_threshold():
    assert found(*[between(0.1, 0.4)] * 5) == [("sad", 0, 2000)]


def test_another_label_takes_over_only_with_a_clear_lead():
    assert found(*[between(0.02, 0.6)] * 4, *[between(0.51, 0.4)] * 4) == [("sad", 0, 3200)]
    assert [label for label, _, _ in found(*[SAD] * 4, *[between(0.6, 0.35)] * 4)] == [
        "sad",
        "happy",
    ]


def test_what_is_shown_for_a_fifth_of_a_second_is_no_segment():
    burst = [UNSURE] * 20 + [HAPPY] * 5 + [UNSURE] * 20

    assert found(*burst, every_ms=40) == []
    assert found(*burst, every_ms=200) != []


def test_a_dip_of_less_than_half_a_second_does_not_part_a_segment():
    shown = found(*[HAPPY] * 30, *[UNSURE] * 15, *[HAPPY] * 30, every_ms=40)

    assert shown == [("happy", 0, 3000)]


@settings(max_examples=40)
@given(noise=st.lists(st.floats(-0.08, 0.08), min_size=2, max_size=80))
def test_noise_around_equality_never_flickers(noise: list[float]):
    shown = found(*(between(0.45 + one, 0.45 - one) for one in noise))

    assert len(shown) <= 1


@pytest.mark.parametrize("level", [0.5, 0.35])
@settings(max_examples=40)
@given(noise=st.lists(st.floats(-0.07, 0.07), min_size=2, max_size=80))
def test_noise_around_a_threshold_never_flickers(level: float, noise: list[float]):
    # The second label follows so closely that no lead begins anything.
    shown = found(*[SAD] * 3, *(between(level + one - 0.15, level + one) for one in noise))

    assert len(shown) == 1


Kinds = st.sampled_from([SAD, HAPPY, UNSURE, None])


def recorded(shown: list[Shares | None], every_ms: int) -> Measurement:
    """Return a measurement of frames, None for one without a usable face."""
    rows = [
        an_observation(i, expression=values) if values else an_observation(i, Verdict.BLURRED)
        for i, values in enumerate(shown)
    ]
    timed = [replace(row, at_ms=every_ms * i) for i, row in enumerate(rows)]
    media = replace(
        a_measurement().media,
        duration_ms=every_ms * len(shown),
        sample_interval_ms=float(every_ms),
        scored_interval_ms=float(every_ms),
    )
    return replace(a_measurement(*timed), media=media)


@settings(max_examples=60)
@given(st.lists(Kinds, min_size=1, max_size=50), st.sampled_from([40, 100, 400, 1000]))
def test_segments_are_ordered_apart_inside_long_enough_and_never_cross_a_gap(
    shown: list[Shares | None], every_ms: int
):
    measurement = recorded(shown, every_ms)
    told = [
        segment
        for stretch in stretches(measurement, "expression")
        for segment in segments(stretch, LABELS)
    ]

    assert all(before.end_ms <= after.start_ms for before, after in pairwise(told))
    assert all(0 <= one.start_ms < one.end_ms <= every_ms * len(shown) for one in told)
    assert all(one.end_ms - one.start_ms >= SHORTEST_MS for one in told)
    for first, last in gaps(shown):
        if (last - first) * every_ms >= SHORTEST_MS:
            lost = range(first * every_ms, last * every_ms)
            assert not any(one.start_ms <= lost[0] + every_ms // 2 < one.end_ms for one in told)


def gaps(shown: list[Shares | None]) -> list[tuple[int, int]]:
    """Return where runs of lost frames begin and end."""
    edges = [-1, *(i for i, one in enumerate(shown) if one is not None), len(shown)]
    return [(before + 1, after) for before, after in pairwise(edges) if after > before + 1]


@settings(max_examples=40)
@given(st.lists(Kinds, min_size=1, max_size=50), st.sampled_from([40, 400]))
def test_stretches_hold_every_showing_once_and_no_media_time_twice(
    shown: list[Shares | None], every_ms: int
):
    parts = stretches(recorded(shown, every_ms), "expression")

    held = [one.at_ms for part in parts for one in part.showings]
    assert held == [every_ms * i for i, one in enumerate(shown) if one]
    assert all(before.end_ms <= after.start_ms for before, after in pairwise(parts))


def test_a_shorter_loss_of_the_face_is_no_gap():
    told = summarise(recorded([SAD] * 4 + [None] + [SAD] * 4, 400), "expression", LABELS)

    assert [(one.start_ms, one.end_ms) for one in told.segments] == [(0, 3600)]


def test_a_hole_in_the_recording_is_a_gap_though_no_frame_was_lost():
    measurement = recorded([SAD] * 10, 400)
    rows = [
        replace(row, at_ms=row.at_ms + 5000 * (row.at_ms >= 2000))
        for row in measurement.observations
    ]
    media = replace(measurement.media, duration_ms=9000)

    told = summarise(
        replace(measurement, observations=tuple(rows), media=media), "expression", LABELS
    )

    assert [(one.start_ms, one.end_ms) for one in told.segments] == [(0, 2000), (7000, 9000)]


def test_smoothing_reaches_as_far_in_time_at_every_rate():
    slow = smoothed(seen(SAD, SAD, HAPPY, SAD, SAD))
    fast = smoothed(seen(*[SAD] * 20, HAPPY, *[SAD] * 20, every_ms=40))

    assert slow[1][1] == pytest.approx((0.05 + 0.05 + 0.8) / 3)
    assert max(values[1] for values in fast) == pytest.approx((10 * 0.05 + 0.8) / 11)


def test_a_picture_shows_an_expression_and_no_segment():
    media = replace(a_measurement().media, container="jpeg", duration_ms=0, sample_interval_ms=0.0)
    still = replace(a_measurement(an_observation(0)), media=replace(media, scored_interval_ms=0.0))

    told = summarise(still, "expression", LABELS)

    assert (told.dominant, told.segments) == ("sad", ())
