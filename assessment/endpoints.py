"""Webhook endpoints: where a tenant is told how all of its assessments end.

enabled ──▶ disabled   requested by the tenant, gone (it answered 410), or gave_up
   ▲           │       (too many deliveries in a row used up all of their tries)
   └───────────┘       by the tenant only
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType, Protocol

from assessment.assessment import Tenant

EndpointId = NewType("EndpointId", str)

ENDPOINT_ID_PATTERN: Final = re.compile(r"whe_[0-9a-f]{32}")
MOST_ENDPOINTS: Final = 20
"""Endpoints of one tenant."""
MOST_GIVE_UPS: Final = 5
"""Deliveries given up one after another, each tried for a day, after which an endpoint is
disabled. A single success in between begins the count anew."""
OVERLAP_S: Final = 24 * 3600
LONGEST_OVERLAP_S: Final = 7 * 24 * 3600


class DisabledReason(StrEnum):
    """Why nothing is sent to an endpoint."""

    REQUESTED = "requested"
    GONE = "gone"
    GAVE_UP = "gave_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One address, what it wants to hear, and the secrets that sign.

    `version` is what a writer must have seen; the store counts it up.
    """

    id: EndpointId
    tenant: Tenant
    url: str = field(repr=False)
    secret: str = field(repr=False)
    created_at: datetime
    events: tuple[str, ...] = ()
    description: str = ""
    disabled_reason: DisabledReason | None = None
    former_secret: str | None = field(default=None, repr=False)
    former_until: datetime | None = None
    version: int = 0

    @property
    def enabled(self) -> bool:
        """Whether anything is sent."""
        return self.disabled_reason is None

    def wants(self, event_type: str) -> bool:
        """Return whether events of the type are sent."""
        return self.enabled and (not self.events or event_type in self.events)

    def secrets(self, at: datetime) -> tuple[str, ...]:
        """Return the secrets that sign: the present one and, while rotating, the one before."""
        if self.former_secret is None or self.former_until is None or at >= self.former_until:
            return (self.secret,)
        return (self.secret, self.former_secret)

    def rotated(self, secret: str, *, at: datetime, overlap_s: int) -> "Endpoint":
        """Return the endpoint with a new secret; the present one signs, too, for a while."""
        until = at + timedelta(seconds=overlap_s)
        return replace(self, secret=secret, former_secret=self.secret, former_until=until)


class Endpoints(Protocol):
    """The endpoints of all tenants. Every method may raise `StoreUnavailable`."""

    def add(self, endpoint: Endpoint) -> None:
        """Store a new endpoint, or raise `TooManyEndpoints`."""
        ...

    def get(self, endpoint_id: EndpointId) -> Endpoint:
        """Return the endpoint, or raise `NoSuchEndpoint`."""
        ...

    def of(self, tenant: Tenant) -> Sequence[Endpoint]:
        """Return the tenant's endpoints, the oldest first."""
        ...

    def save(self, endpoint: Endpoint) -> None:
        """Replace the endpoint if it is still at its version, else raise `Stale`.

        Raises `NoSuchEndpoint` when it was deleted. The count of deliveries given up begins anew.
        """
        ...

    def erase(self, endpoint: Endpoint) -> None:
        """Forget the endpoint."""
        ...

    def disable(self, endpoint_id: EndpointId, reason: DisabledReason) -> None:
        """Send nothing more, if it is still enabled."""
        ...

    def note_delivered(self, endpoint_id: EndpointId) -> None:
        """Note a success: the deliveries given up before it do not count any more."""
        ...

    def note_given_up(self, endpoint_id: EndpointId, *, most: int) -> bool:
        """Count a delivery that was given up; at `most` in a row disable, and return that."""
        ...
