"""The shapes of webhooks, of their endpoints and of the delivery log."""

from typing import Annotated, Literal

from pydantic import Field

from assessment.assessment import Outcome, Status
from assessment.deliveries import DeliveryState
from assessment.endpoints import DisabledReason
from assessment.events import EventName
from service.bodies import AssessmentIdValue, Timestamp
from service.result_bodies import Shape

EndpointIdValue = Annotated[
    str,
    Field(
        pattern=r"^whe_[0-9a-f]{32}$",
        examples=["whe_0123456789abcdef0123456789abcdef"],
    ),
]


class EventUrls(Shape):
    """Where to read more."""

    self: str


class EventData(Shape):
    """Who ended, and how. No result, and nothing of the request."""

    id: AssessmentIdValue
    status: Status
    outcome: Outcome | None
    urls: EventUrls


class Event(Shape):
    """The body of a webhook. The header `webhook-id` is the same in every try."""

    type: EventName
    timestamp: Timestamp
    sequence: int = Field(
        description="Counts the endings of a tenant's assessments, in their order; the wire does "
        "not keep it. A receiver that does not hear of all of them sees gaps.",
        examples=[17],
    )
    data: EventData


class TestEventData(Shape):
    """Which endpoint was tried."""

    id: EndpointIdValue
    urls: EventUrls


class TestEvent(Shape):
    """The body of a test send."""

    type: Literal["webhook.test"]
    timestamp: Timestamp
    sequence: Literal[0]
    data: TestEventData


class EndpointBody(Shape):
    """A webhook endpoint, without its secret."""

    id: EndpointIdValue
    url: str
    events: list[EventName] = Field(description="Which endings are told; all when empty.")
    description: str
    enabled: bool
    disabled_reason: DisabledReason | None = Field(
        description="`requested`: by you. `gone`: it answered 410. `gave_up`: five deliveries in "
        "a row used up all of their tries, a day long each."
    )
    created_at: Timestamp
    rotating_until: Timestamp | None = Field(
        description="Until then two secrets sign; null when one does."
    )


class EndpointIssued(EndpointBody):
    """A webhook endpoint and its new secret; shown this once."""

    secret: str = Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])


class EndpointList(Shape):
    """The endpoints of a tenant, the oldest first; twenty at most."""

    data: list[EndpointBody]


class EndpointDeleted(Shape):
    """An endpoint that hears nothing any more."""

    id: EndpointIdValue
    deleted_at: Timestamp


class AttemptBody(Shape):
    """One try. Without status and error it is under way."""

    at: Timestamp
    status: int | None = Field(description="What the receiver answered; 2xx is a success.")
    error: str | None = Field(
        description="What went wrong: `redirect`, `timeout`, `tls`, `name_unknown`, "
        "`not_connected`, `connection_lost`, `not_http`, `address_not_allowed`, `interrupted`, "
        "`endpoint_disabled`, `endpoint_deleted`, `callback_deleted`.",
        examples=["timeout"],
    )
    duration_ms: int | None
    next_at: Timestamp | None = Field(description="When the next try was due.")


class DeliveryBody(Shape):
    """One event on its way to one target."""

    id: str = Field(
        description="The `webhook-id` of every try.",
        examples=["evt_0123456789abcdef0123456789abcdef_succeeded"],
    )
    type: EventName | Literal["webhook.test"]
    assessment_id: AssessmentIdValue | None = Field(description="Null for a test.")
    target: str = Field(description="`callback`, or the endpoint's id.", examples=["callback"])
    sequence: int
    state: DeliveryState = Field(
        description="`failed` is tried again by itself, `gave_up` only when it is replayed."
    )
    created_at: Timestamp
    replays: int = Field(description="How often it was asked for again.")
    attempts: list[AttemptBody] = Field(description="The last 20 tries, the oldest first.")


class DeliveryList(Shape):
    """Deliveries: an assessment's, the oldest first, or an endpoint's last 100, the newest."""

    data: list[DeliveryBody]
