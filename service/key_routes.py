"""Keys over HTTP: a tenant's admin keys manage the keys of that tenant, and of no other.

A live key manages the tenant's live and test keys, a test key the test keys alone.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Path, Request

from assessment.access import Caller, Issued, Key, KeyOrder, home_of, is_sandbox, sandbox_of
from assessment.access_faults import NoSuchKey
from assessment.faults import Invalid
from service.answers import timestamp
from service.auth import CallerOf
from service.description import json_body, problems_of
from service.desk import Desk, DeskOf
from service.json_body import read_json
from service.json_response import JsonResponse
from service.key_schemas import (
    Environment,
    KeyBody,
    KeyIssuedBody,
    KeyList,
    KeyOptions,
    RevokedBody,
    RotationOptions,
)

router = APIRouter(prefix="/v1/keys", tags=["keys"])
one = APIRouter(prefix="/v1/keys/{id}", tags=["keys"])

KeyIdOf = Annotated[
    str,
    Path(
        alias="id",
        description="The key's `id`, which is not the key.",
        examples=["key_0123456789abcdef0123456789abcdef"],
    ),
]


def managed(caller: CallerOf, desk: DeskOf, key_id: KeyIdOf) -> Key:
    """Return the key if it is the caller's to manage, or raise `NoSuchKey`."""
    for key in desk.keys.list(home_of(caller.tenant)):
        if key.id == key_id and _manages(caller, key):
            return key
    raise NoSuchKey


ManagedOf = Annotated[Key, Depends(managed)]


@router.post(
    "",
    operation_id="createKey",
    summary="Make a key",
    status_code=HTTPStatus.CREATED,
    response_model=KeyIssuedBody,
    responses=problems_of(401, 408, 409, 413, 415, 422, 503),
    openapi_extra=json_body("KeyOptions", {"name": "booking", "scopes": ["create", "read"]}),
)
async def create(request: Request, caller: CallerOf, desk: DeskOf) -> JsonResponse:
    """Make a key for the caller's own tenant; the answer alone holds what has to be sent."""
    order = _order(caller, await read_json(request, KeyOptions))
    issued = await run_sync(desk.keys.issue, order)
    return _issued(desk, issued, HTTPStatus.CREATED)


@router.get(
    "",
    operation_id="listKeys",
    summary="List the keys",
    response_model=KeyList,
    responses=problems_of(401, 503),
)
def listing(caller: CallerOf, desk: DeskOf) -> JsonResponse:
    """Return the keys that were not revoked, the oldest first, all on one page."""
    keys = [key for key in desk.keys.list(home_of(caller.tenant)) if _manages(caller, key)]
    return JsonResponse({"data": [_body(desk, key) for key in keys]})


@one.get(
    "",
    operation_id="getKey",
    summary="Read a key",
    response_model=KeyBody,
    responses=problems_of(401, 404, 503),
)
def read(key: ManagedOf, desk: DeskOf) -> JsonResponse:
    """Return what is known of a key; never the key itself."""
    return JsonResponse(_body(desk, key))


@one.post(
    "/rotate",
    operation_id="rotateKey",
    summary="Rotate a key",
    status_code=HTTPStatus.CREATED,
    response_model=KeyIssuedBody,
    responses=problems_of(401, 404, 408, 409, 413, 415, 422, 503),
    openapi_extra=json_body("RotationOptions", {"overlap_s": 3600}, required=False),
)
async def rotate(request: Request, key: ManagedOf, desk: DeskOf) -> JsonResponse:
    """Make a key like this one at once; this one ends when the overlap is over."""
    options = await read_json(request, RotationOptions, optional=True)

    def change() -> Issued:
        return desk.keys.rotate(home_of(key.tenant), key.id, overlap_s=options.overlap_s)

    return _issued(desk, await run_sync(change), HTTPStatus.CREATED)


@one.delete(
    "",
    operation_id="revokeKey",
    summary="Revoke a key",
    response_model=RevokedBody,
    responses=problems_of(401, 404, 409, 503),
)
def revoke(key: ManagedOf, desk: DeskOf) -> JsonResponse:
    """Let nobody in with the key any more, from this moment on, and forget it."""
    desk.keys.revoke(home_of(key.tenant), key.id, keep_an_admin=True)
    return JsonResponse({"id": key.id, "revoked_at": timestamp(desk.clock())})


def _order(caller: Caller, options: KeyOptions) -> KeyOrder:
    sandboxed = is_sandbox(caller.tenant)
    if sandboxed and options.environment is Environment.LIVE:
        raise Invalid("cannot be `live` for a test key", pointer="/environment")
    tenant = caller.tenant
    if options.environment is Environment.TEST:
        tenant = sandbox_of(tenant)
    return KeyOrder(
        tenant=tenant,
        name=options.name,
        scopes=frozenset(options.scopes),
        expires_in_s=options.expires_in_s,
    )


def _manages(caller: Caller, key: Key) -> bool:
    return not (key.live and is_sandbox(caller.tenant))


def _issued(desk: Desk, issued: Issued, status: HTTPStatus) -> JsonResponse:
    body = {**_body(desk, issued.key), "key": issued.secret}
    return JsonResponse(body, status, headers={"Location": f"/v1/keys/{issued.key.id}"})


def _body(desk: Desk, key: Key) -> Mapping[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "environment": Environment.LIVE if key.live else Environment.TEST,
        "scopes": sorted(key.scopes),
        "hint": key.hint,
        "status": "expired" if key.ended(desk.clock()) else "active",
        "created_at": timestamp(key.created_at),
        "expires_at": timestamp(key.expires_at) if key.expires_at else None,
        "last_used_at": timestamp(key.last_used_at) if key.last_used_at else None,
        "replaced_by": key.replaced_by,
        "of_settings": key.of_settings,
    }
