"""Frames to clips, files and sessions."""

import numpy as np
import pytest

from training.evaluation.units import Scored, Unit, per_file_and_session, scored, session_of
from training.examples import Examples
from training.faults import NothingToWeigh


def columns(*rows: tuple[float, float, int, int]) -> Scored:
    """Rows of prediction, truth, person and unit."""
    predicted, true, persons, units = (np.array(column) for column in zip(*rows, strict=True))
    return Scored(predicted, true, persons, units, Unit.FRAME)


def examples() -> Examples:
    return Examples(
        {"faces": np.zeros((4, 2, 2, 3), np.uint8)},
        np.array([10.0, 10.0, 30.0, 30.0], np.float32),
        np.array([1, 1, 2, 2]),
        np.array([7, 7, 3, 3]),
    )


def test_a_units_score_is_the_mean_over_its_frames() -> None:
    # when
    found = scored(np.array([8.0, 14.0, 20.0, 30.0]), examples(), Unit.CLIP)

    # then units come in ascending order
    assert found.units.tolist() == [3, 7]
    assert found.predicted.tolist() == [25.0, 11.0]
    assert found.true.tolist() == [30.0, 10.0]
    assert found.persons.tolist() == [2, 1]
    assert str(found) == "2 clips of 2 persons"


def test_frames_may_stay_frames() -> None:
    found = scored(np.arange(4.0), examples(), Unit.FRAME)

    assert len(found) == 4
    assert str(found) == "4 frames of 2 persons"


def test_probabilities_are_averaged_class_by_class() -> None:
    # when
    frames = np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0], [0.0, 1.0]])
    found = scored(frames, examples(), Unit.FILE)

    # then
    assert found.predicted.tolist() == [[0.0, 1.0], [0.75, 0.25]]


def test_a_session_is_the_mean_of_its_files_however_long_they_are() -> None:
    # given a long Freeform and a short Northwind of one session, and another person
    frames = columns(
        (10, 20, 203, 0), (10, 20, 203, 0), (10, 20, 203, 0), (22, 20, 203, 1), (5, 4, 310, 2)
    )
    names = ["203_1_Freeform_video.mp4", "203_1_Northwind_video.mp4", "310_2_Freeform_video.mp4"]

    # when
    files, sessions = per_file_and_session(frames.mean_over(frames.units, Unit.FILE), names)

    # then the mean over all four frames would be 13
    assert files.predicted.tolist() == [10.0, 22.0, 5.0]
    assert sessions.predicted.tolist() == [16.0, 5.0]
    assert (str(files), str(sessions)) == ("3 files of 2 persons", "2 sessions of 2 persons")


@pytest.mark.parametrize(
    ("name", "session"),
    [
        ("Testing/Freeform/203_1_Freeform_video.mp4", "203_1"),
        ("310_4_cut_combined.mp4", "310_4"),
        ("203_1.csv", "203_1"),
    ],
)
def test_the_session_stands_at_the_start_of_an_avec_name(name: str, session: str) -> None:
    assert session_of(name) == session


def test_a_name_of_another_layout_is_refused() -> None:
    with pytest.raises(NothingToWeigh, match=r"holiday\.mp4 is not named like"):
        session_of("holiday.mp4")


def test_a_unit_with_two_labels_is_refused() -> None:
    frames = columns((1, 10, 1, 7), (1, 11, 1, 7))

    with pytest.raises(NothingToWeigh, match="clip 7 has two labels"):
        frames.mean_over(frames.units, Unit.CLIP)


def test_a_unit_of_two_persons_is_refused() -> None:
    frames = columns((1, 10, 1, 7), (1, 10, 2, 7))

    with pytest.raises(NothingToWeigh, match="file 7 has two persons"):
        frames.mean_over(frames.units, Unit.FILE)


def test_no_rows_and_uneven_columns_are_refused() -> None:
    none, one = np.zeros(0, np.int64), np.zeros(1, np.int64)

    with pytest.raises(NothingToWeigh, match="0, 0, 0, 0"):
        Scored(none, none, none, none, Unit.CLIP)
    with pytest.raises(NothingToWeigh, match="2, 1, 1, 1"):
        Scored(np.zeros(2), one, one, one, Unit.CLIP)


def test_a_prediction_that_is_not_a_number_is_refused() -> None:
    with pytest.raises(NothingToWeigh, match="finite"):
        columns((np.nan, 10, 1, 7))
