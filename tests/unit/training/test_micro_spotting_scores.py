"""Scores of spotting, by hand."""

import pytest

from training.faults import NothingToWeigh
from training.spotting_scores import SpottingScore, match, overlap, pooled, score, strs


@pytest.mark.parametrize(
    ("other", "share"),
    [
        ((0.0, 100.0), 1.0),
        ((50.0, 150.0), 1 / 3),
        ((0.0, 200.0), 0.5),
        ((100.0, 200.0), 0.0),
        ((300.0, 400.0), 0.0),
    ],
)
def test_the_overlap_is_intersection_over_union(other: tuple[float, float], share: float) -> None:
    assert overlap((0.0, 100.0), other) == pytest.approx(share)
    assert overlap(other, (0.0, 100.0)) == pytest.approx(share)


def test_an_event_that_does_not_end_is_refused() -> None:
    with pytest.raises(NothingToWeigh, match="must end after it begins: 5 to 5 ms"):
        overlap((0.0, 1.0), (5.0, 5.0))


def test_half_an_overlap_is_a_hit_and_less_is_a_miss_and_a_false_alarm() -> None:
    assert score([(0.0, 100.0)], [(0.0, 200.0)]) == SpottingScore(1, 0, 0)
    assert score([(0.0, 100.0)], [(0.0, 201.0)]) == SpottingScore(0, 1, 1)


def test_one_true_event_is_hit_once_and_by_the_best() -> None:
    # given two findings of one event
    true = [(0.0, 100.0)]
    found = [(0.0, 70.0), (0.0, 90.0)]

    # then
    assert match(true, found) == [(0, 1)]
    assert score(true, found) == SpottingScore(1, 1, 0)


def test_rates_follow_the_pooled_counts() -> None:
    # given three hits, one false alarm, two misses in two recordings
    total = pooled([SpottingScore(2, 1, 0), SpottingScore(1, 0, 2)])

    # then
    assert total == SpottingScore(3, 1, 2)
    assert total.precision == pytest.approx(3 / 4)
    assert total.recall == pytest.approx(3 / 5)
    assert total.f1 == pytest.approx(2 * (3 / 4) * (3 / 5) / (3 / 4 + 3 / 5))


def test_nothing_found_and_nothing_there_score_zero_without_dividing() -> None:
    assert pooled([]).f1 == pooled([]).precision == pooled([]).recall == 0.0
    assert score([], [(0.0, 100.0)]).f1 == 0.0
    assert score([(0.0, 100.0)], []).recall == 0.0


def test_strs_is_the_product_as_published() -> None:
    # the two rates and their product in arXiv 2506.15298
    assert strs(0.0278, 0.2222) == pytest.approx(0.0062, abs=5e-5)
