"""Crops and pictures as examples: the right label, person and unit in every row."""

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.media.recordings import counted, number_of, record
from tests.unit.training.datasets.layouts import picture
from tests.unit.training.painted import PaintedFaces, crop_into, recordings
from training.crops_cache import CropCache
from training.crops_examples import (
    by_session,
    examples_of,
    examples_of_events,
    examples_of_stills,
    rows_with,
)
from training.datasets.recording import Event, Partition, Recording, Still
from training.datasets.splits import Division, Protocol, folds_of
from training.faults import NothingUsable


def test_every_row_has_its_records_label_person_and_unit(tmp_path: Path) -> None:
    # given
    root, out = tmp_path / "data", tmp_path / "out"
    records = recordings(root, count=3, frames=4)
    blank = root / "Training" / "blank.mp4"
    record(blank, [np.full((240, 320, 3), 20 + 8 * 25, np.uint8)] * 2)
    records.insert(1, Recording(blank, "299", "299_1", "", Partition.TRAIN, 44.0))
    cache, *_ = crop_into(out, root, records, PaintedFaces(hidden=frozenset({25})))

    # when
    examples = examples_of(records, cache, severity=True)

    # then
    assert examples.units.tolist() == [0, 0, 2, 2, 3, 3]
    assert examples.labels.tolist() == [0.0, 0.0, 1.0, 1.0, 2.0, 2.0]
    assert examples.labels.dtype == np.float32
    assert examples.persons.tolist() == [0, 0, 1, 1, 2, 2]
    assert [number_of(face) for face in examples.inputs["faces"]] == [0, 2] * 3
    assert [row.session for row in rows_with(records, examples)][2] == "201_1"


def test_the_faces_are_mapped_from_disk_and_written_once(tmp_path: Path) -> None:
    root, out = tmp_path / "data", tmp_path / "out"
    records = recordings(root)
    cache, *_ = crop_into(out, root, records)

    first = examples_of(records, cache, severity=False)
    (stack,) = out.glob("faces-*.npy")
    written = stack.stat().st_mtime_ns
    second = examples_of(records, cache, severity=False)
    examples_of(records[:2], cache, severity=False)

    assert isinstance(first.inputs["faces"], np.memmap)
    assert stack.stat().st_mtime_ns == written
    assert len(list(out.glob("faces-*.npy"))) == 2
    assert np.array_equal(first.inputs["faces"], second.inputs["faces"])
    assert first.labels.dtype == np.int64
    batch = first.batch(np.array([4, 1]))
    assert batch["faces"].shape == (2, 64, 64, 3)
    assert batch["label"].tolist() == [1, 0]


def test_rows_can_be_divided_without_a_person_on_both_sides(tmp_path: Path) -> None:
    root = tmp_path / "data"
    records = recordings(root, count=3)
    cache, *_ = crop_into(tmp_path / "out", root, records)
    examples = examples_of(records, cache, severity=True)

    folds = folds_of(rows_with(records, examples), Division.ONE_PERSON_OUT, Protocol.HONEST)

    for fold in folds:
        train, test = examples.subset(fold.train), examples.subset(fold.test)
        assert not set(train.persons) & set(test.persons)


def test_the_two_tasks_of_a_session_can_be_scored_as_one(tmp_path: Path) -> None:
    path = tmp_path / "x"
    records = [
        Recording(path, session[:3], session, task, Partition.TEST, 1.0)
        for task in ("Freeform", "Northwind")
        for session in ("203_1", "204_1")
    ]

    sessions = by_session(records, np.array([0, 0, 1, 2, 3]))

    assert sessions.tolist() == [0, 0, 1, 0, 1]


def test_crops_that_were_never_made_are_asked_for(tmp_path: Path) -> None:
    records = recordings(tmp_path / "data", count=1)

    with pytest.raises(NothingUsable, match=r"run `python -m training\.crops`"):
        examples_of(records, CropCache(tmp_path / "out", tmp_path / "data"), severity=True)


def test_pictures_become_colour_faces_of_the_asked_size(tmp_path: Path) -> None:
    # given
    stills = [
        Still(
            f"row {n}", np.full((48, 48), 50 * n, np.uint8), f"p{n}", Partition.TRAIN, n, (n, 1 - n)
        )
        for n in range(2)
    ]

    # when
    examples = examples_of_stills(stills, 64, tmp_path)

    # then
    assert examples.inputs["faces"].shape == (2, 64, 64, 3)
    assert [int(face.mean()) for face in examples.inputs["faces"]] == [0, 50]
    assert examples.inputs["distribution"].tolist() == [[0.0, 1.0], [1.0, 0.0]]
    assert examples.labels.tolist() == [0, 1]
    assert examples.batch(np.array([1]))["distribution"].dtype == torch.float32


def test_other_pictures_are_not_taken_for_those_on_disk(tmp_path: Path) -> None:
    dark = [Still("a", np.zeros((48, 48), np.uint8), "p", None, 0)]
    bright = [Still("a", np.full((48, 48), 200, np.uint8), "p", None, 0)]

    examples_of_stills(dark, 48, tmp_path)
    examples = examples_of_stills(bright, 48, tmp_path)

    assert (examples.inputs["faces"] == 200).all()


def test_no_pictures_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NothingUsable, match="no pictures"):
        examples_of_stills([], 48, tmp_path)


def test_an_event_becomes_the_motion_from_onset_to_apex(tmp_path: Path) -> None:
    # given
    clip = tmp_path / "sub01"
    pictures = tuple(picture(clip / f"img{n}.png", 20 + 8 * n, (320, 240)) for n in range(3))
    event = Event(pictures, "sub01", "EP02", 2, True, "disgust", 1, 200.0)
    lonely = Event((pictures[0],), "sub02", "EP03", 0, False, "disgust", 1, 200.0)
    cache, *_ = crop_into(tmp_path / "out", tmp_path, [event])

    # when
    examples = examples_of_events([event], cache)

    # then
    assert examples.inputs["motion"].shape == (1, 28, 28, 3)
    assert examples.inputs["motion"].dtype == np.float32
    assert examples.labels.tolist() == [1]
    elsewhere = CropCache(tmp_path / "empty", tmp_path)
    with pytest.raises(NothingUsable, match="holds no event"):
        examples_of_events([lonely], elsewhere)


def test_frames_of_a_recording_come_in_the_order_of_time(tmp_path: Path) -> None:
    root = tmp_path / "data"
    records = recordings(root, count=1, frames=12)
    cache, *_ = crop_into(tmp_path / "out", root, records)

    examples = examples_of(records, cache, severity=True)

    expected = [number for number, _ in enumerate(counted(12)) if number % 2 == 0]
    assert [number_of(face) for face in examples.inputs["faces"]] == expected
