"""Assessments over HTTP: what arrives is translated, what is decided is decided elsewhere."""

from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from assessment.assessment import Assessment
from service.answers import assessment_body
from service.bodies import AssessmentBody, Receipt
from service.description import problems_of
from service.desk import DeskOf
from service.json_response import JsonResponse
from service.model_cards import cards_behind
from service.owned import OwnedOf
from service.pages import answered
from service.report import Background, report

RETRY_AFTER_S: Final = 2

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
def read_report(assessment: OwnedOf, desk: DeskOf, request: Request) -> Response:
    """Return one page for people: self-contained, printable, without scripts.

    It shows what was seen, what was rejected and why, each number with its interval, and the
    limits of the networks with the addresses of their cards. It holds no picture of the person
    unless `include_faces` was asked for.
    """
    view = desk.archive.view(assessment)
    with desk.archive.timeline(assessment) as lines:
        address = (desk.public_url or str(request.base_url)).rstrip("/")
        cards = cards_behind(view.result or {}, desk.catalogue.manifests)
        faces = desk.archive.faces(view)
        page = report(view, lines, Background(cards=cards, address=address, faces=faces))
    return answered(page)


@one.delete(
    "",
    operation_id="deleteAssessment",
    summary="Erase an assessment",
    response_model=Receipt,
    responses=problems_of(401, 404, 410, 503),
)
def erase(assessment: OwnedOf, desk: DeskOf) -> Response:
    """Erase the recording, the request, the result and the feedback.

    Also while they are worked on. The answer is signed: keep it, it proves the deletion.
    """
    return JsonResponse(desk.erasure(assessment))
