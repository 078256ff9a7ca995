"""Which workers are alive, in Redis.

mien:worker:NAME   networks to SHA-256 as JSON, gone when the worker is silent
"""

import json
from collections.abc import Iterator, Mapping
from typing import Final, cast

import redis

from adapters.redis_store import PREFIX, reachable

WORKER: Final = PREFIX + "worker:"


class RedisRoster:
    """The port `Roster` over Redis."""

    def __init__(self, client: "redis.Redis") -> None:
        self._client = client

    def sign_in(self, worker: str, models: Mapping[str, str], *, for_s: float) -> None:
        """Note that the worker is alive and reaches the models (name to SHA-256)."""
        with reachable():
            self._client.set(WORKER + worker, json.dumps(dict(models)), px=round(for_s * 1000))

    def present(self) -> Mapping[str, Mapping[str, str]]:
        """Return the models of every worker that signed in lately."""
        with reachable():
            names = list(cast("Iterator[str]", self._client.scan_iter(WORKER + "*")))
            values = cast("list[str | None]", self._client.mget(names)) if names else []
        found = zip(names, values, strict=True)
        return {name.removeprefix(WORKER): json.loads(value) for name, value in found if value}
