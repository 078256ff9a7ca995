"""The delivery log: what is told to whom, and every try at it.

    pending ──▶ delivered
       │ ▲          │
       │ └──────────┼────────┐   replayed, by its owner
       ▼            │        │
    failed ─────────┘     gave_up
       │ ▲ tried again       ▲
       └─┴───────────────────┘   every try used up, or nobody there any more

A delivery is one message to one target, and its id is the `webhook-id` of every try.
It holds no address and no body.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from assessment.assessment import AssessmentId, Tenant
from assessment.endpoints import EndpointId

CALLBACK: Final = "callback"
"""The target that came with the request; every other target is an endpoint's id."""
DELIVERY_ID_PATTERN: Final = re.compile(r"evt_[0-9a-f]{32}_[a-z]{4,9}(_[0-9a-f]{32})?")
MOST_ATTEMPTS: Final = 20
"""Tries that the log keeps of one delivery; the oldest go first."""
MOST_LISTED: Final = 100
"""Deliveries that the log of an endpoint keeps."""
MOST_AT_ONCE: Final = 4
"""Tries at one receiver at the same time: one that says nothing must not hold up the others."""
INTERRUPTED: Final = "interrupted"
"""The error of a try whose sender died before it could note how it ended."""


class DeliveryState(StrEnum):
    """Where a delivery is; `failed` will be tried again by itself, `gave_up` will not."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    GAVE_UP = "gave_up"


class Unreachable(Exception):
    """The receiver did not answer; the message is the kind of failure, never an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one target is to be told; a test send belongs to no assessment."""

    id: str
    tenant: Tenant
    assessment_id: AssessmentId | None
    type: str
    target: str
    sequence: int

    @property
    def lane(self) -> str:
        """Whom it holds up when it takes long: the endpoint, or all callbacks of the tenant."""
        return self.tenant if self.target == CALLBACK else self.target


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: its number since the beginning, when, what came of it, and when the next is.

    A try without status and error is under way.
    """

    number: int
    at: datetime
    status: int | None = None
    error: str | None = None
    duration_ms: int | None = None
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A message on its way; `tries` counts the attempts since it was last replayed."""

    message: Message
    created_at: datetime
    state: DeliveryState = DeliveryState.PENDING
    tries: int = 0
    replays: int = 0
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How a try ended, and what follows: another one after `again_s`, or none."""

    state: DeliveryState
    status: int | None = None
    error: str | None = None
    duration_ms: int | None = None
    again_s: float | None = None


class Deliveries(Protocol):
    """The log, and what of it is due. Times are the store's own.

    It goes with its assessment: `Records.erase` erases it in the same step. Every method
    may raise `StoreUnavailable`.
    """

    def add(self, message: Message) -> None:
        """Store a new delivery that is due now, unless it is known or its assessment gone."""
        ...

    def take(self, *, lease_s: float) -> Delivery | None:
        """Return a due delivery with a new attempt noted, hidden from others for a while."""
        ...

    def settle(self, delivery: Delivery, settlement: Settlement) -> None:
        """Note how the last attempt of what was taken ended; no harm when it is gone.

        The state only follows when nobody took or replayed the delivery meanwhile.
        """
        ...

    def replay(self, delivery_id: str) -> None:
        """Have it delivered again now, with all tries before it; raises `NoSuchDelivery`."""
        ...

    def get(self, delivery_id: str) -> Delivery:
        """Return the delivery, or raise `NoSuchDelivery`."""
        ...

    def of_assessment(self, assessment_id: AssessmentId) -> Sequence[Delivery]:
        """Return the assessment's deliveries, the oldest first."""
        ...

    def of_endpoint(self, endpoint_id: EndpointId) -> Sequence[Delivery]:
        """Return the last deliveries to the endpoint, the newest first."""
        ...

    def forget(self, endpoint_id: EndpointId) -> None:
        """Erase the endpoint's log; what assessments know of it stays with them."""
        ...
