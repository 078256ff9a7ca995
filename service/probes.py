"""What the platform asks: alive, ready, metrics. No key; nothing here is about a person."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST

from service.bodies import Live, Readiness
from service.desk import DeskOf
from service.health import OK
from service.json_response import JsonResponse

router = APIRouter(tags=["operation"])


@router.get("/livez", operation_id="livez", summary="The process answers", response_model=Live)
async def livez() -> JsonResponse:
    """Say that the process answers; looks at nothing else."""
    return JsonResponse({"status": "live"})


@router.get(
    "/readyz",
    operation_id="readyz",
    summary="What is sent now will be assessed",
    response_model=Readiness,
    responses={
        503: {"model": Readiness, "description": "Something is missing; `checks` says what"}
    },
)
def readyz(desk: DeskOf) -> JsonResponse:
    """Look at Redis, the storage, the manifests, and the workers with their networks."""
    checks = desk.health.checks()
    ready = set(checks.values()) == {OK}
    status = "ready" if ready else "not_ready"
    body = {"status": status, "checks": checks, "reasons": desk.health.reasons()}
    return JsonResponse(body, 200 if ready else 503)


@router.get(
    "/metrics",
    operation_id="metrics",
    summary="Metrics for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(desk: DeskOf) -> Response:
    """Return counts and times in Prometheus' text format."""
    return Response(desk.metrics.page(), media_type=CONTENT_TYPE_LATEST)
