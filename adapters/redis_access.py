"""Which workers are alive, in Redis.

mien:worker:NAME   networks to SHA-256 as JSON, gone when the worker is silent
mien:unfit:NAME    what it does not score with as a list of JSON, there when there is something
mien:workers       set: names of workers that may be there; whether one is, says its own key

Workers are found by their names in `mien:workers`: to search all keys for them takes longer with
every assessment that is stored.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

import redis

from adapters.redis_store import PREFIX, reachable
from assessment.fitness import Unfit

WORKER: Final = PREFIX + "worker:"
UNFIT: Final = PREFIX + "unfit:"
WORKERS: Final = PREFIX + "workers"


class RedisRoster:
    """The port `Roster` over Redis."""

    def __init__(self, client: "redis.Redis") -> None:
        self._client = client

    def sign_in(
        self, worker: str, models: Mapping[str, str], *, for_s: float, unfit: Sequence[Unfit] = ()
    ) -> None:
        """Note that the worker is alive, what it scores with, and what not."""
        life_ms = round(for_s * 1000)
        with reachable(), self._client.pipeline() as both:
            both.set(WORKER + worker, json.dumps(dict(models)), px=life_ms)
            if unfit:
                reasons = json.dumps([one.to_dict() for one in unfit])
                both.set(UNFIT + worker, reasons, px=life_ms)
            else:
                both.delete(UNFIT + worker)
            both.sadd(WORKERS, worker)
            both.execute()

    def present(self) -> Mapping[str, Mapping[str, str]]:
        """Return the models of every worker that signed in lately."""
        return self._read(WORKER, forget=True)

    def unfit(self) -> Mapping[str, Sequence[Unfit]]:
        """Return what the workers that signed in lately do not score with, by worker."""
        found = self._read(UNFIT)
        return {name: tuple(map(Unfit.from_dict, reasons)) for name, reasons in found.items()}

    def _read(self, prefix: str, *, forget: bool = False) -> dict[str, Any]:
        """Return the JSON of every worker by its name; `forget` the names of those that left."""
        with reachable():
            names = sorted(cast("set[str]", self._client.smembers(WORKERS)))
            keys = [prefix + name for name in names]
            values = cast("list[str | None]", self._client.mget(keys)) if keys else []
            left = [name for name, value in zip(names, values, strict=True) if value is None]
            if forget and left:  # One that comes back says its name again.
                self._client.srem(WORKERS, *left)
        found = zip(names, values, strict=True)
        return {name: json.loads(value) for name, value in found if value}
