"""Resumable uploads over HTTP: tus 1.0.0 with creation, expiration, termination and checksums."""

from contextlib import aclosing
from http import HTTPStatus
from typing import Annotated, Final

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Path, Request, Response

from assessment.assessment import Tenant
from assessment.uploads import Upload
from service.answers import timestamp
from service.auth import TenantOf
from service.desk import DeskOf
from service.json_response import JsonResponse
from service.tus_headers import (
    announced_of,
    capabilities,
    check_chunk,
    check_metadata,
    check_version,
    checksum_of,
    length_of,
    offset_of,
    standing,
)
from service.upload_bodies import UploadBody
from service.upload_description import (
    APPEND_EXTRA,
    APPENDED,
    CREATE_EXTRA,
    CREATED,
    ERASED,
    EXTRA,
    STANDING,
    upload_problems,
)
from service.upload_reception import ChunkBody

PATH: Final = "/v1/uploads"

router = APIRouter(prefix=PATH, tags=["uploads"])
one = APIRouter(prefix=f"{PATH}/{{id}}", tags=["uploads"])


def uploader(tenant: TenantOf, request: Request) -> Tenant:
    """Return whose uploads these are, or raise `TusVersionMismatch`."""
    check_version(request.headers)
    return tenant


UploaderOf = Annotated[Tenant, Depends(uploader)]
UploadIdOf = Annotated[
    str,
    Path(
        alias="id",
        description="The upload's `id`.",
        examples=["upl_0123456789abcdef0123456789abcdef"],
    ),
]


@router.options("", include_in_schema=False)
@one.options("", include_in_schema=False)
def describe(desk: DeskOf) -> Response:
    """Tell what is spoken here, without a key."""
    told = capabilities(desk.upload_store.rules.limit_bytes)
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=told)


@router.post(
    "",
    operation_id="createUpload",
    summary="Begin a resumable upload",
    status_code=HTTPStatus.CREATED,
    response_model=UploadBody,
    responses={201: CREATED, **upload_problems(400, 408, 413, 415, 422, 460, 507)},
    openapi_extra=CREATE_EXTRA,
)
async def create(request: Request, tenant: UploaderOf, desk: DeskOf) -> Response:
    """Announce a recording; send it to `Location` with PATCH, in as many chunks as it takes.

    tus 1.0.0; `OPTIONS /v1/uploads` tells the extensions and the largest size. Once all of it
    has arrived, `{"source": {"upload_id": …}}` of an assessment uses it, once.
    """
    length = length_of(request.headers)
    check_metadata(request.headers)
    async with aclosing(request.stream()) as chunks:
        body = None
        if _has_body(request):
            check_chunk(request.headers)
            checksum, announced = checksum_of(request.headers), announced_of(request.headers)
            body = ChunkBody(0, announced, checksum, chunks)
        upload = await desk.upload_reception.create(tenant, length, body)
    headers = {"Location": f"{PATH}/{upload.id}", **standing(upload)}
    return JsonResponse(_body(upload), HTTPStatus.CREATED, headers=headers)


@one.head(
    "",
    operation_id="getUploadOffset",
    summary="Ask how far an upload is",
    status_code=HTTPStatus.OK,
    response_class=Response,
    responses={200: STANDING, **upload_problems(404, 410)},
    openapi_extra=EXTRA,
)
async def look(tenant: UploaderOf, desk: DeskOf, upload_id: UploadIdOf) -> Response:
    """Return `Upload-Offset`, from where the recording is to be sent on."""
    upload = await desk.upload_reception.settled(tenant, upload_id)
    headers = {"Upload-Length": str(upload.length), **standing(upload)}
    return Response(headers=headers)


@one.patch(
    "",
    operation_id="appendToUpload",
    summary="Send a chunk of an upload",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses={
        204: APPENDED,
        **upload_problems(400, 404, 408, 409, 410, 413, 415, 422, 423, 460, 507),
    },
    openapi_extra=APPEND_EXTRA,
)
async def append(
    request: Request, tenant: UploaderOf, desk: DeskOf, upload_id: UploadIdOf
) -> Response:
    """Add bytes at `Upload-Offset`; of a chunk that is cut off, what arrived is kept."""
    check_chunk(request.headers)
    async with aclosing(request.stream()) as chunks:
        body = ChunkBody(
            offset=offset_of(request.headers),
            announced_bytes=announced_of(request.headers),
            checksum=checksum_of(request.headers),
            chunks=chunks,
        )
        upload = await desk.upload_reception.append(tenant, upload_id, body)
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=standing(upload))


@one.delete(
    "",
    operation_id="deleteUpload",
    summary="Give an upload up",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses={204: ERASED, **upload_problems(404, 410)},
    openapi_extra=EXTRA,
)
async def erase(tenant: UploaderOf, desk: DeskOf, upload_id: UploadIdOf) -> Response:
    """Erase what has arrived of it, also while it arrives."""
    upload = await run_sync(desk.upload_store.find, tenant, upload_id)
    await run_sync(desk.upload_store.erase, upload)
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _has_body(request: Request) -> bool:
    announced = request.headers.get("content-length", "0")
    return announced != "0" or "transfer-encoding" in request.headers


def _body(upload: Upload) -> dict[str, object]:
    return {
        "id": upload.id,
        "length": upload.length,
        "offset": upload.offset,
        "expires_at": timestamp(upload.expires_at),
        "url": f"{PATH}/{upload.id}",
    }
