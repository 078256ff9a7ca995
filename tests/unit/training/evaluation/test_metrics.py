"""The metrics against cases worked by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from assessment.severity import band
from training.evaluation import metrics
from training.faults import NothingToWeigh

#: Truth and prediction of eight rows: class 0 twice right of three, 1 once of two, 2 all three.
TRUE = np.array([0, 0, 0, 1, 1, 2, 2, 2])
SAID = np.array([0, 0, 1, 1, 2, 2, 2, 2])


def test_errors_worked_by_hand() -> None:
    predicted, true = np.array([1.0, 5.0]), np.array([4.0, 1.0])

    assert metrics.rmse(predicted, true) == pytest.approx(np.sqrt((9 + 16) / 2))
    assert metrics.mae(predicted, true) == pytest.approx((3 + 4) / 2)


def test_concordance_worked_by_hand() -> None:
    # given means 2 and 3, variances 2/3 each, covariance 2/3
    predicted, true = np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.0, 4.0])

    # then 2 * 2/3 / (2/3 + 2/3 + 1) = 4/7
    assert metrics.ccc(predicted, true) == pytest.approx(4 / 7)


def test_a_constant_has_no_concordance() -> None:
    assert metrics.ccc(np.full(4, 15.3), np.array([0.0, 10.0, 20.0, 31.2])) == pytest.approx(0.0)


def test_accuracy_is_the_share_of_right_rows() -> None:
    assert metrics.accuracy(SAID, TRUE) == pytest.approx(6 / 8)


def test_rows_of_the_confusion_are_the_truth() -> None:
    assert metrics.confusion(TRUE, SAID, 3).tolist() == [[2, 1, 0], [0, 1, 1], [0, 0, 3]]


def test_unweighted_recall_worked_by_hand() -> None:
    assert metrics.uar(SAID, TRUE) == pytest.approx((2 / 3 + 1 / 2 + 1) / 3)


def test_unweighted_f1_worked_by_hand() -> None:
    # then 2TP/(2TP+FP+FN): class 0 4/5, class 1 2/4, class 2 6/7
    assert metrics.uf1(SAID, TRUE) == pytest.approx((4 / 5 + 2 / 4 + 6 / 7) / 3)


def test_a_large_class_cannot_hide_a_small_one() -> None:
    # given ninety of one class, ten of the other, and one answer for all
    true = np.repeat([0, 1], [90, 10])
    said = np.zeros(100, int)

    # then
    assert metrics.accuracy(said, true) == pytest.approx(0.9)
    assert metrics.uar(said, true) == pytest.approx(0.5)
    assert metrics.uf1(said, true) == pytest.approx((180 / 190 + 0) / 2)


def test_a_class_that_nobody_has_or_says_does_not_lower_the_mean() -> None:
    # given class 1 absent throughout
    true, said = np.array([0, 2, 2]), np.array([0, 2, 2])

    # then
    assert metrics.uf1(said, true) == 1.0
    assert metrics.uar(said, true) == 1.0


@pytest.mark.parametrize(
    ("score", "name"),
    [
        (0, "minimal"),
        (13, "minimal"),
        (14, "mild"),
        (19, "mild"),
        (20, "moderate"),
        (28, "moderate"),
        (29, "severe"),
        (63, "severe"),
    ],
)
def test_totals_at_the_edges_fall_into_their_published_band(score: int, name: str) -> None:
    assert metrics.BANDS[metrics.band_index(np.array([float(score)]))[0]] == name


@settings(deadline=None)
@given(some.floats(0.0, 63.0))
def test_the_bands_are_those_that_the_service_reports(score: float) -> None:
    assert metrics.BANDS[metrics.band_index(np.array([score]))[0]] == band(score)


def test_band_accuracy_worked_by_hand() -> None:
    # given minimal, mild, moderate and severe; the second is said to be minimal
    true = np.array([5.0, 15.0, 25.0, 40.0])
    said = np.array([0.0, 13.4, 20.0, 29.0])

    # then
    assert metrics.band_accuracy(said, true) == pytest.approx(3 / 4)


def test_the_likeliest_class_is_taken() -> None:
    assert metrics.classes_of(np.array([[0.2, 0.8], [0.7, 0.3]])).tolist() == [1, 0]


def test_columns_that_do_not_match_are_refused() -> None:
    with pytest.raises(NothingToWeigh, match=r"\(2,\) and truth \(3,\)"):
        metrics.accuracy(np.zeros(2, int), np.zeros(3, int))


def test_no_rows_are_refused() -> None:
    with pytest.raises(NothingToWeigh, match="no rows"):
        metrics.uf1(np.zeros(0, int), np.zeros(0, int))


def test_a_class_outside_the_label_set_is_refused() -> None:
    with pytest.raises(NothingToWeigh, match=r"0\.\.2"):
        metrics.confusion(np.array([0, 3]), np.array([0, 1]), 3)
