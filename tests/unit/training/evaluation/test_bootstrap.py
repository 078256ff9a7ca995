"""Intervals over persons: seeded, honest about dependence, quick."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from training.evaluation.bootstrap import Interval, Persons, difference, interval
from training.evaluation.metrics import accuracy, mae, rmse
from training.faults import NothingToWeigh


def rows_of(person_count: int, each: int, seed: int = 0) -> tuple[np.ndarray, ...]:
    """Scores whose error belongs to the person: every row of a person is wrong alike."""
    random = np.random.default_rng(seed)
    persons = np.repeat(np.arange(person_count), each)
    true = random.uniform(0.0, 63.0, len(persons))
    predicted = true + random.normal(0.0, 8.0, person_count)[persons]
    return predicted, true, persons


def test_the_interval_holds_the_value_and_says_what_it_rests_on() -> None:
    # when
    found = interval(rmse, *rows_of(30, 4))

    # then
    assert found.low < found.value < found.high
    assert (found.n_units, found.n_persons) == (120, 30)


def test_the_same_seed_gives_the_same_interval_and_another_seed_another() -> None:
    data = rows_of(20, 2)

    assert interval(rmse, *data) == interval(rmse, *data)
    assert interval(rmse, *data, seed=1) != interval(rmse, *data, seed=2)


def test_ten_rows_of_a_person_do_not_count_as_ten_persons() -> None:
    # given every person's ten rows wrong alike
    predicted, true, persons = rows_of(20, 10)

    # when rows are resampled as if they were persons
    over_persons = interval(mae, predicted, true, persons)
    over_rows = interval(mae, predicted, true, np.arange(len(true)))

    # then the honest interval is about √10 times wider
    ratio = (over_persons.high - over_persons.low) / (over_rows.high - over_rows.low)
    assert 2.0 < ratio < 4.5


def test_one_row_a_person_is_the_plain_bootstrap() -> None:
    # given two persons, one right and one wrong: a draw has 0, 1 or 2 right rows
    found = interval(accuracy, np.array([0, 0]), np.array([0, 1]), np.array([5, 9]))

    # then
    assert (found.low, found.value, found.high) == (0.0, 0.5, 1.0)


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    # given the mean absolute error of a normal with deviation 8 is 8·√(2/π)
    truth = 8.0 * np.sqrt(2.0 / np.pi)

    # when
    found = [interval(mae, *rows_of(40, 2, seed), resamples=200) for seed in range(150)]
    covered = np.mean([one.low <= truth <= one.high for one in found])

    # then
    assert 0.86 <= covered <= 0.99


@settings(deadline=None)
@given(some.lists(some.integers(0, 4), min_size=2, max_size=30).filter(lambda p: len(set(p)) > 1))
def test_a_draw_holds_every_row_of_its_persons_as_often_as_the_person(persons: list[int]) -> None:
    # given
    column = np.array(persons)
    groups = Persons.group(column)
    names = np.unique(column)

    # when
    pick = groups.draws(1, seed=3)[0]
    rows = groups.rows(pick)

    # then
    expected = sorted(row for one in pick for row in np.flatnonzero(column == names[one]))
    assert sorted(rows.tolist()) == expected


def test_a_paired_difference_is_sharper_than_the_intervals_it_comes_from() -> None:
    # given two networks that share a person's error, one of them worse by a little
    first, true, persons = rows_of(30, 3)
    second = true + 1.1 * (first - true)

    # when
    gap = difference(rmse, (first, second), true, persons)
    alone = interval(rmse, first, true, persons)

    # then
    assert gap.value == pytest.approx(rmse(first, true) - rmse(second, true))
    assert gap.high < 0.0
    assert gap.high - gap.low < 0.3 * (alone.high - alone.low)


def test_probabilities_may_be_resampled_too() -> None:
    # given
    probabilities = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])

    # when
    found = interval(
        lambda p, t: accuracy(p.argmax(axis=1), t),
        probabilities,
        np.array([0, 1, 1]),
        np.array([1, 2, 3]),
    )

    # then
    assert found.value == pytest.approx(2 / 3)


def test_one_person_has_no_interval() -> None:
    with pytest.raises(NothingToWeigh, match="two persons"):
        interval(rmse, np.zeros(3), np.ones(3), np.zeros(3, int))


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(NothingToWeigh, match="3 predictions, 2 labels"):
        interval(rmse, np.zeros(3), np.ones(2), np.zeros(2, int))


def test_two_thousand_resamples_take_less_than_a_second() -> None:
    # given more units than any of the benchmarks has
    data = rows_of(100, 10)

    # when
    started = time.process_time()
    interval(rmse, *data)

    # then
    assert time.process_time() - started < 1.0


def test_a_manifest_gets_three_rounded_numbers() -> None:
    found = Interval(1.23456, 0.98765, 2.0, 10, 5)

    assert found.document() == {"value": 1.235, "low": 0.988, "high": 2.0}
    assert str(found) == "1.23 [0.99, 2.00]"
