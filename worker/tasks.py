"""Celery in, plain calls out."""

from collections.abc import Mapping
from typing import Any, Final

from celery import Task

from adapters.fair_queue import Chosen
from adapters.log_context import bound
from adapters.queue import REQUEST_ID, RUN_ASSESSMENT, SENT
from adapters.tracing import TRACEPARENT, Kind
from assessment.assessment import AssessmentId
from worker.app import app, observed, runner, turns

RECEIVED: Final = {**SENT, "messaging.operation.type": "process"}


@app.task(name=RUN_ASSESSMENT, bind=True)  # pyright: ignore[reportUntypedFunctionDecorator]
def run_assessment(self: Task, assessment_id: str) -> None:
    """Run the assessment whose turn it is; the record says whether there is anything to do."""
    chosen = Chosen(turns())(AssessmentId(assessment_id))
    # The headers are of the request behind the message, and not of another tenant's.
    headers: Mapping[str, Any] = self.request if chosen == assessment_id else {}
    span = observed.tracing.span(
        f"{RUN_ASSESSMENT} process",
        Kind.CONSUMER,
        attributes={**RECEIVED, "mien.assessment.id": chosen},
        parent=headers.get(TRACEPARENT),
    )
    named = bound(request_id=headers.get(REQUEST_ID) or "", assessment_id=chosen)
    with named, span, observed.meters.busy():
        runner().run(chosen)
