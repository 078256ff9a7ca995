"""Records and outbox in Redis.

mien:assessment:ID   hash: status, attempt (what a writer must have seen), document,
stage and percent, nonce of the last write
mien:watch           every assessment that is not final, by when to look at it again
mien:queued, mien:processing   by age
mien:outbox          events not yet delivered, by when to try; mien:event:EVENT counts tries
mien:gone:ID         the tenant of an assessment that was deleted, for 30 days
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Final, cast

import redis

from adapters.redis_store import PREFIX, Scripts, reachable
from assessment.assessment import (
    Assessment,
    AssessmentId,
    Outcome,
    Progress,
    Stage,
    Status,
    Tenant,
)
from assessment.events import event_id
from assessment.faults import Gone, NotFound, Stale
from assessment.ports import Delivery

WATCH: Final = PREFIX + "watch"
QUEUED: Final = PREFIX + "queued"
PROCESSING: Final = PREFIX + "processing"
OUTBOX: Final = PREFIX + "outbox"
EVENT: Final = PREFIX + "event:"
GONE_KEPT_S: Final = 30 * 24 * 3600


def _record(assessment_id: AssessmentId) -> str:
    return f"{PREFIX}assessment:{assessment_id}"


def _gone(assessment_id: AssessmentId) -> str:
    return f"{PREFIX}gone:{assessment_id}"


class RedisRecords:
    """The port `Records` over Redis; every change is one script."""

    def __init__(self, client: "redis.Redis") -> None:
        self._client = client
        self._run = Scripts(client)

    def add(self, assessment: Assessment, *, look_again_s: float) -> None:
        """Store a new assessment, and have it looked at again after a while."""
        one = assessment.id
        keys = [_record(one), WATCH, QUEUED, _gone(one)]
        created = assessment.created_at.timestamp()
        self._run("add", keys, one, _document(assessment), created, look_again_s)

    def get(self, assessment_id: AssessmentId) -> Assessment:
        """Return the assessment, or raise `NotFound` or `Gone`."""
        with reachable():
            fields = cast("dict[str, str]", self._client.hgetall(_record(assessment_id)))
            tenant = None if fields else cast("str | None", self._client.get(_gone(assessment_id)))
        if tenant is not None:
            raise Gone(tenant)
        if not fields:
            raise NotFound(assessment_id)
        return _assessment(fields)

    def save(
        self,
        assessment: Assessment,
        *,
        was: Assessment,
        look_again_s: float,
        only_if_due: bool = False,
    ) -> None:
        """Replace the stored assessment if it is still at `was.step`, else raise `Stale`."""
        event = event_id(assessment)
        keys = [_record(assessment.id), WATCH, QUEUED, PROCESSING, OUTBOX, EVENT + event]
        saved = self._run(
            "save",
            keys,
            assessment.id,
            was.status,
            was.attempt,
            assessment.status,
            assessment.attempt,
            _document(assessment),
            assessment.progress.stage,
            assessment.progress.percent,
            look_again_s,
            int(assessment.status.final),
            int(assessment.notify),
            assessment.created_at.timestamp(),
            secrets.token_hex(8),
            event,
            int(only_if_due),
        )
        if not saved:
            raise Stale(assessment.id)

    def renew(self, assessment: Assessment, progress: Progress, *, lease_s: float) -> None:
        """Extend the lease and note the progress, or raise `Stale` when it was taken away."""
        one, (status, attempt) = assessment.id, assessment.step
        keys = [_record(one), WATCH]
        arguments = (one, status, attempt, progress.stage, progress.percent, lease_s)
        if not self._run("renew", keys, *arguments):
            raise Stale(one)

    def due(self, limit: int) -> Sequence[AssessmentId]:
        """Return assessments whose time to be looked at has come."""
        return [AssessmentId(one) for one in self._run("due", [WATCH], limit)]

    def postpone(self, assessment: Assessment, *, look_again_s: float) -> None:
        """Look at the assessment again later, if it is still at its step and due."""
        one, (status, attempt) = assessment.id, assessment.step
        self._run("postpone", [_record(one), WATCH], one, status, attempt, look_again_s)

    def erase(self, assessment: Assessment) -> None:
        """Forget the assessment; `get` raises `Gone` from now on."""
        one, event = assessment.id, event_id(assessment)
        keys = [_record(one), WATCH, QUEUED, PROCESSING, OUTBOX, EVENT + event, _gone(one)]
        self._run("erase", keys, one, event, assessment.tenant, GONE_KEPT_S)

    def position(self, assessment: Assessment) -> int | None:
        """Return how many assessments are ahead in the queue, or None when it does not wait."""
        with reachable():
            return cast("int | None", self._client.zrank(QUEUED, assessment.id))

    def counts(self) -> Mapping[Status, int]:
        """Return how many assessments are queued and processing."""
        with reachable():
            queued = self._client.zcard(QUEUED)
            processing = self._client.zcard(PROCESSING)
        return {Status.QUEUED: queued, Status.PROCESSING: processing}


class RedisOutbox:
    """The port `Outbox` over Redis."""

    def __init__(self, client: "redis.Redis") -> None:
        self._client = client
        self._run = Scripts(client)

    def take(self, *, lease_s: float) -> Delivery | None:
        """Return a due event and hide it from other senders for a while."""
        taken = self._run("take", [OUTBOX], EVENT, lease_s)
        if taken is None:
            return None
        event, assessment_id, attempts = taken
        return Delivery(event, AssessmentId(assessment_id or ""), int(attempts))

    def retry(self, delivery: Delivery, *, after_s: float) -> None:
        """Have the event delivered again later."""
        self._run("retry", [OUTBOX], delivery.event_id, after_s)

    def close(self, delivery: Delivery) -> None:
        """Forget the event: it was delivered, or every try is used up."""
        with reachable():
            self._client.zrem(OUTBOX, delivery.event_id)
            self._client.delete(EVENT + delivery.event_id)


def _document(assessment: Assessment) -> str:
    fields = asdict(replace(assessment, progress=Progress()))
    fields["created_at"] = assessment.created_at.isoformat()
    fields["updated_at"] = assessment.updated_at.isoformat()
    del fields["progress"]
    return json.dumps(fields)


def _assessment(fields: dict[str, str]) -> Assessment:
    raw: dict[str, Any] = json.loads(fields["document"])
    return Assessment(
        id=AssessmentId(raw["id"]),
        tenant=Tenant(raw["tenant"]),
        created_at=datetime.fromisoformat(raw["created_at"]),
        updated_at=datetime.fromisoformat(raw["updated_at"]),
        status=Status(raw["status"]),
        outcome=Outcome(raw["outcome"]) if raw["outcome"] else None,
        fault=raw["fault"],
        attempt=raw["attempt"],
        crashes=raw["crashes"],
        notify=raw["notify"],
        progress=Progress(Stage(fields["stage"]), int(fields["percent"])),
    )
