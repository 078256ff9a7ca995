"""The calibration covers as often as it promises, and agrees with the one that is served."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from training.evaluation.conformal import (
    binomial_interval,
    calibrate,
    coverage,
    fewest,
    half_width,
    reliability,
)
from training.evaluation.units import Scored, Unit
from training.evidence import LEVEL, ClipScores, calibration


def scores(errors: np.ndarray, true: float = 30.0) -> Scored:
    """Clips whose truth is 30 and whose estimate lies the given errors below it."""
    n = len(errors)
    return Scored(true - errors, np.full(n, true), np.arange(n), np.arange(n), Unit.CLIP)


def test_the_half_width_worked_by_hand() -> None:
    # given nine residuals: ⌈10 · 0.9⌉ = 9, the largest; ⌈10 · 0.5⌉ = 5, the fifth
    residuals = np.array([-9.0, 8.0, -7.0, 6.0, -5.0, 4.0, -3.0, 2.0, -1.0])

    # then
    assert half_width(residuals, 0.9) == 9.0
    assert half_width(residuals, 0.5) == 5.0


@settings(deadline=None)
@given(some.lists(some.floats(-30.0, 30.0), min_size=1, max_size=80))
def test_it_is_the_half_width_that_the_manifests_carry(errors: list[float]) -> None:
    # given
    residuals = np.array(errors)
    served = calibration(ClipScores(np.zeros(len(errors)), residuals))

    # then
    assert round(half_width(residuals, LEVEL), 3) == served["half_width"]


@settings(max_examples=25, deadline=None)
@given(
    some.integers(0, 2**31),
    some.integers(20, 80),
    some.sampled_from(["normal", "skewed", "ties"]),
    some.sampled_from([0.5, 0.8, 0.9]),
)
def test_exchangeable_units_are_covered_at_least_as_often_as_promised(
    seed: int, count: int, shape: str, level: float
) -> None:
    # given 400 times a calibration and one new unit of the same law
    random = np.random.default_rng(seed)
    draws = {
        "normal": random.normal(0.0, 5.0, (400, count + 1)),
        "skewed": random.exponential(5.0, (400, count + 1)),
        "ties": random.integers(-3, 4, (400, count + 1)).astype(float),
    }[shape]

    # when
    covered = sum(abs(row[-1]) <= half_width(row[:-1], level) for row in draws)

    # then the promise lies below the upper bound of what was seen, but for one case in a million
    assert binomial_interval(covered, 400, confidence=1 - 2e-6)[1] >= level


def test_units_of_another_law_are_not_covered_and_the_measurement_shows_it() -> None:
    # given a calibration on easy persons
    random = np.random.default_rng(0)
    half = half_width(random.normal(0.0, 3.0, 100))

    # when
    same = coverage(half, scores(random.normal(0.0, 3.0, 200)))
    other = coverage(half, scores(random.normal(0.0, 9.0, 200)))

    # then
    assert same.agrees
    assert not other.agrees
    assert other.high < LEVEL


def test_coverage_worked_by_hand() -> None:
    # given ten errors of which eight are at most 4
    found = coverage(4.0, scores(np.array([0.0, 1, -1, 2, -2, 3, -3, 4, 5, -6])))

    # then Clopper and Pearson's interval of 8 of 10 is 0.444 to 0.975
    assert found.document() == {"level": 0.9, "share": 0.8, "low": 0.444, "high": 0.975, "n": 10}


@pytest.mark.parametrize(("hits", "expected"), [(0, (0.0, 0.3085)), (10, (0.6915, 1.0))])
def test_none_and_all_have_one_sided_intervals(hits: int, expected: tuple[float, float]) -> None:
    assert binomial_interval(hits, 10) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(("level", "needed"), [(0.5, 1), (0.8, 4), (0.9, 9), (0.95, 19)])
def test_a_level_needs_so_many_residuals(level: float, needed: int) -> None:
    assert fewest(level) == needed


def test_what_lies_outside_the_scale_is_calibrated_as_it_is_served() -> None:
    # given an estimate of 70, which is served as 63
    clips = Scored(
        np.array([70.0, 10.0]), np.array([60.0, 11.0]), np.arange(2), np.arange(2), Unit.CLIP
    )

    # when
    found = calibrate(clips, "two clips")

    # then
    assert found["residuals"] == [-3.0, 1.0]
    assert found["data"] == "two clips"


def test_the_curve_rises_with_the_level_and_follows_it_on_the_same_law() -> None:
    # given
    random = np.random.default_rng(1)
    residuals, held_out = random.normal(0.0, 4.0, 200), scores(random.normal(0.0, 4.0, 200))

    # when
    curve = reliability(residuals, held_out)

    # then
    shares = [point.share for point in curve]
    assert shares == sorted(shares)
    assert max(abs(point.share - point.level) for point in curve) < 0.12
