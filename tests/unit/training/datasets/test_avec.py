"""AVEC2013 and AVEC2014 folders: what is read, and each way in which one can be wrong."""

from pathlib import Path

import pytest

from tests.unit.training.datasets.layouts import SESSIONS, avec2013, avec2014, touch
from training.datasets import avec2013 as edition2013
from training.datasets import avec2014 as edition2014
from training.datasets.recording import Partition
from training.faults import DataMissing, LabelInvalid, PersonInTwoSplits


def test_avec2014_gives_both_tasks_of_a_session_the_same_label(tmp_path: Path) -> None:
    # given
    avec2014(tmp_path, SESSIONS)

    # when
    records = edition2014.load(tmp_path)

    # then
    assert len(records) == 2 * 7
    of_205 = [record for record in records if record.session == "205_1"]
    assert [record.task for record in of_205] == ["Freeform", "Northwind"]
    assert [record.label for record in of_205] == [44.0, 44.0]
    assert {record.person for record in of_205} == {"205"}
    assert {record.partition for record in of_205} == {Partition.TRAIN}
    assert all(record.path.is_file() for record in records)


def test_avec2013_has_one_recording_a_session(tmp_path: Path) -> None:
    avec2013(tmp_path, SESSIONS)

    records = edition2013.load(tmp_path)

    assert [(record.session, record.label) for record in records] == [
        ("203_1", 3.0),
        ("204_1", 12.0),
        ("205_1", 44.0),
        ("206_1", 0.0),
        ("207_1", 9.0),
        ("208_1", 20.0),
        ("209_2", 31.0),
    ]
    assert records[-1].partition is Partition.TEST


def test_videos_may_lie_as_deep_as_their_archive_unpacks(tmp_path: Path) -> None:
    avec2014(tmp_path / "flat", SESSIONS)
    deep = tmp_path / "AVEC2014_AudioVisual" / "Video"
    deep.mkdir(parents=True)
    for title in SESSIONS:
        (tmp_path / "flat" / title).rename(deep / title)
    for labels in (tmp_path / "flat").iterdir():
        labels.rename(tmp_path / labels.name)

    assert len(edition2014.load(tmp_path)) == 14


def test_persons_205s_files_named_after_each_others_sessions_are_put_right(tmp_path: Path) -> None:
    # given
    sessions = {**SESSIONS, "Development": {"205_2": "40"}}
    avec2014(tmp_path, sessions)
    trained = tmp_path / "Training" / "Freeform"
    developed = tmp_path / "Development" / "Freeform"
    (trained / "205_1_Freeform_video.mp4").rename(trained / "205_2_Freeform_video.mp4")
    (developed / "205_2_Freeform_video.mp4").rename(developed / "205_1_Freeform_video.mp4")

    # when
    records = edition2014.load(tmp_path)

    # then
    found = {record.path.parent.parent.name: record for record in records if record.person == "205"}
    assert (found["Training"].session, found["Training"].label) == ("205_1", 44.0)
    assert (found["Development"].session, found["Development"].label) == ("205_2", 40.0)


def test_without_test_labels_the_other_partitions_can_be_read(tmp_path: Path) -> None:
    avec2014(tmp_path, {**SESSIONS, "Testing": {}})

    records = edition2014.load(tmp_path, (Partition.TRAIN, Partition.DEVELOPMENT))

    assert len(records) == 10
    with pytest.raises(DataMissing, match="AVEC2014_Labels_Testset/Testing/DepressionLabels"):
        edition2014.load(tmp_path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match="nowhere is not a folder"):
        edition2014.load(tmp_path / "nowhere")


def test_a_task_that_was_not_unpacked_is_named(tmp_path: Path) -> None:
    avec2014(tmp_path, SESSIONS)
    (tmp_path / "Development" / "Northwind").rename(tmp_path / "elsewhere")

    with pytest.raises(DataMissing, match="lacks the folder Development/Northwind"):
        edition2014.load(tmp_path)


def test_a_label_without_its_video_is_named(tmp_path: Path) -> None:
    avec2014(tmp_path, SESSIONS)
    (tmp_path / "Training/Freeform/204_1_Freeform_video.mp4").unlink()

    with pytest.raises(DataMissing, match=r"Training/Freeform lacks 204_1_Freeform_video\.mp4"):
        edition2014.load(tmp_path)


def test_a_video_without_its_label_is_named(tmp_path: Path) -> None:
    avec2014(tmp_path, SESSIONS)
    (tmp_path / "Training_DepressionLabels/204_1_Depression.csv").unlink()

    with pytest.raises(DataMissing, match=r"204_1_Freeform_video\.mp4 has no label file 204_1"):
        edition2014.load(tmp_path)


@pytest.mark.parametrize("text", ["64", "-1", "12.5", "nan", "inf", "", "twelve", "3,4"])
def test_a_label_that_is_no_bdi_total_is_refused_with_its_file(tmp_path: Path, text: str) -> None:
    avec2013(tmp_path, SESSIONS)
    touch(tmp_path / "Development_DepressionLabels/206_1_Depression.csv", text)

    with pytest.raises(LabelInvalid, match="206_1_Depression"):
        edition2013.load(tmp_path)


def test_a_label_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    avec2013(tmp_path, SESSIONS)
    touch(tmp_path / "Training_DepressionLabels/203_1_Depression.csv", b"\xff\xfe\x00\x9f")

    with pytest.raises(LabelInvalid, match="is not text"):
        edition2013.load(tmp_path)


def test_a_session_in_two_partitions_is_refused(tmp_path: Path) -> None:
    avec2013(tmp_path, {**SESSIONS, "Testing": {"203_1": "3"}})

    with pytest.raises(PersonInTwoSplits, match="session 203_1 is in train and in test"):
        edition2013.load(tmp_path)


def test_a_video_with_a_foreign_name_is_refused(tmp_path: Path) -> None:
    avec2013(tmp_path, SESSIONS)
    touch(tmp_path / "Training" / "holiday_cut_combined.mp4")

    with pytest.raises(
        DataMissing, match=r"holiday_cut_combined\.mp4 is not named after a session"
    ):
        edition2013.load(tmp_path)
