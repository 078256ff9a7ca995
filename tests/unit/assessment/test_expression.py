"""The summary of an expression network."""

from dataclasses import replace

from assessment.expression import summarise
from assessment.ledger import Verdict
from tests.samples import HAPPY, LABELS, SAD, a_measurement, an_observation


def test_rejected_frames_do_not_count_in_the_mean():
    rows = [an_observation(i) for i in range(3)] + [an_observation(3, Verdict.BLURRED)]

    summary = summarise(a_measurement(*rows), "expression", LABELS)

    assert (summary.dominant, summary.mean["sad"]) == ("sad", 0.8)


def test_what_a_clip_shows_at_every_frame_gives_segments_that_do_not_overlap():
    # 25 frames a second looked at, one in 400 ms scored by other networks
    rows = [
        replace(an_observation(i), at_ms=40 * i, expression=(("two_stream", values),))
        for i, values in enumerate([SAD] * 110 + [HAPPY] * 110)
    ]
    media = replace(a_measurement().media, sample_interval_ms=40.0)
    measurement = replace(a_measurement(*rows), media=media)

    first, second = summarise(measurement, "two_stream", LABELS).segments

    assert (first.start_ms, first.end_ms) == (0, second.start_ms)
    assert (second.start_ms, second.end_ms) in {(4400, 8800), (4360, 8800), (4440, 8800)}
