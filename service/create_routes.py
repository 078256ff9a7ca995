"""`POST /v1/assessments`: headers and body in, an assessment out."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from http import HTTPStatus
from typing import Final

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request, Response

from assessment.assessment import Assessment
from service.answers import created_body
from service.auth import TenantOf
from service.bodies import CreatedBody
from service.choice import POINTER
from service.create_description import CREATE_BODY, CREATE_RESPONSES
from service.creation import Answer
from service.desk import Desk, DeskOf
from service.idempotency import Scope, key_of
from service.json_response import JsonResponse
from service.pointers import options_at
from service.preferences import wait_asked_s
from service.uploads import Body

RETRY_AFTER_S: Final = 2

router = APIRouter(prefix="/v1/assessments", tags=["assessments"])


@router.post(
    "",
    operation_id="createAssessment",
    summary="Send a recording",
    status_code=HTTPStatus.ACCEPTED,
    response_model=CreatedBody,
    responses=CREATE_RESPONSES,
    openapi_extra=CREATE_BODY,
)
async def create(request: Request, tenant: TenantOf, desk: DeskOf) -> Response:
    """Take a recording, or where it is, and what is asked of it; a worker assesses it.

    `Idempotency-Key` makes it safe to send the request again: the first answer comes back.
    With `Prefer: wait=60` the answer waits for the end, and is 200 when that came in time.
    """
    key, wait_s = key_of(_all(request, "idempotency-key")), wait_asked_s(_all(request, "prefer"))
    with options_at(_place(request)):
        async with (
            desk.idempotency.hold(Scope(tenant, "create"), key) as held,
            aclosing(request.stream()) as chunks,
            desk.uploads.receive(body_of(request, chunks)) as arrival,
        ):
            answer = await run_sync(desk.creation.create, tenant, arrival, held)
    headers = {"Idempotency-Replayed": "true"} if answer.replayed else {}
    if wait_s is None:
        return _accepted(answer, headers)
    headers["Preference-Applied"] = f"wait={wait_s}"
    ended = await desk.waiting.end_of(
        tenant, answer.assessment_id, within_s=wait_s, hung_up=request.is_disconnected
    )
    if ended is None:
        return _accepted(answer, headers)
    return await run_sync(_whole, desk, ended, headers)


def _accepted(answer: Answer, headers: dict[str, str]) -> Response:
    told = {"Location": answer.body["urls"]["self"], "Retry-After": str(RETRY_AFTER_S)}
    return JsonResponse(answer.body, answer.status, headers=told | headers)


def _whole(desk: Desk, ended: Assessment, headers: dict[str, str]) -> Response:
    view = desk.archive.view(ended)
    body = created_body(view, view.request.callback if view.request else None)
    return JsonResponse(body, headers={"Location": body["urls"]["self"]} | headers)


def _place(request: Request) -> str:
    """Return where in the body the options are."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return "" if media_type == "application/json" else POINTER


def body_of(request: Request, chunks: AsyncIterator[bytes]) -> Body:
    """Return what the headers announce, and the chunks."""
    announced = request.headers.get("content-length", "")
    return Body(
        content_type=request.headers.get("content-type", ""),
        content_encoding=request.headers.get("content-encoding", ""),
        announced_bytes=int(announced) if announced.isdecimal() else None,
        content_digest=_all(request, "content-digest"),
        options=_all(request, "mien-request"),
        chunks=chunks,
    )


def _all(request: Request, name: str) -> tuple[str, ...]:
    return tuple(request.headers.getlist(name))
