"""Many assessments at a glance, in memory and in Redis."""

from dataclasses import dataclass

import pytest

from adapters.memory import MemoryRecords
from adapters.memory_standings import MemoryStandings
from adapters.redis_records import RedisRecords
from adapters.redis_standings import RedisStandings
from adapters.redis_store import connect
from assessment.assessment import Assessment, Outcome, Progress, Stage, Status
from assessment.ports import Records
from assessment.standing import Standing, Standings
from tests.conftest import Watch
from tests.samples import NOON, an_assessment, an_id


@dataclass(frozen=True)
class Seen:
    records: Records
    standings: Standings

    def one(self, assessment: Assessment) -> Standing:
        return self.standings.look([assessment.id])[assessment.id]


@pytest.fixture(params=["memory", "redis"])
def seen(request: pytest.FixtureRequest, watch: Watch) -> Seen:
    if request.param == "memory":
        records = MemoryRecords(watch)
        return Seen(records, MemoryStandings(records))
    client = connect(request.getfixturevalue("redis_url"))
    client.flushdb()
    return Seen(RedisRecords(client), RedisStandings(client))


def claimed(seen: Seen) -> Assessment:
    waiting = an_assessment()
    seen.records.add(waiting, look_again_s=30)
    running = waiting.to(Status.PROCESSING, at=NOON)
    seen.records.save(running, was=waiting, look_again_s=30)
    return running


def test_what_waits_stands_in_the_queue(seen: Seen):
    seen.records.add(an_assessment(1), look_again_s=30)
    seen.records.add(an_assessment(2), look_again_s=30)

    found = seen.standings.look([an_id(1), an_id(2)])

    assert {one.status for one in found.values()} == {Status.QUEUED}
    assert all(one.queue_position is not None for one in found.values())
    assert found[an_id(1)].since == NOON


def test_progress_is_seen(seen: Seen):
    running = claimed(seen)
    seen.records.renew(running, Progress(Stage.SCORING, 40), lease_s=30)

    standing = seen.one(running)

    assert (standing.status, standing.attempt) == (Status.PROCESSING, 1)
    assert standing.progress == Progress(Stage.SCORING, 40)
    assert standing.queue_position is None


def test_the_end_is_seen_with_its_outcome(seen: Seen):
    running = claimed(seen)
    ended = running.to(Status.SUCCEEDED, at=NOON, outcome=Outcome.WITHHELD)
    seen.records.save(ended, was=running, look_again_s=30)

    standing = seen.one(running)

    assert standing == Standing.of(ended, None)
    assert standing.outcome is Outcome.WITHHELD


def test_what_is_gone_or_never_was_is_left_out(seen: Seen):
    running = claimed(seen)
    seen.records.erase(running)

    assert seen.standings.look([running.id, an_id(9)]) == {}


def test_to_look_at_nothing_is_nothing(seen: Seen):
    assert seen.standings.look([]) == {}
