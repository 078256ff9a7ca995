"""Faces of recordings, sequences and events are cropped by the worker's own code."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assessment.ledger import Verdict
from assessment.thresholds import Thresholds
from tests.media.portraits import astronaut
from tests.media.recordings import number_of, record
from tests.unit.training.datasets.layouts import picture, touch
from tests.unit.training.painted import SETTINGS, PaintedFaces, crop_into, recordings
from training.crops import main
from training.crops_cache import CropCache
from training.crops_looking import CropSettings
from training.datasets.recording import Event
from training.datasets.recording import Sequence as PictureSequence
from training.faults import (
    DataFault,
    DataMissing,
    NothingUsable,
    PictureUnreadable,
    TableInvalid,
)

ROOT = Path(__file__).parents[3]
DETECTOR = ROOT / "weights" / "detector.onnx"


def test_every_nth_frame_becomes_a_crop_with_its_time(tmp_path: Path) -> None:
    # given
    records = recordings(tmp_path / "data", count=1, frames=7)

    # when
    cache, noted, _ = crop_into(tmp_path / "out", tmp_path / "data", records)

    # then
    faces, facts = cache.faces(records[0].path), cache.facts(records[0].path)
    assert faces.shape == (4, 64, 64, 3)
    assert faces.dtype == np.uint8
    assert [number_of(np.asarray(face)) for face in faces] == [0, 2, 4, 6]
    assert facts is not None
    assert facts["frames"] == [0, 2, 4, 6]
    assert facts["times_ms"] == [0, 80, 160, 240]
    assert facts["verdicts"] == {"used": 4}
    assert noted.shown == 1


def test_a_record_without_a_face_is_told_and_passed_over_once(tmp_path: Path) -> None:
    # given
    records = recordings(tmp_path / "data", count=1)
    blank = tmp_path / "data" / "Training" / "blank.mp4"
    record(blank, [np.full((240, 320, 3), 20 + 8 * 25, np.uint8)] * 4)
    records.append(replace(records[0], path=blank))

    # when
    faces = PaintedFaces(hidden=frozenset({25}))
    cache, noted, first = crop_into(tmp_path / "out", tmp_path / "data", records, faces)
    *_, second = crop_into(tmp_path / "out", tmp_path / "data", records)

    # then
    assert first == [2, 0, 5]
    assert second == [0, 2, 0]
    assert cache.used(blank) == 0
    assert noted.lines == ["passed over Training/blank.mp4: no usable face (no_face 2)"]


def test_records_without_any_face_at_all_are_refused(tmp_path: Path) -> None:
    records = recordings(tmp_path / "data")

    with pytest.raises(NothingUsable, match="none of 3 records"):
        crop_into(
            tmp_path / "out", tmp_path / "data", records, PaintedFaces(hidden=frozenset(range(26)))
        )


def test_of_a_sequence_the_peak_is_cropped_and_of_an_event_onset_and_apex(tmp_path: Path) -> None:
    # given
    pictures = tuple(
        picture(tmp_path / f"{kind}/{n:02d}.png", 20 + 8 * n, (320, 240))
        for kind in ("S005", "EP02")
        for n in range(6)
    )
    sequence = PictureSequence(pictures[:6], "S005", "001", 2)
    event = Event(pictures[6:], "sub01", "EP02", 2, True, "disgust", 0, 200.0)

    # when
    cache, *_ = crop_into(tmp_path / "out", tmp_path, [sequence, event])

    # then
    numbers = [
        [number_of(np.asarray(face)) for face in cache.faces(tmp_path / kind)]
        for kind in ("S005", "EP02")
    ]
    assert numbers == [[3, 4, 5], [0, 2]]


def test_a_picture_that_is_none_is_named(tmp_path: Path) -> None:
    sequence = PictureSequence((touch(tmp_path / "S1" / "1.png", b"no picture"),), "S1", "1", 0)

    with pytest.raises(PictureUnreadable, match=r"S1/1\.png is not a readable picture"):
        crop_into(tmp_path / "out", tmp_path, [sequence])


def test_two_records_of_one_source_are_refused(tmp_path: Path) -> None:
    (one,) = recordings(tmp_path / "data", count=1)

    with pytest.raises(TableInvalid, match="is named 2 times"):
        crop_into(tmp_path / "out", tmp_path / "data", [one, one])


def test_settings_that_make_no_crop_are_refused() -> None:
    with pytest.raises(DataFault, match=r"side is 32\.\.224, not 300"):
        replace(SETTINGS, side=300)
    with pytest.raises(DataFault, match="every 0 frames"):
        replace(SETTINGS, every_n_frames=0)
    with pytest.raises(DataMissing, match="no face detector"):
        CropSettings.of(64, 1, Path("nowhere.onnx"))


def test_any_setting_changes_the_digest() -> None:
    others = [
        replace(SETTINGS, side=32),
        replace(SETTINGS, every_n_frames=3),
        replace(SETTINGS, detector_sha256="1" * 64),
        replace(SETTINGS, thresholds=Thresholds()),
    ]

    assert len({SETTINGS.digest, *(other.digest for other in others)}) == 5


def test_the_command_says_in_one_line_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--dataset", "avec2014", "--folder", str(tmp_path), "--out", str(tmp_path / "out")]

    status = main(arguments)

    assert status == 1
    assert "lacks the folder Training_DepressionLabels" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.stack
def test_the_command_crops_a_real_face_as_the_worker_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # given
    if not DETECTOR.exists():
        pytest.skip("no weights/detector.onnx: run `make weights`")
    for part in ("Train_AFEW", "Val_AFEW"):
        path = touch(tmp_path / "afew" / part / "Happy" / f"{part}.mp4")
        record(path, [astronaut()] * 6)

    # when
    arguments = ["--dataset", "afew", "--folder", str(tmp_path / "afew"), "--side", "112"]
    status = main([*arguments, "--out", str(tmp_path / "out")])

    # then
    assert status == 0
    assert "afew: 2 cropped, 0 already done" in capsys.readouterr().out
    cache = CropCache(tmp_path / "out", tmp_path / "afew")
    faces = cache.faces(tmp_path / "afew/Train_AFEW/Happy/Train_AFEW.mp4")
    facts = cache.facts(tmp_path / "afew/Train_AFEW/Happy/Train_AFEW.mp4")
    assert faces.shape == (2, 112, 112, 3)
    assert faces.mean() > 60
    assert facts is not None
    assert facts["verdicts"] == {Verdict.USED.value: 2}
