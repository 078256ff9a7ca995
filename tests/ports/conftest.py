"""Every port, by its two implementations: in memory, and on a Redis that the tests start."""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import redis

from adapters.memory import MemoryRecords, MemoryRoster
from adapters.memory_keys import MemoryKeys
from adapters.redis_access import RedisRoster
from adapters.redis_keys import RedisKeys
from adapters.redis_records import RedisOutbox, RedisRecords
from adapters.redis_store import connect
from assessment.access import Keys
from assessment.ports import Outbox, Records, Roster
from launch.redis_server import find_redis_server
from tests.conftest import Watch
from tests.ports import redis_time

START_S = 30.0


@dataclass(frozen=True)
class Store:
    """One implementation of every port, and a way to let time pass."""

    records: Records
    outbox: Outbox
    keys: Keys
    roster: Roster
    go_on: Callable[[float], None]


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="mien-") as folder:
        path = Path(folder) / "redis.sock"
        program = find_redis_server(os.environ)  # noqa: TID251
        command = [program, "--port", "0", "--unixsocket", path, "--dir", folder, "--save", ""]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            wait_for(f"unix://{path}?db=0")
            yield f"unix://{path}?db=0"
        finally:
            server.terminate()
            server.wait(START_S)


def wait_for(url: str) -> None:
    """Return when the Redis answers, or raise what it is that it does not."""
    end = time.monotonic() + START_S
    while True:
        try:
            connect(url).ping()
        except redis.RedisError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return


@pytest.fixture(params=["memory", "redis"])
def store(request: pytest.FixtureRequest, watch: Watch) -> Store:
    if request.param == "memory":
        records = MemoryRecords(watch)
        keys, roster = MemoryKeys(clock=watch), MemoryRoster(watch)
        return Store(records, records.outbox, keys, roster, watch.go_on)
    client = connect(request.getfixturevalue("redis_url"))
    client.flushdb()
    records = RedisRecords(client)
    keys, roster = RedisKeys(client, watch), RedisRoster(client)
    return Store(records, RedisOutbox(client), keys, roster, partial(redis_time.go_on, client))
