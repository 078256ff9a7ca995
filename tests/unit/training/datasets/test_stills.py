"""FER2013 and FERPlus tables."""

from pathlib import Path

import numpy as np
import pytest

from tests.unit.training.datasets.layouts import fer2013_csv, fer2013_row, ferplus_csv, touch
from training.datasets import fer2013, ferplus
from training.datasets.ferplus import Mode, shares
from training.datasets.recording import Partition
from training.faults import DataMissing, LabelInvalid, PictureUnreadable, TableInvalid

HAPPY = "Training,fer0000000.png,1,9,0,0,0,0,0,0,0,0"


def test_a_row_becomes_a_picture_in_the_order_of_the_served_expressions(tmp_path: Path) -> None:
    # given
    rows = [
        fer2013_row("3", level=7),
        fer2013_row("6", "PublicTest"),
        fer2013_row("0", "PrivateTest"),
    ]
    fer2013_csv(tmp_path, rows)

    # when
    stills = fer2013.load(tmp_path)

    # then
    assert [fer2013.CLASSES[still.label] for still in stills] == ["happy", "neutral", "angry"]
    assert [still.partition for still in stills] == list(Partition)
    assert stills[0].pixels.shape == (48, 48)
    assert (stills[0].pixels == 7).all()
    assert len({still.person for still in stills}) == 3


def test_pixels_are_read_row_by_row(tmp_path: Path) -> None:
    pixels = " ".join(str(place % 256) for place in range(48 * 48))
    fer2013_csv(tmp_path, [f"3,{pixels},Training"])

    (still,) = fer2013.load(tmp_path)

    assert np.array_equal(still.pixels.ravel(), np.arange(48 * 48) % 256)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match=r"lacks fer2013\.csv"):
        fer2013.load(tmp_path)


def test_a_table_of_something_else_is_refused(tmp_path: Path) -> None:
    touch(tmp_path / "fer2013.csv", "name,age\nanna,3\n")

    with pytest.raises(TableInvalid, match="no header with the columns emotion, pixels, Usage"):
        fer2013.load(tmp_path)


def test_a_table_that_is_cut_off_is_refused_with_its_line(tmp_path: Path) -> None:
    fer2013_csv(tmp_path, [fer2013_row(), "3,1 2 3"])

    with pytest.raises(TableInvalid, match="line 3: 2 cells instead of 3"):
        fer2013.load(tmp_path)


@pytest.mark.parametrize(
    ("row", "fault", "message"),
    [
        (fer2013_row("7"), LabelInvalid, "line 2: emotion '7' is not 0..6"),
        (fer2013_row("happy"), LabelInvalid, "emotion 'happy'"),
        (fer2013_row(usage="Exam"), LabelInvalid, "usage 'Exam'"),
        ("3,1 2 3,Training", PictureUnreadable, "3 pixels instead of 2304"),
        (fer2013_row(level=256), PictureUnreadable, r"a pixel is not 0\.\.255"),
        (fer2013_row().replace("7 7", "x 7", 1), PictureUnreadable, "not whole numbers"),
    ],
)
def test_a_wrong_cell_is_refused(
    tmp_path: Path, row: str, fault: type[Exception], message: str
) -> None:
    fer2013_csv(tmp_path, [row])

    with pytest.raises(fault, match=message):
        fer2013.load(tmp_path)


def test_ferplus_takes_the_majority_and_leaves_disputed_pictures_out(tmp_path: Path) -> None:
    # given
    fer2013_csv(tmp_path, [fer2013_row("0")] * 4)
    disputed = "Training,fer1.png,4,4,0,2,0,0,0,0,0,0"
    no_face = "Training,,0,0,0,0,0,0,0,0,0,10"
    contempt = "Training,fer3.png,2,0,0,0,0,0,0,8,0,0"
    ferplus_csv(tmp_path, [HAPPY, disputed, no_face, contempt])

    # when
    stills = ferplus.load(tmp_path)

    # then
    assert [ferplus.CLASSES[still.label] for still in stills] == ["happy", "contempt"]
    assert [still.name for still in stills] == ["fer2013.csv:2", "fer2013.csv:5"]
    assert stills[0].distribution == (0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def test_ferplus_can_keep_the_raters_shares(tmp_path: Path) -> None:
    fer2013_csv(tmp_path, [fer2013_row()])
    ferplus_csv(tmp_path, ["Training,fer0.png,3,0,0,6,0,0,0,1,0,0"])

    (still,) = ferplus.load(tmp_path, Mode.PROBABILITY)

    by_class = dict(zip(ferplus.CLASSES, still.distribution, strict=True))
    assert by_class["sad"] == pytest.approx(2 / 3)
    assert by_class["neutral"] == pytest.approx(1 / 3)
    assert by_class["contempt"] == 0.0


def test_raters_who_scatter_their_votes_give_no_label() -> None:
    scattered = [2, 2, 2, 2, 2, 0, 0, 0, 0, 0]
    mostly_unknown = [3, 0, 0, 0, 0, 0, 0, 0, 7, 0]
    single_votes = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]

    for votes in (scattered, mostly_unknown, single_votes):
        assert shares(votes, Mode.MAJORITY) == ()
        assert shares(votes, Mode.PROBABILITY) == ()


def test_ferplus_of_another_length_is_refused(tmp_path: Path) -> None:
    fer2013_csv(tmp_path, [fer2013_row()] * 2)
    ferplus_csv(tmp_path, [HAPPY])

    with pytest.raises(TableInvalid, match=r"has 1 rows, fer2013\.csv 2"):
        ferplus.load(tmp_path)


def test_ferplus_in_another_order_is_refused(tmp_path: Path) -> None:
    fer2013_csv(tmp_path, [fer2013_row(usage="PrivateTest")])
    ferplus_csv(tmp_path, [HAPPY])

    with pytest.raises(TableInvalid, match=r"usage Training is not that of fer2013\.csv:2"):
        ferplus.load(tmp_path)


def test_a_vote_that_is_no_count_is_refused(tmp_path: Path) -> None:
    fer2013_csv(tmp_path, [fer2013_row()])
    ferplus_csv(tmp_path, [HAPPY.replace("9", "eleven")])

    with pytest.raises(LabelInvalid, match=r"line 2: happiness 'eleven' is not 0\.\.10 votes"):
        ferplus.load(tmp_path)
