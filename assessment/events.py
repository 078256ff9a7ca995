"""What is told when an assessment ends: thin, and without patient data."""

from datetime import datetime
from enum import StrEnum

from assessment.assessment import Assessment, Outcome, Status
from assessment.deliveries import CALLBACK, Message
from assessment.endpoints import EndpointId

TEST_TYPE = "webhook.test"
"""The type of an event that a tenant asks for to try an endpoint."""


class EventName(StrEnum):
    """An ending that can be told of."""

    SUCCEEDED = "assessment.succeeded"
    WITHHELD = "assessment.withheld"
    FAILED = "assessment.failed"
    CANCELED = "assessment.canceled"
    EXPIRED = "assessment.expired"


def event_id(assessment: Assessment) -> str:
    """Return the id of this ending; with its target it makes the `webhook-id`."""
    return f"evt_{assessment.id.removeprefix('asm_')}_{assessment.status}"


def event_type(assessment: Assessment) -> EventName:
    """Return what the ending of the assessment is called."""
    if assessment.status is Status.SUCCEEDED and assessment.outcome is Outcome.WITHHELD:
        return EventName.WITHHELD
    return EventName(f"assessment.{assessment.status}")


def message(assessment: Assessment, target: str, sequence: int) -> Message:
    """Return what the target is told; the same ending and target always make the same id."""
    own = event_id(assessment)
    return Message(
        id=own if target == CALLBACK else f"{own}_{target.removeprefix('whe_')}",
        tenant=assessment.tenant,
        assessment_id=assessment.id,
        type=event_type(assessment),
        target=target,
        sequence=sequence,
    )


def event_body(assessment: Assessment, sequence: int) -> dict[str, object]:
    """Return the body: who, how it ended, where to read more. Never a result."""
    return {
        "type": event_type(assessment),
        "timestamp": _timestamp(assessment.updated_at),
        "sequence": sequence,
        "data": {
            "id": assessment.id,
            "status": assessment.status,
            "outcome": assessment.outcome,
            "urls": {"self": f"/v1/assessments/{assessment.id}"},
        },
    }


def trial_body(endpoint_id: EndpointId, at: datetime) -> dict[str, object]:
    """Return the body of a test send; it stands outside of the order."""
    return {
        "type": TEST_TYPE,
        "timestamp": _timestamp(at),
        "sequence": 0,
        "data": {"id": endpoint_id, "urls": {"self": f"/v1/webhook-endpoints/{endpoint_id}"}},
    }


def _timestamp(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
