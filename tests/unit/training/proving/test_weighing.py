"""Weighing: ratios to the constant predictor, paired comparisons, marked samples."""

import numpy as np
import pytest

from training.evaluation.units import Scored, Unit
from training.proving.finding import Relation
from training.proving.weighing import (
    ACCURACY,
    CCC,
    RMSE,
    Rivals,
    arm,
    commonest,
    constant,
    error_ratio,
    gap,
    has_learned_classes,
    has_learned_scores,
    majority,
    marked_lower,
    rmse_ratio,
)

TRUE = np.array([0.0, 10.0, 20.0, 30.0, 40.0, 50.0])
PERSONS = np.array([1, 1, 2, 2, 3, 3])


def scores(predicted: np.ndarray) -> Scored:
    return Scored(predicted, TRUE, PERSONS, np.arange(6), Unit.CLIP)


def classes(predicted: list[int]) -> Scored:
    true = np.array([0, 0, 0, 1, 1, 2])
    return Scored(np.eye(3)[predicted], true, PERSONS, np.arange(6), Unit.FRAME)


def test_an_arm_says_its_unit_and_how_much_it_rests_on():
    # when
    found = arm("this", RMSE, scores(TRUE + 3.0))

    # then
    assert found.estimate.value == pytest.approx(3.0)
    assert (found.unit, found.count, found.persons) == ("clip", 6, 3)
    assert found.estimate.low == pytest.approx(3.0)


def test_the_constant_has_ratio_one_and_no_concordance():
    # given
    said = constant(25.0, scores(TRUE))

    # then
    assert rmse_ratio(said, 25.0).value == pytest.approx(1.0)
    assert arm("constant", CCC, said).estimate.value == pytest.approx(0.0)
    assert not any(one.held for one in has_learned_scores("constant", said, 25.0))


def test_half_of_the_constants_error_has_learned():
    # given predictions half way to the truth
    said = scores(25.0 + 0.5 * (TRUE - 25.0))

    # when
    ratio, concordance = has_learned_scores("half", said, 25.0)

    # then
    assert ratio.measured.value == pytest.approx(0.5)
    assert ratio.held
    assert concordance.held
    assert concordance.measured.value == pytest.approx(0.8)


def test_the_majority_has_error_ratio_one():
    # given
    said = majority(commonest(np.array([0, 0, 1])), 3, classes([0] * 6))

    # then
    assert error_ratio(said, 0).value == pytest.approx(1.0)
    assert arm("constant", ACCURACY, said).estimate.value == pytest.approx(0.5)
    assert not has_learned_classes("constant", said, 0).held
    assert has_learned_classes("this", classes([0, 0, 0, 1, 1, 0]), 0).held


def test_a_rival_is_beaten_by_the_difference():
    # given
    near, far = scores(TRUE + 1.0), scores(TRUE + 4.0)

    # when
    better = Rivals(("near", "far"), near, far).lower()
    worse = Rivals(("far", "near"), far, near).lower()

    # then
    assert better.measured.value == pytest.approx(-3.0)
    assert better.measured.high is not None
    assert better.measured.high < 0.0
    assert better.held
    assert not worse.held


def test_equal_rivals_show_no_difference():
    # given
    same = classes([0, 0, 1, 1, 1, 2])

    # then
    assert not Rivals(("one", "other"), same, same).higher().held


def test_a_gap_is_the_difference_of_the_means():
    # given
    values, marked = np.array([1.0, 2.0, 3.0]), np.array([True, False, False])

    # then
    assert gap(values, marked) == pytest.approx(-1.5)
    assert gap(values, np.zeros(3, bool)) == 0.0


def test_marked_samples_must_lie_lower():
    # given
    values = np.array([0.1, 0.9, 0.2, 0.8, 0.1, 0.7])
    marked = np.array([True, False] * 3)

    # then
    low = marked_lower("bad less good", values, marked, PERSONS)
    assert low.relation is Relation.BELOW
    assert low.held
    assert not marked_lower("good less bad", values, ~marked, PERSONS).held
