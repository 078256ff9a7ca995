"""The rows that an INT8 graph is made by: two halves of different persons, or a clear refusal."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from networks.tensors import ATTENTION_POOLING, MICRO_EXPRESSION
from training.calibration_rows import read_rows
from training.faults import ReleaseRefused

PERSONS = np.repeat(np.arange(10), 2)
MOTION = np.arange(20, dtype=np.float32)[:, None, None, None] * np.ones((1, 28, 28, 3), np.float32)


def save(folder: Path, **arrays: Any) -> Path:
    np.savez(folder / "rows.npz", **arrays)
    return folder / "rows.npz"


def test_no_person_is_in_both_halves_and_no_row_is_lost(tmp_path: Path) -> None:
    # when
    halves = read_rows(save(tmp_path, motion=MOTION, persons=PERSONS), MICRO_EXPRESSION)

    # then rows are told apart by their value
    first, second = (half["motion"][:, 0, 0, 0] for half in (halves.calibration, halves.held_out))
    assert len(first) == len(second) == 10
    assert set(PERSONS[first.astype(int)]).isdisjoint(PERSONS[second.astype(int)])


def test_an_axis_of_any_length_fits(tmp_path: Path) -> None:
    # given sets of seven frames
    features, mask = np.ones((20, 7, 2048), np.float32), np.ones((20, 7), np.float32)

    # when
    path = save(tmp_path, features=features, mask=mask, persons=PERSONS)
    halves = read_rows(path, ATTENTION_POOLING)

    # then
    assert halves.calibration["features"].shape == (10, 7, 2048)


@pytest.mark.parametrize(
    ("arrays", "reason"),
    [
        ({"persons": PERSONS}, "has no motion"),
        ({"motion": MOTION}, "has no persons"),
        ({"motion": MOTION[:5], "persons": PERSONS}, "not equally long"),
        ({"motion": MOTION.astype(np.float64), "persons": PERSONS}, "is float64"),
        ({"motion": MOTION[:, :14], "persons": PERSONS}, r"\[14, 28, 3\] a row"),
        ({"motion": MOTION[:, 0], "persons": PERSONS}, r"\[28, 3\] a row"),
        ({"motion": MOTION, "persons": np.zeros(20)}, "too few for INT8"),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path: Path, arrays: Any, reason: str) -> None:
    with pytest.raises(ReleaseRefused, match=reason):
        read_rows(save(tmp_path, **arrays), MICRO_EXPRESSION)


def test_a_file_that_is_no_npz_is_said(tmp_path: Path) -> None:
    # given
    (tmp_path / "rows.npz").write_bytes(b"no rows")

    # then
    with pytest.raises(ReleaseRefused, match="cannot read the rows"):
        read_rows(tmp_path / "rows.npz", MICRO_EXPRESSION)
    with pytest.raises(ReleaseRefused, match="cannot read the rows"):
        read_rows(tmp_path / "absent.npz", MICRO_EXPRESSION)
