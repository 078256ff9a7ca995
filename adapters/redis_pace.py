"""The pace of the workers in Redis.

mien:pace   list: seconds of work and of media ("-" for unknown), the latest first; no ids
"""

from typing import Final, cast

import redis

from adapters.redis_store import PREFIX, reachable
from assessment.pace import KEPT, Run

PACE: Final = PREFIX + "pace"
UNKNOWN: Final = "-"


class RedisPace:
    """The port `Pace` over Redis."""

    def __init__(self, client: "redis.Redis") -> None:
        self._client = client

    def note(self, run: Run) -> None:
        """Remember the run and forget the oldest beyond `KEPT`."""
        media = UNKNOWN if run.media_s is None else f"{run.media_s:.3f}"
        with reachable(), self._client.pipeline(transaction=True) as change:
            change.lpush(PACE, f"{run.processing_s:.3f} {media}")
            change.ltrim(PACE, 0, KEPT - 1)
            change.execute()

    def lately(self) -> list[Run]:
        """Return the runs that are remembered, the latest first."""
        with reachable():
            lines = cast("list[str]", self._client.lrange(PACE, 0, KEPT - 1))
        return [_run(*line.split()) for line in lines]


def _run(processing: str, media: str) -> Run:
    return Run(float(processing), None if media == UNKNOWN else float(media))
