from dataclasses import dataclass, field
from pathlib import Path

import pytest

from adapters.blobs import FolderBlobs
from adapters.memory import MemoryQueue, MemoryRecords
from assessment.assessment import Assessment, AssessmentId, Status
from assessment.faults import NewerDocument
from tests.conftest import Watch
from tests.samples import an_assessment, an_id
from worker.orphans import ORPHAN_S
from worker.sweeper import Sweeper


@dataclass
class Floor:
    """What a sweeper sweeps."""

    folder: Path
    watch: Watch
    queue: MemoryQueue = field(default_factory=MemoryQueue)
    uploads_looked_at: int = 0

    def __post_init__(self) -> None:
        self.records, self.blobs = MemoryRecords(self.watch), FolderBlobs(self.folder)
        self.blobs.prepare()
        self.sweeper = Sweeper(
            records=self.records,
            blobs=self.blobs,
            queue=self.queue,
            clock=self.watch,
            requeue_s=30,
            max_crashes=3,
            clear_staging=lambda: self.blobs.clear_staging(older_than_s=ORPHAN_S),
            erase_uploads=self.erase_uploads,
        )

    def erase_uploads(self) -> int:
        self.uploads_looked_at += 1
        return 0

    def add(self) -> Assessment:
        assessment = an_assessment()
        self.records.add(assessment, look_again_s=30)
        self.blobs.put(assessment.id, "video", b"pictures")
        return assessment

    def claim(self) -> Assessment:
        waiting = self.records.get(an_id())
        claimed = waiting.to(Status.PROCESSING, at=self.watch())
        self.records.save(claimed, was=waiting, look_again_s=30)
        return claimed


@pytest.fixture
def floor(tmp_path: Path, watch: Watch) -> Floor:
    return Floor(tmp_path, watch)


def sweep_after(floor: Floor, seconds: float) -> list[AssessmentId]:
    floor.watch.go_on(seconds)
    floor.queue.submitted.clear()
    floor.sweeper.sweep()
    return floor.queue.submitted


def test_a_lost_message_is_sent_again_when_its_time_has_come_and_not_before(floor: Floor):
    waiting = floor.add()

    assert sweep_after(floor, 29) == []
    assert sweep_after(floor, 2) == [waiting.id]
    assert sweep_after(floor, 1) == []


def test_an_assessment_of_a_dead_worker_waits_again_and_counts_the_crash(floor: Floor):
    floor.add()
    floor.claim()

    submitted = sweep_after(floor, 31)

    assert submitted == [an_id()]
    assert floor.records.get(an_id()).status is Status.QUEUED
    assert floor.records.get(an_id()).crashes == 1


def test_a_renewed_lease_is_left_alone(floor: Floor):
    floor.add()
    claimed = floor.claim()
    floor.watch.go_on(29)
    floor.records.renew(claimed, claimed.progress, lease_s=30)

    assert sweep_after(floor, 5) == []
    assert floor.records.get(an_id()).status is Status.PROCESSING


def test_a_backlog_does_not_multiply_its_messages(floor: Floor):
    floor.add()

    sent = sum(len(sweep_after(floor, 1)) for _ in range(1800))

    assert sent <= 8


def test_a_lease_that_was_renewed_while_the_sweeper_looked_is_not_taken_away(floor: Floor):
    floor.add()
    claimed = floor.claim()
    floor.watch.go_on(31)
    records = floor.records

    class RenewedMeanwhile(MemoryRecords):
        def get(self, assessment_id: AssessmentId) -> Assessment:
            records.renew(claimed, claimed.progress, lease_s=30)
            return records.get(assessment_id)

    late = RenewedMeanwhile(floor.watch, stored=records.stored, watch=records.watch)
    object.__setattr__(floor.sweeper, "records", late)
    floor.sweeper.sweep()

    assert records.get(an_id()).status is Status.PROCESSING


def test_an_assessment_that_ended_while_the_sweeper_looked_is_left_alone(floor: Floor):
    floor.add()
    claimed = floor.claim()
    ended = claimed.to(Status.FAILED, at=floor.watch(), fault="undecodable")
    floor.records.stored[ended.id] = ended
    floor.records.watch[ended.id] = 0.0

    floor.sweeper.sweep()

    assert floor.records.get(an_id()) == ended


def test_a_strange_file_among_the_blobs_is_left_alone(floor: Floor):
    (floor.blobs.root / "blobs" / "lost+found").mkdir()

    floor.sweeper.erase_leftovers()

    assert floor.blobs.stored() == []


def test_what_kills_every_worker_is_given_up_and_told(floor: Floor):
    floor.add()
    for _ in range(3):
        floor.claim()
        sweep_after(floor, 31)

    ended = floor.records.get(an_id())
    assert (ended.status, ended.fault) == (Status.FAILED, "worker_crashed")
    assert len(floor.records.outbox.events) == 1


def test_a_recording_that_outlived_its_assessment_is_erased(floor: Floor):
    floor.add()
    claimed = floor.claim()
    ended = claimed.to(Status.FAILED, at=floor.watch(), fault="undecodable")
    floor.records.save(ended, was=claimed, look_again_s=30)

    floor.sweeper.erase_leftovers()

    assert floor.blobs.path(an_id(), "video") is None


def test_a_waiting_recording_is_not_erased(floor: Floor):
    floor.add()

    floor.sweeper.erase_leftovers()

    assert floor.blobs.path(an_id(), "video") is not None


def test_blobs_of_a_deleted_assessment_are_erased(floor: Floor):
    floor.records.erase(floor.add())

    floor.sweeper.erase_leftovers()

    assert floor.blobs.stored() == []


def test_blobs_without_a_record_are_kept_for_an_hour_because_the_record_comes_second(floor: Floor):
    floor.blobs.put(an_id(9), "video", b"pictures")

    floor.sweeper.erase_leftovers()

    assert floor.blobs.stored() == [an_id(9)]


def test_uploads_that_nobody_used_are_looked_for_with_the_other_leftovers(floor: Floor):
    floor.sweeper.erase_leftovers()

    assert floor.uploads_looked_at == 1


def test_a_record_that_cannot_be_read_keeps_no_other_from_its_turn(
    floor: Floor, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    waiting = floor.add()
    damaged, read = an_id(2), floor.records.get
    monkeypatch.setattr(floor.records, "due", lambda _most: [damaged, waiting.id])

    def get(assessment_id: AssessmentId) -> Assessment:
        if assessment_id == damaged:
            raise KeyError("Anna Muster")
        return read(assessment_id)

    monkeypatch.setattr(floor.records, "get", get)

    sent = sweep_after(floor, 30)

    assert waiting.id in sent
    assert damaged in caplog.text
    assert "Anna" not in caplog.text


@pytest.mark.parametrize("fault", [KeyError("Anna Muster"), NewerDocument()])
def test_a_record_that_cannot_be_read_keeps_no_leftovers_of_others(
    floor: Floor, monkeypatch: pytest.MonkeyPatch, fault: Exception
):
    floor.records.erase(floor.add())
    floor.blobs.put(an_id(2), "video", b"pictures")
    read, stored = floor.records.get, floor.blobs.stored()

    def get(assessment_id: AssessmentId) -> Assessment:
        if assessment_id == an_id(2):
            raise fault
        return read(assessment_id)

    monkeypatch.setattr(floor.records, "get", get)
    monkeypatch.setattr(FolderBlobs, "stored", lambda _: sorted(stored, reverse=True))

    floor.sweeper.erase_leftovers()

    assert not (floor.folder / "blobs" / an_id()).exists()
    assert floor.uploads_looked_at == 1
