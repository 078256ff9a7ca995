"""The work that waits, by both implementations."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest

from adapters.memory import MemoryRecords
from adapters.memory_backlog import MemoryBacklog
from adapters.redis_backlog import LENGTHS, RedisBacklog
from adapters.redis_deliveries import RedisDeliveries
from adapters.redis_records import RedisOutbox, RedisRecords
from adapters.redis_store import connect
from assessment.assessment import Assessment, Outcome, Status
from assessment.backlog import Backlog, Heap
from assessment.deliveries import Deliveries, Message
from assessment.ports import Outbox, Records
from tests.conftest import Watch
from tests.ports import redis_time
from tests.samples import an_assessment

ENDED = (Status.SUCCEEDED, Outcome.REPORTED)


@dataclass(frozen=True)
class Yard:
    """The backlog, and what fills it."""

    records: Records
    outbox: Outbox
    deliveries: Deliveries
    backlog: Backlog
    watch: Watch
    go_on: Callable[[float], None]

    def add(self, number: int, video_s: float | None = None, **fields: Any) -> Assessment:
        one = replace(an_assessment(number), **fields)
        self.records.add(one, look_again_s=30)
        if video_s is not None:
            self.backlog.announce(one.id, video_s)
        return one

    def move(self, one: Assessment, *to: Any) -> Assessment:
        moved = one.to(to[0], at=self.watch(), outcome=to[1] if len(to) > 1 else None)
        self.records.save(moved, was=one, look_again_s=30)
        return moved


@pytest.fixture(params=["memory", "redis"])
def yard(request: pytest.FixtureRequest, watch: Watch) -> Yard:
    if request.param == "memory":
        records = MemoryRecords(watch)
        backlog = MemoryBacklog(records)
        return Yard(records, records.outbox, records.deliveries, backlog, watch, watch.go_on)
    client = connect(request.getfixturevalue("redis_url"))
    client.flushdb()
    ports = RedisRecords(client), RedisOutbox(client), RedisDeliveries(client)
    go_on = partial(redis_time.go_on, client)
    return Yard(*ports, RedisBacklog(client), watch, go_on)


def test_without_work_everything_is_nought(yard: Yard):
    work = yard.backlog.look()

    assert work.heaps == {Status.QUEUED: Heap(), Status.PROCESSING: Heap()}
    assert (work.outbox.count, work.deliveries.count, work.erasures.count) == (0, 0, 0)


def test_video_is_summed_by_status_and_the_unknown_is_counted(yard: Yard):
    yard.add(1, 60.5)
    yard.add(2, 30)
    yard.add(3)
    yard.move(yard.add(4, 7.25), Status.PROCESSING)

    heaps = yard.backlog.look().heaps

    assert heaps[Status.QUEUED] == Heap(assessments=3, announced=2, video_s=90.5)
    assert heaps[Status.QUEUED].unannounced == 1
    assert heaps[Status.PROCESSING] == Heap(assessments=1, announced=1, video_s=7.25)


def test_what_has_ended_counts_no_more(yard: Yard):
    yard.move(yard.move(yard.add(1, 60), Status.PROCESSING), *ENDED)

    assert yard.backlog.look().heaps[Status.PROCESSING] == Heap()


def test_an_ending_ages_until_it_is_told_whoever_holds_it(yard: Yard):
    yard.move(yard.add(1), Status.CANCELED)
    yard.go_on(20)

    taken = yard.outbox.take(lease_s=60)
    held = yard.backlog.look().outbox

    assert held.count == 1
    assert 20 <= held.oldest_s < 80
    assert taken is not None
    yard.outbox.close(taken)
    assert yard.backlog.look().outbox.count == 0


def test_a_delivery_is_late_until_it_is_tried(yard: Yard):
    one = yard.add(1)
    message = Message(
        id=f"evt_{'0' * 32}_ended",
        tenant=one.tenant,
        assessment_id=one.id,
        type="assessment.succeeded",
        target="callback",
        sequence=1,
    )
    yard.deliveries.add(message)
    yard.go_on(20)

    late = yard.backlog.look().deliveries

    assert late.count == 1
    assert 20 <= late.oldest_s < 80
    yard.deliveries.take(lease_s=60)
    assert yard.backlog.look().deliveries.count == 0


def test_what_was_kept_for_its_time_is_late_from_then_on(yard: Yard):
    yard.move(yard.add(1, erase_after_s=0), Status.CANCELED)
    yard.move(yard.add(2, erase_after_s=3600), Status.CANCELED)
    yard.go_on(20)

    late = yard.backlog.look().erasures

    assert late.count == 1
    assert 20 <= late.oldest_s < 80


def test_looking_forgets_the_lengths_of_what_has_ended(redis_url: str, watch: Watch):
    client = connect(redis_url)
    client.flushdb()
    records, backlog = RedisRecords(client), RedisBacklog(client)
    ended, waiting = an_assessment(1), an_assessment(2)
    for one in (ended, waiting):
        records.add(one, look_again_s=30)
        backlog.announce(one.id, 60)
    records.save(ended.to(Status.CANCELED, at=watch()), was=ended, look_again_s=0)

    backlog.look()

    assert client.hkeys(LENGTHS) == [waiting.id]


def test_an_ending_written_by_the_version_before_has_an_age_too(redis_url: str):
    client = connect(redis_url)
    client.flushdb()
    client.zadd("mien:outbox", {"evt_1": 1.0})
    client.hset("mien:event:evt_1", mapping={"assessment": "asm_1", "sequence": 1})

    late = RedisBacklog(client).look().outbox

    assert late.count == 1
    assert late.oldest_s > 1e9
