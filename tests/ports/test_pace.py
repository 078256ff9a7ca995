"""The pace of the workers, in memory and in Redis."""

import pytest

from adapters.memory_pace import MemoryPace
from adapters.redis_pace import PACE, RedisPace
from adapters.redis_store import connect
from assessment.pace import KEPT, Pace, Run


@pytest.fixture(params=["memory", "redis"])
def pace(request: pytest.FixtureRequest) -> Pace:
    if request.param == "memory":
        return MemoryPace()
    client = connect(request.getfixturevalue("redis_url"))
    client.flushdb()
    return RedisPace(client)


def test_at_first_nothing_is_known(pace: Pace):
    assert list(pace.lately()) == []


def test_the_latest_run_comes_first_with_its_media_time_where_known(pace: Pace):
    pace.note(Run(12.5, 60.0))
    pace.note(Run(7.25))

    assert list(pace.lately()) == [Run(7.25), Run(12.5, 60.0)]


def test_the_oldest_runs_are_forgotten(pace: Pace):
    for number in range(KEPT + 5):
        pace.note(Run(float(number)))

    kept = [run.processing_s for run in pace.lately()]

    assert kept == [float(number) for number in range(KEPT + 4, 4, -1)]


def test_redis_holds_numbers_and_nothing_else(redis_url: str):
    client = connect(redis_url)
    client.flushdb()

    RedisPace(client).note(Run(1.5, 2.0))

    assert client.lrange(PACE, 0, -1) == ["1.500 2.000"]
