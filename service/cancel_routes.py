"""`POST /v1/assessments/{id}/cancel`: ends an assessment that nobody waits for any more."""

from fastapi import APIRouter, Response

from assessment.faults import IllegalTransition
from service.answers import assessment_body
from service.bodies import AssessmentBody
from service.description import problems_of
from service.desk import DeskOf
from service.faults import AlreadyEnded
from service.json_response import JsonResponse
from service.owned import OwnedOf

router = APIRouter(prefix="/v1/assessments/{id}", tags=["assessments"])


@router.post(
    "/cancel",
    operation_id="cancelAssessment",
    summary="Cancel an assessment",
    response_model=AssessmentBody,
    responses=problems_of(401, 404, 409, 410, 503),
)
def cancel(assessment: OwnedOf, desk: DeskOf) -> Response:
    """End an assessment that is queued or processing, and erase its recording.

    A worker that has it in its hands stops within two seconds. Send no body.
    """
    try:
        canceled = desk.stopper.cancel(assessment)
    except IllegalTransition:
        raise AlreadyEnded from None
    as_it_stands = desk.archive.find(canceled.tenant, canceled.id)
    return JsonResponse(assessment_body(desk.archive.view(as_it_stands)))
