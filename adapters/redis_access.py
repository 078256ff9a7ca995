"""Which workers are alive, in Redis.

mien:worker:NAME   networks to SHA-256 as JSON, gone when the worker is silent
mien:unfit:NAME    what it does not score with as a list of JSON, there when there is something
mien:workers       set: names of workers that may be there; whether one is, says its own key

Workers are found by their names in `mien:workers`: to search all keys for them takes longer with
every assessment that is stored. Those of the version before say no name there. While no other is
alive they are searched for, now and then, and named: an upgrade that begins with the service leaves
it ready.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

import redis

from adapters.redis_store import PREFIX, reachable
from assessment.fitness import Unfit

WORKER: Final = PREFIX + "worker:"
UNFIT: Final = PREFIX + "unfit:"
WORKERS: Final = PREFIX + "workers"
SIGNED_IN: Final = WORKER + "*"
SEARCH_EVERY_S: Final = 10.0
SEARCHED_AT_ONCE: Final = 1000


class RedisRoster:
    """The port `Roster` over Redis."""

    def __init__(
        self, client: "redis.Redis", elapsed_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._elapsed_s = elapsed_s
        self._search_at_s = 0.0

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
        found = self._read(WORKER, forget=True)
        if found or self._elapsed_s() < self._search_at_s:
            return found
        self._search_at_s = self._elapsed_s() + SEARCH_EVERY_S
        return self._read(WORKER) if self._name_the_nameless() else found

    def _name_the_nameless(self) -> bool:
        """Search for workers that sign in as the version before did; return whether there are."""
        with reachable():
            keys = cast("Iterator[str]", self._client.scan_iter(SIGNED_IN, count=SEARCHED_AT_ONCE))
            names = [key.removeprefix(WORKER) for key in keys]
            if names:
                self._client.sadd(WORKERS, *names)
        return bool(names)

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
