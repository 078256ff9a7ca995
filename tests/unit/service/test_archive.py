"""An assessment as it stands while a worker takes it: nothing said contradicts itself."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.blobs import FolderBlobs
from adapters.memory import MemoryRecords
from assessment.assessment import Status
from service.archive import Archive
from tests.conftest import Watch
from tests.samples import an_assessment


@pytest.fixture
def records(watch: Watch) -> MemoryRecords:
    return MemoryRecords(watch)


@pytest.fixture
def archive(records: MemoryRecords, watch: Watch, tmp_path: Path) -> Archive:
    blobs = FolderBlobs(tmp_path)
    blobs.prepare()
    return Archive(records, blobs, watch, lambda _: None)


def test_one_that_began_right_after_it_was_accepted_had_nobody_ahead(
    archive: Archive, records: MemoryRecords, watch: Watch
):
    # given an answer to a create that is about to be made, while a worker is quick
    accepted = an_assessment()
    records.add(accepted, look_again_s=5, reference=None)
    claimed = accepted.to(Status.PROCESSING, at=watch())
    records.save(claimed, was=accepted, look_again_s=5)

    # then what was accepted is queued as the next one, and what began has no place
    assert archive.view(accepted).queue_position == 0
    assert archive.view(claimed).queue_position is None


def test_one_that_waits_tells_how_many_are_ahead(archive: Archive, records: MemoryRecords):
    first, later = an_assessment(1), an_assessment(2)
    second = replace(later, created_at=later.created_at + timedelta(seconds=1))
    for one in (first, second):
        records.add(one, look_again_s=5, reference=None)

    assert [archive.view(one).queue_position for one in (first, second)] == [0, 1]
