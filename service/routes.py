"""Assessments over HTTP: what arrives is translated, what is decided is decided elsewhere."""

from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from assessment.assessment import Assessment
from service.answers import assessment_body, receipt_body
from service.bodies import AssessmentBody, Receipt
from service.description import problems_of
from service.desk import DeskOf
from service.json_response import JsonResponse
from service.owned import OwnedOf
from service.report import report

RETRY_AFTER_S: Final = 2
REPORT_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
)

one = APIRouter(prefix="/v1/assessments/{id}", tags=["assessments"])


@one.get(
    "",
    operation_id="getAssessment",
    summary="Read an assessment",
    response_model=AssessmentBody,
    responses=problems_of(401, 404, 410, 503),
)
def read(assessment: OwnedOf, desk: DeskOf) -> Response:
    """Return how far it is, and its result once it has succeeded."""
    body = assessment_body(desk.archive.view(assessment))
    return JsonResponse(body, headers=_patience(assessment))


def _patience(assessment: Assessment) -> dict[str, str]:
    return {} if assessment.status.final else {"Retry-After": str(RETRY_AFTER_S)}


@one.get(
    "/report",
    operation_id="getReport",
    summary="Read the report",
    response_class=HTMLResponse,
    responses=problems_of(401, 404, 409, 410, 503),
)
def read_report(assessment: OwnedOf, desk: DeskOf) -> Response:
    """Return one page for people: self-contained, printable, without scripts."""
    with desk.archive.timeline(assessment) as lines:
        page = report(desk.archive.view(assessment), lines)
    return HTMLResponse(page, headers={"Content-Security-Policy": REPORT_POLICY})


@one.delete(
    "",
    operation_id="deleteAssessment",
    summary="Erase an assessment",
    response_model=Receipt,
    responses=problems_of(401, 404, 410, 503),
)
def erase(assessment: OwnedOf, desk: DeskOf) -> Response:
    """Erase the recording, the request and the result, also while they are worked on."""
    erased = desk.archive.erase(assessment)
    return JsonResponse(receipt_body(assessment.id, desk.clock(), erased))
