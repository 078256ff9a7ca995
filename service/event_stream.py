"""Server-sent events of one assessment: what is told, under which id, and when it ends.

An event's id names the state that it tells. A client that comes back with the last one it
has read is told nothing twice: the stream goes on with the first state that differs.
"""

import json
from asyncio import get_running_loop
from collections.abc import AsyncGenerator
from dataclasses import asdict, dataclass
from typing import Any, Final

from fastapi.sse import format_sse_event

from assessment.assessment import AssessmentId
from assessment.standing import Standing
from service.followers import Follower, Sight

RETRY_MS: Final = 2000
HEARTBEAT_S: Final = 15.0
LONGEST_S: Final = 900.0
"""A stream ends after this and is resumed: the key is then looked at again."""
RETRY: Final = format_sse_event(retry=RETRY_MS)
HEARTBEAT: Final = format_sse_event(comment="heartbeat")


@dataclass(frozen=True, slots=True)
class Told:
    """One event; after the last one the stream ends."""

    id: str
    event: str
    data: dict[str, Any]
    last: bool = False

    def encode(self) -> bytes:
        """Return the event as it is sent."""
        data = json.dumps(self.data, separators=(",", ":"))
        return format_sse_event(id=self.id, event=self.event, data_str=data)


def told(assessment_id: AssessmentId, sight: Sight | None) -> Told:
    """Return the event that tells what was seen."""
    if sight is None:
        return Told("gone", "gone", {"id": assessment_id}, last=True)
    standing = sight.standing
    if standing.status.final:
        return Told(end_id(standing), "ended", _ended(assessment_id, standing), last=True)
    return Told(_id(standing), "progress", _progress(assessment_id, sight))


def end_id(standing: Standing) -> str:
    """Return the id of the event that ends an ended assessment's stream."""
    return f"{standing.attempt}.{standing.status}"


async def frames(
    follower: Follower,
    last_event_id: str | None,
    *,
    heartbeat_s: float = HEARTBEAT_S,
    longest_s: float = LONGEST_S,
) -> AsyncGenerator[bytes]:
    """Yield the stream: each state that differs from the one before, and heartbeats between."""
    until = get_running_loop().time() + longest_s
    known = last_event_id
    yield RETRY
    while True:
        event = told(follower.assessment_id, follower.sight)
        if event.id != known:
            yield event.encode()
            known = event.id
        if event.last or follower.closed or get_running_loop().time() >= until:
            return
        if not await follower.changed_within(heartbeat_s):
            yield HEARTBEAT


def _id(standing: Standing) -> str:
    place = "" if standing.queue_position is None else f".{standing.queue_position}"
    progress = standing.progress
    return f"{end_id(standing)}.{progress.stage}.{progress.percent}{place}"


def _progress(assessment_id: AssessmentId, sight: Sight) -> dict[str, Any]:
    standing = sight.standing
    return {
        "id": assessment_id,
        "status": standing.status,
        "stage": standing.progress.stage,
        "percent": standing.progress.percent,
        "queue_position": standing.queue_position,
        "eta_ms": asdict(sight.eta) if sight.eta else None,
    }


def _ended(assessment_id: AssessmentId, standing: Standing) -> dict[str, Any]:
    return {
        "id": assessment_id,
        "status": standing.status,
        "outcome": standing.outcome,
        "urls": {"self": f"/v1/assessments/{assessment_id}"},
    }
