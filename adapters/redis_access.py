"""Which workers are alive, in Redis.

mien:worker:NAME   networks to SHA-256 as JSON, gone when the worker is silent
mien:unfit:NAME    what it does not score with as a list of JSON, there when there is something
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

import redis

from adapters.redis_store import PREFIX, reachable
from assessment.fitness import Unfit

WORKER: Final = PREFIX + "worker:"
UNFIT: Final = PREFIX + "unfit:"


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
            both.execute()

    def present(self) -> Mapping[str, Mapping[str, str]]:
        """Return the models of every worker that signed in lately."""
        return self._read(WORKER)

    def unfit(self) -> Mapping[str, Sequence[Unfit]]:
        """Return what the workers that signed in lately do not score with, by worker."""
        found = self._read(UNFIT)
        return {name: tuple(map(Unfit.from_dict, reasons)) for name, reasons in found.items()}

    def _read(self, prefix: str) -> dict[str, Any]:
        """Return the JSON of every worker by its name."""
        with reachable():
            names = list(cast("Iterator[str]", self._client.scan_iter(prefix + "*")))
            values = cast("list[str | None]", self._client.mget(names)) if names else []
        found = zip(names, values, strict=True)
        return {name.removeprefix(prefix): json.loads(value) for name, value in found if value}
