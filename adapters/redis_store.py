"""One way to Redis: a client with deadlines, Lua scripts by name, and one fault for its absence."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import redis
from redis.backoff import ExponentialWithJitterBackoff
from redis.retry import Retry

from assessment.faults import StoreUnavailable

PREFIX: Final = "mien:"


def connect(url: str) -> "redis.Redis":
    """Return a client that gives up after seconds, not hours; it connects when first used."""
    return redis.Redis.from_url(
        url,
        socket_timeout=3,
        socket_connect_timeout=2,
        health_check_interval=15,
        retry=Retry(ExponentialWithJitterBackoff(base=0.05, cap=0.5), 1),
        decode_responses=True,
    )


@contextmanager
def reachable() -> Generator[None]:
    """Turn every Redis error into `StoreUnavailable`."""
    try:
        yield
    except redis.RedisError as error:
        raise StoreUnavailable(type(error).__name__) from error


class Scripts:
    """The scripts of one Lua file beside this module, by the name of their section."""

    def __init__(self, client: "redis.Redis", file: str = "records.lua") -> None:
        sections = Path(__file__).with_name(file).read_text().split("\n--- ")[1:]
        named = (section.split("\n", 1) for section in sections)
        self._scripts = {name: client.register_script(body) for name, body in named}

    def __call__(self, name: str, keys: list[str], *arguments: str | float) -> Any:
        """Run a script atomically and return its answer, or raise `StoreUnavailable`."""
        with reachable():
            return self._scripts[name](keys=keys, args=list(arguments))
