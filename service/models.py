"""`GET /v1/models`: the networks that are served, and what their weights have proved."""

from fastapi import APIRouter

from service.auth import TenantOf
from service.bodies import ModelList
from service.description import problems_of
from service.desk import DeskOf
from service.json_response import JsonResponse

router = APIRouter(prefix="/v1", tags=["models"])


@router.get(
    "/models",
    operation_id="listModels",
    summary="List the networks",
    response_model=ModelList,
    responses=problems_of(401, 503),
)
def models(_: TenantOf, desk: DeskOf) -> JsonResponse:
    """Return every network with its licence, its evidence and its calibration."""
    return JsonResponse({"data": desk.catalogue.listing()})
