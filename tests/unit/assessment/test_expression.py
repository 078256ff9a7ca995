from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from assessment.expression import Showing, segments, summarise
from assessment.ledger import Verdict
from tests.samples import HAPPY, LABELS, SAD, a_measurement, an_observation


def seen(*shown: tuple[float, ...], start: int = 0) -> list[Showing]:
    return [Showing(400 * (start + i), values) for i, values in enumerate(shown)]


def test_a_face_that_turns_from_sad_to_happy_gives_two_segments_that_meet():
    found = segments(seen(*[SAD] * 5, *[HAPPY] * 5), LABELS, 400.0)

    assert [(one.label, one.start_ms, one.end_ms) for one in found] == [
        ("sad", 0, 2000),
        ("happy", 2000, 4000),
    ]


def test_one_odd_frame_makes_no_segment():
    found = segments(seen(SAD, SAD, HAPPY, SAD, SAD), LABELS, 400.0)

    assert [one.label for one in found] == ["sad"]


def test_a_gap_ends_a_segment():
    found = segments(seen(SAD, SAD) + seen(SAD, SAD, start=10), LABELS, 400.0)

    assert [(one.start_ms, one.end_ms) for one in found] == [(0, 800), (4000, 4800)]


def test_rejected_frames_do_not_count_in_the_mean():
    rows = [an_observation(i) for i in range(3)] + [an_observation(3, Verdict.BLURRED)]

    summary = summarise(a_measurement(*rows), "expression", LABELS)

    assert (summary.dominant, summary.mean["sad"]) == ("sad", 0.8)


@given(st.lists(st.sampled_from([SAD, HAPPY]), min_size=1, max_size=60))
def test_segments_cover_every_used_frame_once_and_in_order(shown: list[tuple[float, ...]]):
    found = segments(seen(*shown), LABELS, 400.0)

    assert found[0].start_ms == 0
    assert found[-1].end_ms == 400 * len(shown)
    assert all(a.end_ms == b.start_ms for a, b in pairwise(found))
    assert all(a.label != b.label for a, b in pairwise(found))


def test_what_a_clip_shows_at_every_frame_gives_segments_that_do_not_overlap():
    # 25 frames a second looked at, one in 400 ms scored by other networks
    rows = [
        replace(an_observation(i), at_ms=40 * i, expression=(("two_stream", values),))
        for i, values in enumerate([SAD] * 110 + [HAPPY] * 110)
    ]
    media = replace(a_measurement().media, sample_interval_ms=40.0)
    measurement = replace(a_measurement(*rows), media=media)

    first, second = summarise(measurement, "two_stream", LABELS).segments

    assert (first.start_ms, first.end_ms) == (0, 4400)
    assert (second.start_ms, second.end_ms) == (4400, 8800)
