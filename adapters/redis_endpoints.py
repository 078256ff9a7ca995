"""Webhook endpoints in Redis.

mien:endpoint:ID        hash: document, why it is disabled, version, deliveries given up in a row
mien:endpoints:TENANT   a tenant's endpoints, by age

The secrets stand there as they are: what signs cannot be kept as a hash.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final, cast

import redis

from adapters.redis_store import PREFIX, Scripts, reachable
from assessment.assessment import Tenant
from assessment.endpoints import MOST_ENDPOINTS, DisabledReason, Endpoint, EndpointId
from assessment.faults import Stale
from assessment.webhook_faults import NoSuchEndpoint, TooManyEndpoints

ENDPOINT: Final = PREFIX + "endpoint:"
ENDPOINTS: Final = PREFIX + "endpoints:"


class RedisEndpoints:
    """The port `Endpoints` over Redis; every change is one script."""

    def __init__(self, client: "redis.Redis") -> None:
        self._client = client
        self._run = Scripts(client, "endpoints.lua")

    def add(self, endpoint: Endpoint) -> None:
        """Store a new endpoint, or raise `TooManyEndpoints`."""
        one, created = endpoint.id, endpoint.created_at.timestamp()
        keys = [ENDPOINT + one, ENDPOINTS + endpoint.tenant]
        disabled = endpoint.disabled_reason or ""
        if not self._run("add", keys, one, _document(endpoint), created, MOST_ENDPOINTS, disabled):
            raise TooManyEndpoints

    def get(self, endpoint_id: EndpointId) -> Endpoint:
        """Return the endpoint, or raise `NoSuchEndpoint`."""
        with reachable():
            fields = cast("dict[str, str]", self._client.hgetall(ENDPOINT + endpoint_id))
        if not fields:
            raise NoSuchEndpoint
        return _endpoint(fields)

    def of(self, tenant: Tenant) -> Sequence[Endpoint]:
        """Return the tenant's endpoints, the oldest first."""
        with reachable():
            ids = cast("list[str]", self._client.zrange(ENDPOINTS + tenant, 0, -1))
            with self._client.pipeline(transaction=False) as reading:
                for one in ids:
                    reading.hgetall(ENDPOINT + one)
                found = cast("list[dict[str, str]]", reading.execute())
        return [_endpoint(fields) for fields in found if fields]

    def save(self, endpoint: Endpoint) -> None:
        """Replace the endpoint if it is still at its version."""
        disabled = endpoint.disabled_reason or ""
        arguments = (_document(endpoint), disabled, endpoint.version)
        saved = self._run("save", [ENDPOINT + endpoint.id], *arguments)
        if saved is None:
            raise NoSuchEndpoint
        if not saved:
            raise Stale(endpoint.id)

    def erase(self, endpoint: Endpoint) -> None:
        """Forget the endpoint."""
        with reachable(), self._client.pipeline(transaction=True) as change:
            change.delete(ENDPOINT + endpoint.id)
            change.zrem(ENDPOINTS + endpoint.tenant, endpoint.id)
            change.execute()

    def disable(self, endpoint_id: EndpointId, reason: DisabledReason) -> None:
        """Send nothing more, if it is still enabled."""
        self._run("disable", [ENDPOINT + endpoint_id], reason)

    def note_delivered(self, endpoint_id: EndpointId) -> None:
        """Note a success: the deliveries given up before it do not count any more."""
        self._run("delivered", [ENDPOINT + endpoint_id])

    def note_given_up(self, endpoint_id: EndpointId, *, most: int) -> bool:
        """Count a delivery that was given up; at `most` in a row disable, and return that."""
        keys = [ENDPOINT + endpoint_id]
        return bool(self._run("given_up", keys, most, DisabledReason.GAVE_UP))


def _document(endpoint: Endpoint) -> str:
    fields = asdict(endpoint)
    del fields["disabled_reason"], fields["version"]
    return json.dumps(fields, default=datetime.isoformat)


def _endpoint(fields: dict[str, str]) -> Endpoint:
    raw: dict[str, Any] = json.loads(fields["document"])
    until = raw["former_until"]
    return Endpoint(
        id=EndpointId(raw["id"]),
        tenant=Tenant(raw["tenant"]),
        url=raw["url"],
        secret=raw["secret"],
        created_at=datetime.fromisoformat(raw["created_at"]),
        events=tuple(raw["events"]),
        description=raw["description"],
        disabled_reason=DisabledReason(fields["disabled"]) if fields["disabled"] else None,
        former_secret=raw["former_secret"],
        former_until=datetime.fromisoformat(until) if until else None,
        version=int(fields["version"]),
    )
