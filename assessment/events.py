"""What is told to a callback when an assessment ends: thin, and without patient data."""

from assessment.assessment import Assessment, Outcome, Status


def event_id(assessment: Assessment) -> str:
    """Return the id that all deliveries of this ending share (the `webhook-id`)."""
    return f"evt_{assessment.id.removeprefix('asm_')}_{assessment.status}"


def event_type(assessment: Assessment) -> str:
    """Return `assessment.succeeded`, `.withheld`, `.failed`, `.canceled` or `.expired`."""
    if assessment.status is Status.SUCCEEDED and assessment.outcome is Outcome.WITHHELD:
        return "assessment.withheld"
    return f"assessment.{assessment.status}"


def event_body(assessment: Assessment) -> dict[str, object]:
    """Return the body: who, how it ended, where to read more. Never a result."""
    return {
        "type": event_type(assessment),
        "timestamp": assessment.updated_at.isoformat().replace("+00:00", "Z"),
        "data": {
            "id": assessment.id,
            "status": assessment.status,
            "outcome": assessment.outcome,
            "urls": {"self": f"/v1/assessments/{assessment.id}"},
        },
    }
