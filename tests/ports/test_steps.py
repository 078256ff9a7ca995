"""Steps of assessments are heard as they are taken, by both implementations."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from adapters.memory import MemoryRecords
from adapters.redis_records import RedisRecords
from adapters.redis_steps import CHANNEL, RedisSteps
from adapters.redis_store import connect
from assessment.assessment import AssessmentId, Status
from assessment.ports import Records
from assessment.steps import Silence, Steps
from tests.conftest import NOON, Watch
from tests.samples import an_assessment

LIMIT_S = 20.0


@dataclass
class Ear:
    """Keeps what it heard."""

    heard: list[AssessmentId] = field(default_factory=list)
    _more: threading.Condition = field(default_factory=threading.Condition)

    def __call__(self, assessment_id: AssessmentId) -> None:
        with self._more:
            self.heard.append(assessment_id)
            self._more.notify_all()

    def wait(self, count: int) -> list[AssessmentId]:
        with self._more:
            assert self._more.wait_for(lambda: len(self.heard) >= count, LIMIT_S), self.heard
            return self.heard


@dataclass
class Line:
    """The records and who hears of them.

    `ready` waits until one more listens, and whoever did so before, in this test, has left.
    """

    records: Records
    steps: Steps
    ready: Callable[[], None]


@pytest.fixture(params=["memory", "redis"])
def line(request: pytest.FixtureRequest, watch: Watch) -> Iterator[Line]:
    if request.param == "memory":
        records = MemoryRecords(watch)
        yield Line(records, records.steps, lambda: None)
        return
    client = connect(request.getfixturevalue("redis_url"))
    client.flushdb()
    yield Line(RedisRecords(client), RedisSteps(client), Arrivals(client).wait)


class Arrivals:
    """Those who come to listen from now on; who stopped in an earlier test may still be there."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._others, self.last = listeners(client), set[str]()

    def wait(self) -> None:
        """Wait until a new one listens, and the one before has left."""
        end = time.monotonic() + LIMIT_S
        while True:
            here = listeners(self._client) - self._others
            if len(here) == 1 and not here & self.last:
                break
            assert time.monotonic() < end, (here, self.last)
            time.sleep(0.01)
        self.last = here


def listeners(client: Any) -> set[str]:
    """Return the connections that are subscribed, each by a number that is never given again."""
    return {one["id"] for one in client.client_list(_type="pubsub") if one["sub"] == "1"}


def test_every_change_of_status_and_a_deletion_are_heard(line: Line):
    ear, queued = Ear(), an_assessment()
    stop = line.steps.listen(ear)
    line.ready()
    line.records.add(queued, look_again_s=30)

    running = queued.to(Status.PROCESSING, at=NOON)
    line.records.save(running, was=queued, look_again_s=30)
    ended = running.to(Status.FAILED, at=NOON, fault="undecodable")
    line.records.save(ended, was=running, look_again_s=30)
    line.records.erase(ended)

    assert ear.wait(3) == [queued.id] * 3
    stop()


def test_who_stopped_listening_hears_no_more(line: Line):
    first, second, queued = Ear(), Ear(), an_assessment()
    stop = line.steps.listen(first)
    line.ready()
    line.records.add(queued, look_again_s=30)
    line.records.erase(queued)
    first.wait(1)

    stop()
    stop_second = line.steps.listen(second)
    line.ready()
    other = an_assessment(2)
    line.records.add(other, look_again_s=30)
    line.records.erase(other)

    assert second.wait(1) == [other.id]
    assert first.heard == [queued.id]
    stop_second()


def test_a_broken_line_is_mended(redis_url: str):
    client = connect(redis_url)
    client.flushdb()
    ear, arrivals = Ear(), Arrivals(client)
    stop = RedisSteps(client).listen(ear)
    arrivals.wait()

    (ours,) = arrivals.last
    client.client_kill_filter(_id=ours)
    arrivals.wait()
    client.publish(CHANNEL, "asm_1")

    assert ear.wait(1)[-1] == "asm_1"
    stop()


def test_silence_says_nothing_and_can_be_stopped():
    ear = Ear()

    Silence().listen(ear)()

    assert ear.heard == []
