"""Who may call, and which workers are alive, in Redis.

mien:keys            hash: SHA-256 of a key to its tenant
mien:configured-key  the hash of the key that the settings gave last
mien:worker:NAME     hash: network to SHA-256, gone when the worker is silent
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Final, cast

import redis

from adapters.redis_store import PREFIX, reachable
from assessment.assessment import Tenant
from assessment.faults import Unauthenticated

KEYS: Final = PREFIX + "keys"
CONFIGURED: Final = PREFIX + "configured-key"
WORKER: Final = PREFIX + "worker:"


class RedisKeys:
    """The port `Keys` over Redis. A fast hash is right for keys of 256 random bits only."""

    def __init__(self, client: "redis.Redis") -> None:
        self._client = client

    def configure(self, key: str, tenant: Tenant) -> None:
        """Let the key of the settings speak for the tenant, instead of the one before it."""
        with reachable():
            before = cast("str | None", self._client.get(CONFIGURED))
            with self._client.pipeline(transaction=True) as change:
                if before is not None:
                    change.hdel(KEYS, before)
                change.hset(KEYS, _hash(key), tenant)
                change.set(CONFIGURED, _hash(key))
                change.execute()

    def tenant_of(self, key: str) -> Tenant:
        """Return whose key it is, or raise `Unauthenticated`."""
        with reachable():
            tenant = cast("str | None", self._client.hget(KEYS, _hash(key)))
        if tenant is None:
            raise Unauthenticated("unknown key")
        return Tenant(tenant)


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


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
