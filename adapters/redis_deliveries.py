"""The delivery log in Redis.

mien:delivery:ID            hash: to whom, of what, state, tries; `:attempts` the list of its tries
mien:deliveries             every delivery that is to be tried, by when
mien:deliveries:of:ID       an assessment's deliveries, by age; erased with it
mien:deliveries:to:ID       the last deliveries to an endpoint, by age
mien:deliveries:lane:NAME   what is being sent to one receiver, until when
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, cast

import redis

from adapters.redis_store import PREFIX, Scripts, reachable
from assessment.assessment import AssessmentId, Tenant
from assessment.deliveries import (
    INTERRUPTED,
    MOST_AT_ONCE,
    MOST_ATTEMPTS,
    MOST_LISTED,
    Attempt,
    Delivery,
    DeliveryState,
    Message,
    Settlement,
)
from assessment.endpoints import EndpointId
from assessment.webhook_faults import NoSuchDelivery

DELIVERY: Final = PREFIX + "delivery:"
DUE: Final = PREFIX + "deliveries"
LANE: Final = DUE + ":lane:"
LOOK_AHEAD: Final = 4_000
"""Deliveries that are passed over, at most, because as many as may be go to their receiver: behind
more of them others would wait, and to look at so many takes Redis some 20 milliseconds."""
PAGE: Final = 500
"""Of them looked at in one go."""


def log_of(assessment_id: AssessmentId | None) -> str:
    """Return the key of the assessment's log."""
    return f"{DUE}:of:{assessment_id or ''}"


def _log_to(target: str) -> str:
    return f"{DUE}:to:{target}"


class RedisDeliveries:
    """The port `Deliveries` over Redis; every change is one script."""

    def __init__(self, client: "redis.Redis") -> None:
        self._client = client
        self._run = Scripts(client, "deliveries.lua")

    def add(self, message: Message) -> None:
        """Store a new delivery that is due now, unless it is known or its assessment gone."""
        one, assessment = message.id, message.assessment_id or ""
        record = f"{PREFIX}assessment:{assessment}"
        logs = log_of(message.assessment_id), _log_to(message.target)
        told = (one, message.tenant, assessment, message.type, message.target, message.sequence)
        self._run("add", [DELIVERY + one, DUE, *logs, record], *told, MOST_LISTED, DELIVERY)

    def take(self, *, lease_s: float) -> Delivery | None:
        """Return a due delivery with a new attempt noted, hidden from others for a while."""
        bounds = (MOST_ATTEMPTS, INTERRUPTED, LANE, MOST_AT_ONCE, LOOK_AHEAD, PAGE)
        taken = self._run("take", [DUE], DELIVERY, lease_s, *bounds)
        if taken is None:
            return None
        one, flat, attempts = taken
        return _delivery(one, dict(zip(flat[::2], flat[1::2], strict=True)), attempts)

    def settle(self, delivery: Delivery, settlement: Settlement) -> None:
        """Note how the last attempt ended; no harm when the delivery is gone."""
        one = delivery.message.id
        said = (settlement.status, settlement.error, settlement.duration_ms, settlement.again_s)
        self._run(
            "settle",
            [DELIVERY + one, _attempts(one), DUE, LANE + delivery.message.lane],
            one,
            delivery.attempts[-1].number,
            delivery.replays,
            settlement.state,
            *("" if value is None else value for value in said),
        )

    def replay(self, delivery_id: str) -> None:
        """Have it delivered again now, with all tries before it."""
        if not self._run("replay", [DELIVERY + delivery_id, DUE], delivery_id):
            raise NoSuchDelivery

    def get(self, delivery_id: str) -> Delivery:
        """Return the delivery, or raise `NoSuchDelivery`."""
        found = self._all([delivery_id])
        if not found:
            raise NoSuchDelivery
        return found[0]

    def of_assessment(self, assessment_id: AssessmentId) -> Sequence[Delivery]:
        """Return the assessment's deliveries, the oldest first."""
        return self._logged(log_of(assessment_id))

    def of_endpoint(self, endpoint_id: EndpointId) -> Sequence[Delivery]:
        """Return the last deliveries to the endpoint, the newest first."""
        return self._logged(_log_to(endpoint_id))[::-1]

    def forget(self, endpoint_id: EndpointId) -> None:
        """Erase the endpoint's log; what assessments know of it stays with them."""
        self._run("forget", [_log_to(endpoint_id), DUE], DELIVERY)

    def _logged(self, log: str) -> list[Delivery]:
        with reachable():
            ids = cast("list[str]", self._client.zrange(log, 0, -1))
        return self._all(ids)

    def _all(self, ids: Sequence[str]) -> list[Delivery]:
        with reachable(), self._client.pipeline(transaction=True) as reading:
            for one in ids:
                reading.hgetall(DELIVERY + one)
                reading.lrange(_attempts(one), 0, -1)
            found = reading.execute()
        pairs = zip(ids, found[::2], found[1::2], strict=True)
        return [_delivery(one, fields, attempts) for one, fields, attempts in pairs if fields]


def _attempts(delivery_id: str) -> str:
    return f"{DELIVERY}{delivery_id}:attempts"


def _delivery(delivery_id: str, fields: dict[str, str], attempts: list[str]) -> Delivery:
    return Delivery(
        message=Message(
            id=delivery_id,
            tenant=Tenant(fields["tenant"]),
            assessment_id=AssessmentId(fields["assessment"]) if fields["assessment"] else None,
            type=fields["type"],
            target=fields["target"],
            sequence=int(fields["sequence"]),
        ),
        created_at=_moment(float(fields["created"])),
        state=DeliveryState(fields["state"]),
        tries=int(fields["tries"]),
        replays=int(fields["replays"]),
        attempts=tuple(_attempt(json.loads(one)) for one in attempts),
    )


def _attempt(raw: dict[str, Any]) -> Attempt:
    next_at = raw.get("next_at")
    return Attempt(
        number=int(raw["number"]),
        at=_moment(raw["at"]),
        status=raw.get("status"),
        error=raw.get("error"),
        duration_ms=raw.get("duration_ms"),
        next_at=None if next_at is None else _moment(next_at),
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(round(seconds, 3), UTC)
