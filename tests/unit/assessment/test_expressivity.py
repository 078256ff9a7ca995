"""Shares of time, changes and smiles."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.aggregation import Aggregator
from assessment.expression import summarise
from assessment.expressivity import expressed
from assessment.ledger import Verdict
from assessment.measurement import Measurement
from assessment.request import AssessmentRequest
from assessment.result import Expressivity
from tests.samples import HAPPY, LABELS, SAD, a_measurement, an_observation, manifests

UNSURE = (0.2, 0.2, 0.2, 0.1, 0.1, 0.1, 0.1)
Shares = tuple[float, ...]


def filmed(*shown: Shares | None) -> Measurement:
    """Return frames 400 ms apart, None for one without a face."""
    rows = [
        an_observation(i, expression=values) if values else an_observation(i, Verdict.NO_FACE)
        for i, values in enumerate(shown)
    ]
    media = replace(a_measurement().media, duration_ms=400 * len(shown))
    return replace(a_measurement(*rows), media=media)


def told(*shown: Shares | None) -> Expressivity:
    measurement = filmed(*shown)
    found = expressed(measurement, [summarise(measurement, "expression", LABELS)])
    assert found is not None
    (one,) = found
    return one


def test_a_minute_of_three_expressions_is_told_as_it_was_shown():
    # 20 s sad, 20 s happy, 20 s sad
    found = told(*[SAD] * 50, *[HAPPY] * 50, *[SAD] * 50)

    assert found.observed_ms == 60_000
    assert found.share == pytest.approx(
        dict.fromkeys(LABELS, 0.0) | {"sad": 2 / 3, "happy": 1 / 3}, abs=1e-4
    )
    assert (found.uncertain, found.transitions_per_minute) == (0.0, 2.0)
    assert found.smiles is not None
    assert (found.smiles.count, found.smiles.mean_ms, found.smiles.total_ms) == (1, 20_000, 20_000)


def test_time_without_a_usable_face_is_not_in_the_denominator():
    found = told(*[SAD] * 25, *[None] * 50, *[HAPPY] * 25)

    assert (found.observed_ms, found.share["sad"], found.share["happy"]) == (20_000, 0.5, 0.5)


def test_nobody_saw_a_change_across_a_gap():
    assert told(*[SAD] * 25, *[None] * 5, *[HAPPY] * 25).transitions_per_minute == 0.0
    assert told(*[SAD] * 25, *[UNSURE] * 5, *[HAPPY] * 25).transitions_per_minute > 0.0


def test_uncertain_time_is_told_as_such():
    found = told(*[SAD] * 25, *[UNSURE] * 25)

    assert found.uncertain == pytest.approx(0.5, abs=0.05)
    assert found.share["sad"] + found.uncertain == pytest.approx(1.0)


def test_who_never_smiles_has_no_mean_smile():
    smiles = told(*[SAD] * 25).smiles

    assert smiles is not None
    assert (smiles.count, smiles.mean_ms, smiles.total_ms) == (0, None, 0)


def test_a_lost_frame_does_not_make_two_smiles_of_one():
    smiles = told(*[HAPPY] * 10, None, *[HAPPY] * 10).smiles

    assert smiles is not None
    assert (smiles.count, smiles.total_ms) == (1, 8400)


@settings(max_examples=40)
@given(st.lists(st.sampled_from([SAD, HAPPY, UNSURE, None]), min_size=15, max_size=50))
def test_shares_and_uncertain_time_add_up_to_what_was_seen(shown: list[Shares | None]):
    measurement = filmed(SAD, *shown)
    for found in expressed(measurement, [summarise(measurement, "expression", LABELS)]) or ():
        assert sum(found.share.values()) + found.uncertain == pytest.approx(1.0, abs=5e-4)
        assert found.observed_ms <= measurement.media.duration_ms
        assert found.smiles is not None
        assert found.smiles.total_ms == pytest.approx(
            found.share["happy"] * found.observed_ms, abs=found.observed_ms * 1e-4
        )


def test_too_short_a_face_time_says_nothing():
    measurement = filmed(*[SAD] * 12)  # 4.8 s

    assert expressed(measurement, [summarise(measurement, "expression", LABELS)]) is None


AGGREGATE = Aggregator(manifests(), production=False, software="mien test")
REQUEST = AssessmentRequest(video_sha256="ab" * 32)


def test_a_result_tells_expressivity_and_movement_where_it_tells_the_expression():
    result = AGGREGATE(filmed(*[SAD] * 25), REQUEST)

    assert result.expressivity is not None
    assert [one.model for one in result.expressivity] == ["expression"]
    assert result.movement is not None


def test_a_withheld_recording_tells_neither():
    result = AGGREGATE(a_measurement(*(an_observation(i, faces=2) for i in range(25))), REQUEST)

    assert {one.code for one in result.withheld} == {"multiple_people"}
    assert (result.expressivity, result.movement) == (None, None)
