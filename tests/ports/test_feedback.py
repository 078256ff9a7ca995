"""Feedback: in memory, and in the data folder."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.feedback_files import FOLDER, FolderFeedback
from adapters.memory_feedback import MemoryFeedback
from assessment.assessment import AssessmentId, Tenant
from assessment.feedback import Feedback, FeedbackStore, Instrument, Reported
from tests.conftest import NOON
from tests.samples import an_id

SAID = Reported(
    model="hmhn",
    version="1",
    sha256="0" * 64,
    demonstration=True,
    point=18.25,
    low=9.0,
    high=27.5,
    level=0.9,
)
BDI = Feedback(
    assessment_id=an_id(1),
    tenant=Tenant("clinic"),
    instrument=Instrument.BDI_II,
    total=21,
    obtained_at=NOON - timedelta(days=2),
    received_at=NOON,
    assessed_at=NOON - timedelta(hours=1),
    reported=(SAID, replace(SAID, model="ddl_resnet50", low=None, high=None, level=None)),
)
PHQ = replace(BDI, instrument=Instrument.PHQ_9, total=12)


@pytest.fixture(params=["memory", "folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FeedbackStore:
    return MemoryFeedback() if request.param == "memory" else FolderFeedback(tmp_path)


def test_feedback_comes_back_as_it_was(store: FeedbackStore):
    assert store.put(BDI)
    assert store.put(PHQ)

    assert list(store.of(BDI.assessment_id)) == [BDI, PHQ]
    assert store.of(an_id(2)) == []


def test_a_second_total_of_an_instrument_takes_the_place_of_the_first(store: FeedbackStore):
    store.put(BDI)

    assert not store.put(replace(BDI, total=23))

    assert [one.total for one in store.of(BDI.assessment_id)] == [23]


def test_erasing_takes_everything_of_one_assessment_and_nothing_else(store: FeedbackStore):
    other = replace(BDI, assessment_id=an_id(2))
    for one in (BDI, PHQ, other):
        store.put(one)

    assert store.erase(BDI.assessment_id)

    assert list(store.all()) == [other]
    assert not store.erase(BDI.assessment_id)


def test_one_can_be_removed_alone_and_twice(store: FeedbackStore):
    store.put(BDI)
    store.put(PHQ)

    store.remove(BDI)
    store.remove(BDI)

    assert list(store.all()) == [PHQ]


def test_a_store_that_was_never_used_is_empty(store: FeedbackStore):
    assert list(store.all()) == []
    assert store.of(an_id(1)) == []
    assert not store.erase(an_id(1))


def test_only_its_owner_may_read_a_file_and_nothing_is_left_beside_it(tmp_path: Path):
    FolderFeedback(tmp_path).put(BDI)

    [file] = (tmp_path / FOLDER).iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert list((tmp_path / "staging").iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"[" * 100_000, b"[]", b'{"total": 1}', b"\xff"])
def test_a_damaged_file_is_left_out_and_hides_no_other(tmp_path: Path, content: bytes):
    store, other = FolderFeedback(tmp_path), replace(BDI, assessment_id=an_id(2))
    store.put(BDI)
    store.put(other)
    (tmp_path / FOLDER / f"{BDI.assessment_id}.bdi_ii.json").write_bytes(content)

    assert list(store.all()) == [other]
    assert store.of(BDI.assessment_id) == []
    assert store.erase(BDI.assessment_id)


@pytest.mark.parametrize("name", ["..", "../../etc/x", "", "asm_x", "asm_" + "g" * 32])
def test_an_id_that_is_no_id_reaches_no_path(tmp_path: Path, name: str):
    store = FolderFeedback(tmp_path)

    for reach in (store.of, store.erase):
        with pytest.raises(ValueError, match="no id"):
            reach(AssessmentId(name))


def test_damaged_files_are_erased_by_their_age_and_sound_ones_are_not(tmp_path: Path):
    store, old = FolderFeedback(tmp_path), NOON.timestamp()
    store.put(BDI)
    folder = tmp_path / FOLDER
    damaged, recent = folder / f"{an_id(2)}.bdi_ii.json", folder / f"{an_id(3)}.bdi_ii.json"
    for path in (damaged, recent):
        path.write_bytes(b"{")
    for path, at in ((damaged, old), (recent, old + 1), (next(folder.glob(f"{an_id(1)}*")), old)):
        os.utime(path, (at, at))

    erased = store.erase_damaged(NOON)

    assert erased == 1
    assert not damaged.exists()
    assert recent.exists()
    assert list(store.of(BDI.assessment_id)) == [BDI]
