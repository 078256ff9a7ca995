"""Deadlines and retention, held by the sweeper."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.blobs import FolderBlobs
from adapters.memory import MemoryRecords
from adapters.memory_timetable import MemoryTimetable
from assessment.assessment import Assessment, AssessmentId, Outcome, Status
from assessment.faults import Gone, NewerDocument, StoreUnavailable
from tests.conftest import Watch
from tests.samples import NOON, an_assessment, an_id
from worker.terms import Terms

DAY_S = 86_400
MADE = ("request.json", "video", "measurement.json", "result.1.json", "timeline.1.jsonl")


@dataclass
class Floor:
    """Assessments, and what holds them to their terms."""

    folder: Path
    watch: Watch
    ttl_s: int = 7 * DAY_S

    def __post_init__(self) -> None:
        self.records, self.blobs = MemoryRecords(self.watch), FolderBlobs(self.folder)
        self.blobs.prepare()
        self.restart(self.ttl_s)

    def restart(self, ttl_s: int) -> None:
        """Build everything but the data anew, with another limit."""
        self.terms = Terms(
            records=self.records,
            blobs=self.blobs,
            timetable=MemoryTimetable(self.records),
            clock=self.watch,
            result_ttl_s=ttl_s,
        )

    def add(self, number: int = 1, made: Sequence[str] = MADE, **fields: Any) -> Assessment:
        one = replace(an_assessment(number), **fields)
        self.records.add(one, look_again_s=30)
        for name in made:
            self.blobs.put(one.id, name, b"faces")
        return one

    def move(self, one: Assessment, status: Status, **how: Any) -> Assessment:
        moved = one.to(status, at=self.watch(), **how)
        self.records.save(moved, was=one, look_again_s=30)
        return moved

    def succeed(self, one: Assessment) -> Assessment:
        running = self.move(one, Status.PROCESSING)
        return self.move(running, Status.SUCCEEDED, outcome=Outcome.REPORTED)

    def names(self, number: int = 1) -> set[str]:
        folder = self.folder / "blobs" / an_id(number)
        return {path.name for path in folder.iterdir()} if folder.exists() else set()

    def gone(self, number: int = 1) -> bool:
        try:
            self.records.get(an_id(number))
        except Gone:
            return True
        return False


@pytest.fixture
def floor(tmp_path: Path, watch: Watch) -> Floor:
    return Floor(tmp_path, watch)


def in_a_minute(watch: Watch) -> dict[str, Any]:
    return {"expires_at": watch() + timedelta(seconds=60)}


def test_what_waits_past_its_deadline_expires_is_told_and_loses_its_recording(floor: Floor):
    floor.add(made=("request.json", "video"), **in_a_minute(floor.watch))
    floor.watch.go_on(59)
    floor.terms.hold()
    assert floor.records.get(an_id()).status is Status.QUEUED

    floor.watch.go_on(1)
    floor.terms.hold()

    ended = floor.records.get(an_id())
    assert (ended.status, ended.fault) == (Status.EXPIRED, "deadline_passed")
    assert ended.ended_at == ended.recording_erased_at == NOON + timedelta(seconds=60)
    assert floor.names() == {"request.json"}
    assert len(floor.records.outbox.events) == 1


def test_what_a_worker_holds_past_its_deadline_expires_although_its_lease_is_good(floor: Floor):
    running = floor.move(floor.add(**in_a_minute(floor.watch)), Status.PROCESSING)
    floor.watch.go_on(61)
    floor.records.renew(running, running.progress, lease_s=30)

    floor.terms.hold()

    ended = floor.records.get(an_id())
    assert (ended.status, ended.crashes) == (Status.EXPIRED, 0)
    assert floor.names() == {"request.json"}


def test_what_ended_in_time_does_not_expire(floor: Floor):
    ended = floor.succeed(floor.add(**in_a_minute(floor.watch)))
    floor.watch.go_on(61)

    floor.terms.hold()

    assert floor.records.get(an_id()) == ended


def test_one_that_ends_while_it_is_looked_at_keeps_its_end_and_the_rest_is_done(floor: Floor):
    first, second = (floor.add(number, **in_a_minute(floor.watch)) for number in (1, 2))
    floor.watch.go_on(61)
    records = floor.records

    class EndsMeanwhile(MemoryRecords):
        def get(self, assessment_id: AssessmentId) -> Assessment:
            found = records.get(assessment_id)
            if assessment_id == first.id and not found.status.final:
                floor.succeed(found)
            return found

    late = EndsMeanwhile(floor.watch, stored=records.stored, watch=records.watch)
    object.__setattr__(floor.terms, "records", late)
    floor.terms.hold()

    assert records.get(first.id).status is Status.SUCCEEDED
    assert records.get(second.id).status is Status.EXPIRED


def test_what_was_kept_for_its_time_is_erased_and_gone(floor: Floor):
    floor.succeed(floor.add(1, erase_after_s=60))
    floor.succeed(floor.add(2, erase_after_s=120))
    floor.watch.go_on(60)

    floor.terms.hold()

    assert floor.gone(1)
    assert floor.names(1) == set()
    assert not floor.gone(2)
    assert floor.names(2) == set(MADE)


class StopsBetween(MemoryRecords):
    """Records of a process that dies before it can erase one."""

    def erase(self, assessment: Assessment) -> None:
        raise StoreUnavailable("killed")


def test_a_sweeper_that_dies_between_blobs_and_record_leaves_work_for_the_next(floor: Floor):
    floor.succeed(floor.add(erase_after_s=60))
    floor.watch.go_on(60)
    dying = StopsBetween(floor.watch, stored=floor.records.stored)
    object.__setattr__(floor.terms, "records", dying)
    with pytest.raises(StoreUnavailable):
        floor.terms.hold()
    assert floor.names() == set()
    assert not floor.gone()

    floor.restart(floor.ttl_s)
    floor.terms.hold()

    assert floor.gone()


def test_a_lower_limit_holds_for_what_ended_before_it_too(floor: Floor):
    floor.succeed(floor.add(1, erase_after_s=7 * DAY_S))
    floor.succeed(floor.add(2))
    floor.add(3, erase_after_s=7 * DAY_S)
    floor.watch.go_on(2 * DAY_S)

    floor.restart(DAY_S)
    floor.terms.catch_up()
    floor.terms.hold()

    assert floor.gone(1)
    assert floor.gone(2)
    assert not floor.gone(3)


def test_a_higher_limit_lets_nothing_live_longer_than_it_was_promised(floor: Floor):
    floor.succeed(floor.add(erase_after_s=DAY_S))
    floor.restart(30 * DAY_S)
    floor.terms.catch_up()

    floor.watch.go_on(DAY_S)
    floor.terms.hold()

    assert floor.gone()


@pytest.mark.parametrize("fault", [KeyError("Anna Muster"), NewerDocument()])
def test_records_that_cannot_be_read_hold_no_other_beyond_its_terms(
    floor: Floor,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    fault: Exception,
):
    # Given three pairs, of each of which the first cannot be read:
    waiting = [floor.add(number, **in_a_minute(floor.watch)).id for number in (1, 2)]
    ended = [floor.succeed(floor.add(number, erase_after_s=60)).id for number in (3, 4)]
    before = [floor.succeed(floor.add(number)).id for number in (5, 6)]
    read, unreadable = floor.records.get, {waiting[0], ended[0], before[0]}

    def get(assessment_id: AssessmentId) -> Assessment:
        if assessment_id in unreadable:
            raise fault
        return read(assessment_id)

    monkeypatch.setattr(floor.records, "get", get)
    floor.watch.go_on(2 * DAY_S)
    floor.restart(DAY_S)

    # when they are held to their terms,
    floor.terms.catch_up()
    floor.terms.hold()

    # then the others are, and the first ones are left as they are.
    assert read(waiting[1]).status is Status.EXPIRED
    assert [floor.gone(number) for number in (4, 6)] == [True, True]
    assert floor.names(3) == set(MADE)
    assert "Anna" not in caplog.text
