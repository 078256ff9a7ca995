"""Webhook endpoints in memory, for tests of what uses them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assessment.assessment import Tenant
from assessment.endpoints import MOST_ENDPOINTS, DisabledReason, Endpoint, EndpointId
from assessment.faults import Stale
from assessment.webhook_faults import NoSuchEndpoint, TooManyEndpoints


@dataclass
class MemoryEndpoints:
    """Endpoints in a dictionary, and how many deliveries each gave up in a row."""

    stored: dict[EndpointId, Endpoint] = field(default_factory=dict)
    give_ups: dict[EndpointId, int] = field(default_factory=dict)

    def add(self, endpoint: Endpoint) -> None:
        """Store a new endpoint, or raise `TooManyEndpoints`."""
        if len(self.of(endpoint.tenant)) >= MOST_ENDPOINTS:
            raise TooManyEndpoints
        self.stored[endpoint.id] = endpoint

    def get(self, endpoint_id: EndpointId) -> Endpoint:
        """Return the endpoint, or raise `NoSuchEndpoint`."""
        if endpoint_id not in self.stored:
            raise NoSuchEndpoint
        return self.stored[endpoint_id]

    def of(self, tenant: Tenant) -> Sequence[Endpoint]:
        """Return the tenant's endpoints, the oldest first."""
        own = [one for one in self.stored.values() if one.tenant == tenant]
        return sorted(own, key=lambda one: (one.created_at, one.id))

    def save(self, endpoint: Endpoint) -> None:
        """Replace the endpoint if it is still at its version."""
        if self.get(endpoint.id).version != endpoint.version:
            raise Stale(endpoint.id)
        self.stored[endpoint.id] = replace(endpoint, version=endpoint.version + 1)
        self.give_ups[endpoint.id] = 0

    def erase(self, endpoint: Endpoint) -> None:
        """Forget the endpoint."""
        self.stored.pop(endpoint.id, None)

    def disable(self, endpoint_id: EndpointId, reason: DisabledReason) -> None:
        """Send nothing more, if it is still enabled."""
        one = self.stored.get(endpoint_id)
        if one is not None and one.enabled:
            version = one.version + 1
            self.stored[endpoint_id] = replace(one, disabled_reason=reason, version=version)

    def note_delivered(self, endpoint_id: EndpointId) -> None:
        """Note a success: the deliveries given up before it do not count any more."""
        self.give_ups[endpoint_id] = 0

    def note_given_up(self, endpoint_id: EndpointId, *, most: int) -> bool:
        """Count a delivery that was given up; at `most` in a row disable, and return that."""
        one = self.stored.get(endpoint_id)
        if one is None or not one.enabled:
            return False
        self.give_ups[endpoint_id] = self.give_ups.get(endpoint_id, 0) + 1
        if self.give_ups[endpoint_id] < most:
            return False
        self.disable(endpoint_id, DisabledReason.GAVE_UP)
        return True
