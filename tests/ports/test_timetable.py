"""Deadlines and retention."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from adapters.memory import MemoryRecords
from adapters.memory_timetable import MemoryTimetable
from adapters.redis_records import RedisRecords
from adapters.redis_store import connect
from adapters.redis_timetable import RedisTimetable
from assessment.assessment import Assessment, Outcome, Status
from assessment.faults import Gone
from assessment.ports import Records
from assessment.timetable import Timetable
from tests.conftest import Watch
from tests.ports import redis_time
from tests.samples import NOON, an_assessment, an_id

SOON = timedelta(seconds=30)


@dataclass(frozen=True)
class Hall:
    """Records, their timetable, and a way to let time pass."""

    records: Records
    timetable: Timetable
    watch: Watch
    go_on: Callable[[float], None]

    def add(self, number: int = 1, **fields: Any) -> Assessment:
        one = replace(an_assessment(number), **fields)
        self.records.add(one, look_again_s=30)
        return one

    def move(self, one: Assessment, status: Status, outcome: Outcome | None = None) -> Assessment:
        moved = one.to(status, at=self.watch(), outcome=outcome)
        self.records.save(moved, was=one, look_again_s=30)
        return moved


@pytest.fixture(params=["memory", "redis"])
def hall(request: pytest.FixtureRequest, watch: Watch) -> Hall:
    if request.param == "memory":
        records = MemoryRecords(watch)
        return Hall(records, MemoryTimetable(records), watch, watch.go_on)
    client = connect(request.getfixturevalue("redis_url"))
    client.flushdb()
    return Hall(
        RedisRecords(client), RedisTimetable(client), watch, partial(redis_time.go_on, client)
    )


def test_the_new_times_come_back_as_they_were(hall: Hall):
    added = hall.add(expires_at=NOON + timedelta(hours=1), erase_after_s=3600)
    assert hall.records.get(added.id) == added

    ended = hall.move(added, Status.CANCELED)

    assert hall.records.get(added.id) == ended
    assert ended.erase_at == NOON + timedelta(hours=1)


def test_a_queued_assessment_is_overdue_at_its_deadline_and_not_before(hall: Hall):
    hall.add(1, expires_at=NOON + SOON)
    hall.add(2)
    assert list(hall.timetable.overdue(10)) == []

    hall.go_on(31)

    assert list(hall.timetable.overdue(10)) == [an_id(1)]


def test_one_that_a_worker_keeps_renewing_is_overdue_all_the_same(hall: Hall):
    running = hall.move(hall.add(expires_at=NOON + SOON), Status.PROCESSING)
    hall.go_on(31)

    hall.records.renew(running, running.progress, lease_s=300)

    assert list(hall.timetable.overdue(10)) == [running.id]
    assert list(hall.records.due(10)) == []


def test_one_that_ended_in_time_is_never_overdue(hall: Hall):
    running = hall.move(hall.add(expires_at=NOON + SOON), Status.PROCESSING)
    hall.move(running, Status.SUCCEEDED, Outcome.REPORTED)

    hall.go_on(31)

    assert list(hall.timetable.overdue(10)) == []


def test_an_ended_assessment_is_outlived_after_its_own_time(hall: Hall):
    hall.move(hall.add(1, erase_after_s=0), Status.CANCELED)
    hall.move(hall.add(2, erase_after_s=60), Status.CANCELED)
    hall.move(hall.add(3), Status.CANCELED)
    hall.add(4, erase_after_s=0)

    hall.go_on(0.1)

    assert list(hall.timetable.outlived(10)) == [an_id(1)]


def test_what_is_kept_can_be_kept_for_less_and_never_for_longer(hall: Hall):
    hall.move(hall.add(1, erase_after_s=60), Status.CANCELED)
    hall.move(hall.add(2), Status.CANCELED)
    hall.move(hall.add(3, erase_after_s=0), Status.CANCELED)

    hall.timetable.keep_at_most(an_id(1), 0.0)
    hall.timetable.keep_at_most(an_id(2), 0.0)
    hall.timetable.keep_at_most(an_id(3), 60.0)
    hall.timetable.keep_at_most(an_id(9), 0.0)
    hall.go_on(0.1)

    assert sorted(hall.timetable.outlived(10)) == [an_id(1), an_id(2), an_id(3)]


def test_what_was_erased_is_in_no_table(hall: Hall):
    hall.records.erase(hall.add(1, expires_at=NOON))
    hall.records.erase(hall.move(hall.add(2, erase_after_s=0), Status.CANCELED))

    hall.go_on(0.1)

    assert list(hall.timetable.overdue(10)) == []
    assert list(hall.timetable.outlived(10)) == []


def test_when_the_recording_was_erased_is_noted_once_and_outlasts_every_step(hall: Hall):
    running = hall.move(hall.add(), Status.PROCESSING)

    hall.records.note_erased(running.id, at=NOON)
    hall.records.note_erased(running.id, at=NOON + SOON)
    ended = hall.move(running, Status.SUCCEEDED, Outcome.REPORTED)

    assert hall.records.get(ended.id) == replace(ended, recording_erased_at=NOON)


def test_nothing_is_noted_of_an_assessment_that_is_gone(hall: Hall):
    one = hall.add()
    hall.records.erase(one)

    hall.records.note_erased(one.id, at=NOON)

    with pytest.raises(Gone):
        hall.records.get(one.id)
