"""Records and outbox in Redis.

mien:assessment:ID   hash: status, attempt (what a writer must have seen), document,
stage and percent, nonce of the last write
mien:watch           every assessment that is not final, by when to look at it again
mien:queued, mien:processing   by age
mien:outbox          ends that are to be told; mien:event:EVENT whose, and its number
mien:outbox:sequences   the number of each tenant's last end
mien:gone:ID         the tenant of an assessment that was deleted, for 30 days
mien:steps           a channel: the id of each that changed its status or was deleted
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Final, cast

import redis

from adapters.redis_deliveries import DELIVERY, DUE, log_of
from adapters.redis_index import DEADLINES, ERASURES, index, index_of, place_of
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
from assessment.document import readable, written
from assessment.events import event_id
from assessment.faults import Gone, NotFound, Stale
from assessment.ports import Ending

RECORD: Final = PREFIX + "assessment:"
WATCH: Final = PREFIX + "watch"
QUEUED: Final = PREFIX + "queued"
PROCESSING: Final = PREFIX + "processing"
OUTBOX: Final = PREFIX + "outbox"
EVENT: Final = PREFIX + "event:"
GONE_KEPT_S: Final = 30 * 24 * 3600


def _record(assessment_id: AssessmentId) -> str:
    return RECORD + assessment_id


def _gone(assessment_id: AssessmentId) -> str:
    return f"{PREFIX}gone:{assessment_id}"


class RedisRecords:
    """The port `Records` over Redis; every change is one script."""

    def __init__(self, client: "redis.Redis") -> None:
        self._client = client
        self._run = Scripts(client)

    def add(
        self, assessment: Assessment, *, look_again_s: float, reference: str | None = None
    ) -> None:
        """Store a new assessment, list it, and have it looked at again after a while."""
        one, references = assessment.id, ""
        if reference is not None:
            references = index_of(assessment.tenant, reference)
        watched = [_record(one), WATCH, QUEUED, _gone(one)]
        self._run(
            "add",
            [*watched, index(assessment), references, DEADLINES],
            one,
            _document(assessment),
            assessment.created_at.timestamp(),
            look_again_s,
            place_of(assessment),
            _seconds_allowed(assessment),
        )

    def get(self, assessment_id: AssessmentId) -> Assessment:
        """Return the assessment, or raise `NotFound` or `Gone`."""
        with reachable():
            fields = cast("dict[str, str]", self._client.hgetall(_record(assessment_id)))
            tenant = None if fields else cast("str | None", self._client.get(_gone(assessment_id)))
        if tenant is not None:
            raise Gone(tenant)
        if not fields:
            raise NotFound(assessment_id)
        return assessment_of(fields)

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
        keys += [index(assessment), DEADLINES, ERASURES]
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
            assessment.tenant,
            assessment.created_at.timestamp(),
            secrets.token_hex(8),
            event,
            int(only_if_due),
            place_of(assessment),
            -1 if assessment.erase_after_s is None else assessment.erase_after_s,
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

    def note_erased(self, assessment_id: AssessmentId, *, at: datetime) -> None:
        """Note when the recording was erased; the first note counts."""
        self._run("note_erased", [_record(assessment_id)], at.isoformat())

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
        keys += [DEADLINES, ERASURES, log_of(one), DUE]
        self._run("erase", keys, one, event, assessment.tenant, GONE_KEPT_S, DELIVERY)

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

    def take(self, *, lease_s: float) -> Ending | None:
        """Return an ending and hide it from other senders for a while."""
        taken = self._run("take", [OUTBOX], EVENT, lease_s)
        if taken is None:
            return None
        event, assessment_id, sequence = taken
        return Ending(event, AssessmentId(assessment_id), int(sequence))

    def close(self, ending: Ending) -> None:
        """Forget the ending: there is a delivery for each of its targets."""
        with reachable(), self._client.pipeline(transaction=True) as change:
            change.zrem(OUTBOX, ending.event_id)
            change.delete(EVENT + ending.event_id)
            change.execute()


def _document(assessment: Assessment) -> str:
    fields = asdict(replace(assessment, progress=Progress()))
    del fields["progress"], fields["recording_erased_at"]
    return json.dumps(written(fields), default=datetime.isoformat)


def _seconds_allowed(assessment: Assessment) -> float:
    """Return the time from creation to deadline, -1 without one; the store's clock measures it."""
    if assessment.expires_at is None:
        return -1
    return (assessment.expires_at - assessment.created_at).total_seconds()


def assessment_of(fields: Mapping[str, str]) -> Assessment:
    """Return the assessment that the fields of a record hold; raises `NewerDocument`."""
    raw = readable(json.loads(fields["document"]))
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
        expires_at=_moment(raw.get("expires_at")),
        erase_after_s=raw.get("erase_after_s"),
        ended_at=_moment(raw.get("ended_at")),
        recording_erased_at=_moment(fields.get("recording_erased_at")),
        progress=Progress(Stage(fields["stage"]), int(fields["percent"])),
    )


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
