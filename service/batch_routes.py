"""`POST /v1/assessments/batch`: many sources in one request."""

from contextlib import aclosing
from http import HTTPStatus
from typing import Annotated, Final, Literal

from anyio.to_thread import run_sync
from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import Field

from service.auth import TenantOf
from service.batch import MOST_BYTES, items_of
from service.batch_schema import MOST_ITEMS
from service.bodies import CreatedBody, Problem
from service.create_description import BATCH_BODY, BATCH_PROBLEMS
from service.create_routes import body_of
from service.desk import DeskOf
from service.envelope import answer_headers, request_id_of
from service.idempotency import Scope, key_of
from service.json_response import JsonResponse
from service.quotas import Demand
from service.result_bodies import Shape

router = APIRouter(prefix="/v1/assessments", tags=["assessments"])
OTHER_METHODS: Final = ["DELETE", "GET", "HEAD", "PATCH", "PUT"]


class AcceptedItem(Shape):
    """An item that became an assessment."""

    index: int = Field(ge=0, lt=MOST_ITEMS)
    status: Literal[202]
    assessment: CreatedBody


class RefusedItem(Shape):
    """An item that did not, and why."""

    index: int = Field(ge=0, lt=MOST_ITEMS)
    status: Annotated[int, Field(ge=400, le=599)]
    problem: Problem


class BatchBody(Shape):
    """What became of each item, in the order in which they were sent."""

    items: list[AcceptedItem | RefusedItem]


SCOPE: Final = "batch"


@router.post(
    "/batch",
    operation_id="createAssessments",
    summary="Send many sources",
    response_model=BatchBody,
    responses=BATCH_PROBLEMS,
    openapi_extra=BATCH_BODY,
)
async def create_many(request: Request, tenant: TenantOf, desk: DeskOf) -> Response:
    """Take up to 100 requests that say where their recordings are; each is answered by itself.

    With an `Idempotency-Key` the batch can be sent again: what was created is answered as
    before, and what was not is tried again.
    """
    key = key_of(tuple(request.headers.getlist("idempotency-key")))
    async with (
        desk.idempotency.hold(Scope(tenant, SCOPE), key) as held,
        aclosing(request.stream()) as chunks,
    ):
        items = items_of(await desk.uploads.text(body_of(request, chunks), MOST_BYTES))
        if len(items) > 1:  # the first one was counted before the body was read
            demand = Demand(len(items), counted=1)
            await run_sync(desk.quotas.admit_work, tenant, demand, answer_headers(request))
        await run_sync(desk.batch.begin, items, held)
        request_id = request_id_of(request)
        answers = await run_sync(desk.batch.create, tenant, items, held, request_id)
    headers = {"Idempotency-Replayed": "true"} if held.known else {}
    return JsonResponse({"items": answers}, headers=headers)


@router.api_route("/batch", methods=OTHER_METHODS, include_in_schema=False)
def refuse() -> None:
    """Answer 405: without this, `batch` would be the id of an assessment that is not found."""
    raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED)
