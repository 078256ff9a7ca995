"""Feedback over HTTP: totals of questionnaires, told, read back and erased."""

from dataclasses import asdict
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request, Response

from assessment.faults import Invalid
from assessment.feedback import HIGHEST, Feedback
from service.answers import timestamp
from service.auth import TenantOf
from service.bodies import Receipt
from service.description import json_body, problems_of
from service.desk import Desk, DeskOf
from service.feedback import Total
from service.feedback_schemas import FeedbackBody, FeedbackList, FeedbackOptions
from service.json_body import read_json
from service.json_response import JsonResponse
from service.owned import AssessmentIdOf, OwnedOf

router = APIRouter(prefix="/v1/assessments/{id}/feedback", tags=["feedback"])


@router.post(
    "",
    operation_id="giveFeedback",
    summary="Tell a questionnaire's total",
    status_code=HTTPStatus.CREATED,
    response_model=FeedbackBody,
    responses={
        200: {"model": FeedbackBody, "description": "It took the place of an earlier total"},
        **problems_of(401, 404, 408, 409, 410, 413, 415, 422, 503, 507),
    },
    openapi_extra=json_body(
        "FeedbackOptions",
        {"instrument": "bdi_ii", "total": 21, "obtained_at": "2026-11-20T09:30:00Z"},
    ),
)
async def give(request: Request, assessment: OwnedOf, desk: DeskOf) -> Response:
    """Keep the total beside what was reported, so that the operator can measure agreement.

    There is one total an instrument: telling it again corrects it and answers 200. 409 unless
    the assessment succeeded.
    """
    given = _total(await read_json(request, FeedbackOptions))
    feedback, new = await run_sync(desk.feedback.note, assessment, given)
    return JsonResponse(_body(desk, feedback), HTTPStatus.CREATED if new else HTTPStatus.OK)


@router.get(
    "",
    operation_id="listFeedback",
    summary="Read the feedback",
    response_model=FeedbackList,
    responses=problems_of(401, 404, 410, 503),
)
def read(assessment_id: AssessmentIdOf, tenant: TenantOf, desk: DeskOf) -> Response:
    """Return the totals that were told, for as long as they are kept."""
    kept = desk.feedback.read(tenant, assessment_id)
    return JsonResponse({"data": [_body(desk, one) for one in kept]})


@router.delete(
    "",
    operation_id="deleteFeedback",
    summary="Erase the feedback",
    response_model=Receipt,
    responses=problems_of(401, 404, 410, 503),
)
def erase(assessment_id: AssessmentIdOf, tenant: TenantOf, desk: DeskOf) -> Response:
    """Erase the totals alone. Deleting the assessment erases them, too; this also works later."""
    return JsonResponse(desk.feedback.erase(tenant, assessment_id))


def _total(options: FeedbackOptions) -> Total:
    highest = HIGHEST[options.instrument]
    if options.total > highest:
        raise Invalid(f"is above {highest}, the highest total of this one", pointer="/total")
    try:
        obtained_at = datetime.fromisoformat(options.obtained_at).astimezone(UTC)
    except OverflowError:
        raise Invalid("is before or after all time", pointer="/obtained_at") from None
    return Total(options.instrument, options.total, obtained_at)


def _body(desk: Desk, feedback: Feedback) -> dict[str, Any]:
    return {
        "assessment_id": feedback.assessment_id,
        "instrument": feedback.instrument,
        "total": feedback.total,
        "obtained_at": timestamp(feedback.obtained_at),
        "received_at": timestamp(feedback.received_at),
        "erase_at": timestamp(feedback.erase_at(desk.feedback.ttl_s)),
        "reported": [asdict(one) for one in feedback.reported],
    }
