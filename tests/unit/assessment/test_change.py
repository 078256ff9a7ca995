"""Differences are stated against what error alone can do, and only between comparable numbers."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.aggregation import Aggregator
from assessment.change import (
    HIGHER,
    LOWER,
    NO_RELIABLE_CHANGE,
    NOTICES,
    Baseline,
    NoChange,
    change,
    compared,
    smallest_detectable,
    verdict,
)
from assessment.manifest import Calibration
from assessment.request import AssessmentRequest
from assessment.result import Change, Result
from tests.samples import a_manifest, a_measurement, an_id, an_observation, manifests

BEFORE = an_id(7)
POINTS = st.floats(0, 63).map(lambda value: round(value, 2))


def a_result(score: float) -> Result:
    rows = [an_observation(i, score=score) for i in range(10)]
    aggregate = Aggregator(manifests(), production=False, software="mien test")
    return aggregate(a_measurement(*rows), AssessmentRequest())


def a_baseline(score: float, **changes: Any) -> Baseline:
    return Baseline(BEFORE, {**a_result(score).to_dict(), **changes})


def stated(point: float, before: float) -> Change:
    found = change(point, a_baseline_of(before), a_manifest("hmhn"))
    assert isinstance(found, Change)
    return found


def a_baseline_of(point: float) -> Baseline:
    """The least of a stored result that is read."""
    sha256 = a_manifest("hmhn").sha256
    return Baseline(
        BEFORE,
        {
            "severity": [{"model": "hmhn", "point": point}],
            "provenance": {"models": [{"name": "hmhn", "sha256": sha256}]},
        },
    )


def test_the_smallest_detectable_change_worked_by_hand():
    # given residuals whose standard deviation is 2
    calibration = Calibration("split_conformal", 3, 0.5, 2.0, (-2.0, 0.0, 2.0))

    # then 1.96 · √2 · 2
    assert smallest_detectable(calibration) == pytest.approx(5.5437, abs=1e-4)


def test_an_offset_that_both_estimates_share_does_not_count():
    # given
    calibration = Calibration("split_conformal", 3, 0.5, 7.0, (3.0, 5.0, 7.0))

    # then
    assert smallest_detectable(calibration) == pytest.approx(5.5437, abs=1e-4)


@pytest.mark.parametrize(
    ("score", "said"), [(20.0, NO_RELIABLE_CHANGE), (55.0, HIGHER), (36.0, NO_RELIABLE_CHANGE)]
)
def test_only_a_difference_beyond_error_is_a_change(score: float, said: str):
    # when
    result = compared(a_result(score), a_baseline(20.0), manifests())

    # then
    assert result.severity is not None
    for one in result.severity:
        assert one.change is not None
        assert (one.change.baseline_id, one.change.verdict) == (BEFORE, said)
        assert one.change.point_difference == pytest.approx(score - 20.0)
        assert one.change_withheld is None


@given(POINTS, POINTS)
def test_a_change_and_its_way_back_are_mirror_images(one: float, other: float):
    # when
    there, back = stated(one, other), stated(other, one)

    # then
    mirrored = {HIGHER: LOWER, LOWER: HIGHER, NO_RELIABLE_CHANGE: NO_RELIABLE_CHANGE}
    assert there.point_difference == -back.point_difference
    assert there.verdict == mirrored[back.verdict]
    assert there.smallest_detectable == back.smallest_detectable


@given(st.floats(-63, 63), st.floats(0, 63))
def test_a_verdict_is_the_side_on_which_the_difference_leaves_the_error(
    difference: float, smallest: float
):
    said = verdict(difference, smallest)

    assert (said == HIGHER) == (difference > smallest)
    assert (said == LOWER) == (-difference > smallest)


@pytest.mark.parametrize("reason", NoChange)
def test_without_a_comparable_baseline_the_result_says_why(reason: NoChange):
    # when
    result = compared(a_result(20.0), reason, manifests())

    # then
    assert result.severity is not None
    assert [one.change for one in result.severity] == [None, None]
    assert [one.change_withheld for one in result.severity] == [reason, reason]
    assert NOTICES[reason] in result.notices[-1]
    assert "hmhn, ddl_resnet50" in result.notices[-1]


def test_a_baseline_that_withheld_has_nothing_to_compare_with():
    # when
    result = compared(a_result(20.0), a_baseline(20.0, severity=None), manifests())

    # then
    assert result.severity is not None
    assert {one.change_withheld for one in result.severity} == {NoChange.WITHHELD}


def test_other_weights_are_not_compared_and_the_network_beside_them_is():
    # given
    served = manifests()
    rebuilt = {**served, "hmhn": replace(served["hmhn"], sha256="f" * 64)}

    # when
    result = compared(a_result(20.0), a_baseline(25.0), rebuilt)

    # then
    assert result.severity is not None
    hmhn, ddl = result.severity
    assert (hmhn.change, hmhn.change_withheld) == (None, NoChange.OTHER_WEIGHTS)
    assert ddl.change is not None
    assert ddl.change.point_difference == -5.0


def test_without_calibration_no_difference_is_judged():
    found = change(20.0, a_baseline_of(30.0), a_manifest("hmhn", calibrated=False))

    assert found is NoChange.NOT_CALIBRATED


def test_a_withheld_result_stays_as_it_is():
    # given
    withheld = replace(a_result(20.0), severity=None)

    # then
    assert compared(withheld, a_baseline(20.0), manifests()) is withheld
    assert compared(withheld, NoChange.ERASED, manifests()) is withheld
