"""Workers of the version before, which say their names nowhere, seen by a service of this one."""

import json

import pytest
import redis

from adapters.redis_access import SEARCH_EVERY_S, WORKER, RedisRoster
from adapters.redis_store import connect


@pytest.fixture
def client(redis_url: str) -> redis.Redis:
    made = connect(redis_url)
    made.flushdb()
    return made


def sign_in_as_before(client: redis.Redis, name: str, for_ms: int = 60_000) -> None:
    client.set(WORKER + name, json.dumps({"hmhn": "ab"}), px=for_ms)


def test_they_are_found_while_no_other_is_there_and_from_then_on_by_name(client: redis.Redis):
    # given
    sign_in_as_before(client, "old")
    roster = RedisRoster(client, lambda: 0.0)

    # when a service asks, and another one that may not search
    found = dict(roster.present())
    known = dict(roster.present())

    # then
    assert found == known == {"old": {"hmhn": "ab"}}


def test_they_are_searched_for_now_and_then_only(client: redis.Redis):
    now_s = [100.0]
    roster = RedisRoster(client, lambda: now_s[0])
    assert dict(roster.present()) == {}

    sign_in_as_before(client, "old")
    now_s[0] += SEARCH_EVERY_S - 1
    too_soon = dict(roster.present())
    now_s[0] += 1
    in_time = dict(roster.present())

    assert too_soon == {}
    assert in_time == {"old": {"hmhn": "ab"}}


def test_beside_a_worker_of_this_version_nothing_is_searched(client: redis.Redis):
    roster = RedisRoster(client, lambda: 0.0)
    roster.sign_in("new", {"hmhn": "ab"}, for_s=60)
    sign_in_as_before(client, "old")

    assert dict(roster.present()) == {"new": {"hmhn": "ab"}}
