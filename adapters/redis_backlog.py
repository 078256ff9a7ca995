"""The backlog in Redis, read from the sets of `adapters.redis_records` in one trip.

mien:lengths   hash: announced seconds of video by assessment; an ended one is dropped when
               the backlog is looked at next
"""

from typing import Final

import redis

from adapters.redis_deliveries import DUE
from adapters.redis_index import ERASURES
from adapters.redis_records import EVENT, OUTBOX, PROCESSING, QUEUED
from adapters.redis_store import PREFIX, Scripts, reachable
from assessment.assessment import AssessmentId
from assessment.backlog import WAITING, Heap, Late, Work

LENGTHS: Final = PREFIX + "lengths"
MOST_ENDINGS: Final = 1000
"""Endings whose age is looked up; an outbox that holds more has been stuck for long."""


class RedisBacklog:
    """The port `Backlog` over Redis."""

    def __init__(self, client: "redis.Redis") -> None:
        self._client = client
        self._run = Scripts(client, "backlog.lua")

    def announce(self, assessment_id: AssessmentId, video_s: float) -> None:
        """Note the length that the recording's container announces."""
        with reachable():
            self._client.hset(LENGTHS, assessment_id, f"{video_s:.3f}")

    def look(self) -> Work:
        """Return what there is."""
        keys = [LENGTHS, QUEUED, PROCESSING, OUTBOX, DUE, ERASURES]
        queued, processing, *late = self._run("look", keys, EVENT, MOST_ENDINGS)
        heaps = [
            Heap(int(all_), int(some), float(sum_)) for all_, some, sum_ in (queued, processing)
        ]
        told = [Late(int(count), float(oldest_s)) for count, oldest_s in late]
        return Work(dict(zip(WAITING, heaps, strict=True)), *told)
