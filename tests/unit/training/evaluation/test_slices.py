"""Metrics by group, with n, and silence where n is too small."""

import numpy as np
import pytest

from training.evaluation.metrics import mae, rmse
from training.evaluation.slices import FEWEST_PERSONS, TOO_SMALL, band_slices, markdown, slices
from training.evaluation.units import Scored, Unit
from training.faults import NothingToWeigh

METRICS = {"RMSE": rmse, "MAE": mae}


def clips(true: list[float], persons: list[int], error: float = 2.0) -> Scored:
    column = np.array(true)
    return Scored(column + error, column, np.array(persons), np.arange(len(true)), Unit.CLIP)


def test_each_group_is_measured_alone() -> None:
    # given twelve of one group off by 2, twelve of the other off by 5
    near, far = clips([20.0] * 12, [*range(12)]), clips([20.0] * 12, [*range(12)], error=5.0)
    both = Scored(
        np.concatenate([near.predicted, far.predicted]),
        np.concatenate([near.true, far.true]),
        np.arange(24),
        np.arange(24),
        Unit.CLIP,
    )

    # when
    first, second = slices(both, ["window"] * 12 + ["lamp"] * 12, METRICS)

    # then by name
    assert (first.name, second.name) == ("lamp", "window")
    assert first.values is not None
    assert second.values is not None
    assert first.values["RMSE"].value == pytest.approx(5.0)
    assert second.values["RMSE"].value == pytest.approx(2.0)


def test_few_units_and_few_persons_get_no_number() -> None:
    # given nine clips of nine persons, and twelve of four
    few_clips = clips([20.0] * 9, [*range(9)])
    few_persons = clips([20.0] * 12, [row % (FEWEST_PERSONS - 1) for row in range(12)])

    # then
    assert slices(few_clips, ["all"] * 9, METRICS)[0].values is None
    assert slices(few_persons, ["all"] * 12, METRICS)[0].values is None


def test_the_bands_stand_in_their_own_order() -> None:
    # given
    true = [30.0] * 12 + [5.0] * 12 + [15.0] * 2

    # when
    found = band_slices(clips(true, [*range(26)]), METRICS)

    # then
    assert [one.name for one in found] == ["minimal", "mild", "severe"]
    assert [one.n_units for one in found] == [12, 2, 12]


def test_the_table_shows_n_and_admits_what_is_too_small() -> None:
    # when
    table = markdown(
        band_slices(clips([30.0] * 12 + [5.0] * 2, [*range(14)]), METRICS), "clip", list(METRICS)
    )

    # then
    assert table.splitlines() == [
        "| slice | n (clips) | persons | RMSE | MAE |",
        "| --- | --- | --- | --- | --- |",
        f"| minimal | 2 | 2 | {TOO_SMALL} | {TOO_SMALL} |",
        "| severe | 12 | 12 | 2.00 [2.00, 2.00] | 2.00 [2.00, 2.00] |",
    ]


def test_group_names_must_be_as_many_as_rows() -> None:
    with pytest.raises(NothingToWeigh, match="2 group names for 3 rows"):
        slices(clips([1.0] * 3, [1, 2, 3]), ["a", "b"], METRICS)
