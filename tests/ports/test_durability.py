"""Whether a real Redis says that it keeps an append-only file."""

from adapters.redis_durability import keeps_writes
from adapters.redis_store import connect


def test_a_redis_says_whether_it_keeps_every_write(redis_url: str):
    client = connect(redis_url)

    assert keeps_writes(client) is False
    client.config_set("appendonly", "yes")
    try:
        assert keeps_writes(client) is True
    finally:
        client.config_set("appendonly", "no")


def test_a_redis_that_is_away_says_nothing():
    assert keeps_writes(connect("redis://127.0.0.1:1/0")) is None
