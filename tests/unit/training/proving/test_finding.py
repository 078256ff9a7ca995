"""Findings: a criterion is a number against a threshold; seeds are put together honestly."""

import json
import math
from dataclasses import replace
from datetime import date

import pytest

from training.evaluation.circumstances import Circumstances
from training.proving.combining import Verdict, combine, spread
from training.proving.finding import Arm, Criterion, Estimate, Finding, Relation, Scale


def criterion(value: float, relation: Relation = Relation.BELOW) -> Criterion:
    return Criterion("RMSE of this less that of that", Estimate(value), relation, 0.0)


def finding(seed: int = 0, *values: float) -> Finding:
    return Finding(
        "pooling",
        "Pooling finds the good frames.",
        "Small clips.",
        Scale.FULL,
        seed,
        (Arm("attention", "RMSE", Estimate(7.0 + seed, 6.0, 8.0), "clip", 40, 20),),
        tuple(criterion(value) for value in values or (-1.0,)),
        12.5,
    )


@pytest.mark.parametrize(
    ("relation", "below", "equal", "above"),
    [
        (Relation.AT_MOST, True, True, False),
        (Relation.AT_LEAST, False, True, True),
        (Relation.BELOW, True, False, False),
        (Relation.ABOVE, False, False, True),
    ],
)
def test_a_relation_holds_on_its_own_side(
    relation: Relation, *, below: bool, equal: bool, above: bool
):
    # then
    held = [criterion(value, relation).held for value in (-0.1, 0.0, 0.1)]
    assert held == [below, equal, above]
    assert not criterion(math.nan, relation).held


def test_a_finding_holds_when_all_of_its_criteria_do():
    assert finding(0, -1.0, -2.0).held
    assert not finding(0, -1.0, 2.0).held
    assert not replace(finding(), criteria=()).held


def test_a_finding_comes_back_from_json_as_it_was():
    # given
    place = Circumstances("abc", date(2026, 1, 2), "a GPU", (("torch", "2.13.0"),), "evaluate")
    before = replace(finding(3, -1.0, 2.0), made=place)

    # when
    text = json.dumps(before.as_json())

    # then
    assert Finding.from_json(json.loads(text)) == before
    assert [one["held"] for one in json.loads(text)["criteria"]] == [True, False]


def test_json_of_another_layout_is_refused():
    # given
    plain = finding().as_json()
    del plain["claim"]

    # then
    with pytest.raises(KeyError, match="claim"):
        Finding.from_json(plain)


def test_a_spread_is_the_mean_and_the_sample_deviation():
    assert spread([1.0, 3.0]).mean == 2.0
    assert spread([1.0, 3.0]).deviation == pytest.approx(math.sqrt(2.0))
    assert spread([1.0]).deviation == 0.0


def test_seeds_are_combined_in_their_order():
    # when
    combined = combine([finding(2), finding(0), finding(1)])

    # then
    assert combined.seeds == (0, 1, 2)
    assert combined.arms[0].spread.values == (7.0, 8.0, 9.0)
    assert combined.seconds == pytest.approx(37.5)


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ((-1.0, -2.0, -3.0), Verdict.HELD),
        ((-1.0, 0.5, -3.0), Verdict.MIXED),
        ((1.0, 2.0, -1.0), Verdict.NOT_HELD),
    ],
)
def test_a_verdict_tells_every_run_from_the_mean(values: tuple[float, ...], verdict: Verdict):
    # when
    combined = combine([finding(seed, value) for seed, value in enumerate(values)])

    # then
    assert combined.verdict is verdict
    assert combined.criteria[0].held_runs == sum(value < 0 for value in values)


def test_the_worst_criterion_is_the_verdict():
    assert combine([finding(0, -1.0, 1.0)]).verdict is Verdict.NOT_HELD


@pytest.mark.parametrize(
    "others",
    [
        [],
        [finding(0), finding(0)],
        [finding(0), replace(finding(1), scale=Scale.SMOKE)],
        [finding(0), finding(1, -1.0, -1.0)],
        [finding(0), replace(finding(1), experiment="scn")],
    ],
)
def test_runs_that_do_not_fit_together_are_refused(others: list[Finding]):
    with pytest.raises(ValueError, match="runs"):
        combine(others)
