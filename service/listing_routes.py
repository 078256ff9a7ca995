"""`GET /v1/assessments`: a tenant's assessments, a page at a time."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from service.auth import TenantOf
from service.bodies import AssessmentList
from service.description import problems_of
from service.desk import DeskOf
from service.json_response import JsonResponse
from service.list_options import ListOptions

router = APIRouter(prefix="/v1/assessments", tags=["assessments"])


@router.get(
    "",
    operation_id="listAssessments",
    summary="List assessments",
    response_model=AssessmentList,
    responses=problems_of(401, 422, 503),
)
def list_assessments(
    tenant: TenantOf, desk: DeskOf, options: Annotated[ListOptions, Query()]
) -> Response:
    """Return your assessments without their results, newest first; `next` leads to older ones.

    What arrives while you page is not in the pages that follow, and moves nothing in them.
    """
    return JsonResponse(desk.lister.page(tenant, options))
