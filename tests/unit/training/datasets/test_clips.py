"""CK+, eNTERFACE'05 and AFEW folders."""

from pathlib import Path

import pytest

from tests.unit.training.datasets.layouts import ck_plus, touch
from training.datasets import afew, enterface
from training.datasets import ck_plus as ck
from training.datasets.recording import Partition
from training.faults import DataMissing, LabelInvalid


def test_ck_plus_reads_the_labelled_sequences_in_order(tmp_path: Path) -> None:
    # given
    ck_plus(tmp_path, {"S010/002": "   7.0000000e+00\n", "S005/001": "   3.0000000e+00\n"})
    (tmp_path / "cohn-kanade-images" / "S005" / "009").mkdir()  # no emotion file

    # when
    first, second = ck.load(tmp_path)

    # then
    assert (first.person, first.session) == ("S005", "001")
    assert ck.CLASSES[first.label] == "disgust"
    assert ck.CLASSES[second.label] == "surprise"
    assert [path.name for path in first.pictures][-1] == "S005_001_00000004.png"


@pytest.mark.parametrize("text", ["8", "0", "1.5", "happy", ""])
def test_ck_plus_refuses_a_label_outside_its_classes(tmp_path: Path, text: str) -> None:
    ck_plus(tmp_path, {"S005/001": text})

    with pytest.raises(LabelInvalid, match="S005_001_00000004_emotion"):
        ck.load(tmp_path)


def test_ck_plus_names_the_pictures_that_a_label_lacks(tmp_path: Path) -> None:
    ck_plus(tmp_path, {"S005/001": "3"})
    (tmp_path / "cohn-kanade-images/S005/001").rename(tmp_path / "elsewhere")

    with pytest.raises(DataMissing, match="cohn-kanade-images/S005/001 is missing, although"):
        ck.load(tmp_path)


def test_ck_plus_without_labels_is_refused(tmp_path: Path) -> None:
    ck_plus(tmp_path, {"S005/001": "3"})
    (tmp_path / "Emotion").rename(tmp_path / "elsewhere")

    with pytest.raises(DataMissing, match="lacks the folder Emotion"):
        ck.load(tmp_path)


def test_enterface_reads_sentences_and_leaves_uncut_files_out(tmp_path: Path) -> None:
    # given
    root = tmp_path / "enterface database"
    touch(root / "subject 2/happiness/sentence 1/s2_ha_1.avi")
    touch(root / "subject 10/anger/sentence 5/s10_an_5.avi")
    touch(root / "subject 6/anger/s6_an.avi")
    touch(root / "subject 2/happiness/sentence 1/Thumbs.db")

    # when
    records = enterface.load(tmp_path)

    # then
    assert [(record.person, record.task) for record in records] == [
        ("subject-2", "sentence-1"),
        ("subject-10", "sentence-5"),
    ]
    assert [enterface.CLASSES[int(record.label)] for record in records] == ["happy", "angry"]


def test_enterface_refuses_a_folder_of_no_emotion(tmp_path: Path) -> None:
    touch(tmp_path / "subject 1/boredom/sentence 1/s1_bo_1.avi")

    with pytest.raises(LabelInvalid, match="'boredom' is none of anger"):
        enterface.load(tmp_path)


def test_enterface_without_subjects_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match=r"holds no folder subject \*"):
        enterface.load(tmp_path)


def test_enterface_without_sentences_is_refused(tmp_path: Path) -> None:
    (tmp_path / "subject 1" / "anger").mkdir(parents=True)

    with pytest.raises(DataMissing, match=r"sentence …/\*\.avi"):
        enterface.load(tmp_path)


def test_afew_reads_train_and_takes_validation_as_the_test(tmp_path: Path) -> None:
    # given
    touch(tmp_path / "Train_AFEW/Angry/000046280.avi")
    touch(tmp_path / "Val_AFEW/Surprise/000149120.avi")
    (tmp_path / "Train_AFEW/AlignedFaces_LBPTOP_Points").mkdir()

    # when
    train, test = afew.load(tmp_path)

    # then
    assert (train.partition, afew.CLASSES[int(train.label)]) == (Partition.TRAIN, "angry")
    assert (test.partition, afew.CLASSES[int(test.label)]) == (Partition.TEST, "surprise")
    assert train.person != test.person


def test_afew_half_unpacked_is_refused(tmp_path: Path) -> None:
    touch(tmp_path / "Train_AFEW/Angry/000046280.avi")

    with pytest.raises(DataMissing, match="lacks the folder Val_AFEW"):
        afew.load(tmp_path)


def test_afew_refuses_an_empty_class(tmp_path: Path) -> None:
    (tmp_path / "Train_AFEW" / "Angry").mkdir(parents=True)

    with pytest.raises(DataMissing, match=r"Train_AFEW/Angry holds no \*\.avi"):
        afew.load(tmp_path)
