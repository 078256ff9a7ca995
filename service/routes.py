"""Assessments over HTTP: what arrives is translated, what is decided is decided elsewhere."""

from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from http import HTTPStatus
from typing import BinaryIO, Final

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse

from assessment.assessment import Assessment, Tenant
from service.answers import assessment_body, created_body, timestamp
from service.auth import TenantOf
from service.bodies import AssessmentBody, CreatedBody, Receipt
from service.description import MULTIPART_BODY, TIMELINE_CONTENT, problems_of
from service.desk import Desk, DeskOf
from service.json_response import JsonResponse
from service.owned import OwnedOf
from service.report import report
from service.uploads import Arrival, Body

RETRY_AFTER_S: Final = 2
CHUNK_BYTES: Final = 64 * 2**10
REPORT_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
)

router = APIRouter(prefix="/v1/assessments", tags=["assessments"])
one = APIRouter(prefix="/v1/assessments/{id}", tags=["assessments"])


@router.post(
    "",
    operation_id="createAssessment",
    summary="Send a recording",
    status_code=HTTPStatus.ACCEPTED,
    response_model=CreatedBody,
    responses=problems_of(400, 401, 408, 413, 415, 422, 503, 507),
    openapi_extra=MULTIPART_BODY,
)
async def create(request: Request, tenant: TenantOf, desk: DeskOf) -> Response:
    """Take a recording and what is asked of it; a worker assesses it as soon as one is free."""
    async with (
        aclosing(request.stream()) as chunks,
        desk.uploads.receive(_body(request, chunks)) as arrival,
    ):
        return await run_sync(_accept, desk, tenant, arrival)


def _accept(desk: Desk, tenant: Tenant, arrival: Arrival) -> Response:
    assessment = desk.intake.accept(tenant, arrival.request, arrival.recording)
    body = created_body(desk.archive.view(assessment), arrival.request.callback)
    headers = {"Location": body["urls"]["self"], "Retry-After": str(RETRY_AFTER_S)}
    return JsonResponse(body, HTTPStatus.ACCEPTED, headers=headers)


def _body(request: Request, chunks: AsyncIterator[bytes]) -> Body:
    announced = request.headers.get("content-length", "")
    return Body(
        content_type=request.headers.get("content-type", ""),
        content_encoding=request.headers.get("content-encoding", ""),
        announced_bytes=int(announced) if announced.isdecimal() else None,
        chunks=chunks,
    )


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
    "/timeline",
    operation_id="getTimeline",
    summary="Read every sampled frame",
    response_class=StreamingResponse,
    responses={200: TIMELINE_CONTENT, **problems_of(401, 404, 409, 410, 503)},
)
def timeline(assessment: OwnedOf, desk: DeskOf) -> Response:
    """Return one line of JSON a sampled frame, in the order of media time, all in one stream."""
    file = desk.archive.timeline(assessment)
    return StreamingResponse(_chunks(file), media_type="application/jsonl")


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


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
    erased = list(desk.archive.erase(assessment))
    at = timestamp(desk.clock())
    return JsonResponse({"id": assessment.id, "deleted_at": at, "erased": erased})
