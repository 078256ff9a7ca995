"""Webhook endpoints over HTTP: a tenant registers who is told how its assessments end."""

from http import HTTPStatus
from typing import Annotated, Any, Final

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Path, Request, Response

from assessment.endpoints import Endpoint
from service.answers import timestamp
from service.auth import TenantOf
from service.description import REFERENCE, problems_of
from service.desk import DeskOf
from service.json_body import read_json
from service.json_response import JsonResponse
from service.webhook_answers import delivery_body, endpoint_body, issued_body
from service.webhook_bodies import (
    DeliveryBody,
    DeliveryList,
    EndpointBody,
    EndpointDeleted,
    EndpointIssued,
    EndpointList,
)
from service.webhook_schemas import EndpointChanges, EndpointOptions, SecretRotation

_REASONS: Final = {
    404: "No such webhook endpoint for this key",
    409: "The webhook endpoint does not allow it; `code` says why",
    413: "The body is larger than `limit_bytes`",
    415: "Not `application/json`",
}

router = APIRouter(prefix="/v1/webhook-endpoints", tags=["webhook-endpoints"])
one = APIRouter(prefix="/v1/webhook-endpoints/{id}", tags=["webhook-endpoints"])


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    described = problems_of(401, 503, *statuses)
    for status, reason in _REASONS.items():
        if status in described:
            described[status]["description"] = reason
    return described


def _body(model: str, *, required: bool = True) -> dict[str, Any]:
    schema = {"$ref": REFERENCE.format(model=model)}
    content = {"application/json": {"schema": schema}}
    return {"requestBody": {"required": required, "content": content}}


def endpoint_of(
    tenant: TenantOf,
    desk: DeskOf,
    endpoint_id: Annotated[
        str,
        Path(
            alias="id",
            description="The endpoint's `id`.",
            examples=["whe_0123456789abcdef0123456789abcdef"],
        ),
    ],
) -> Endpoint:
    """Return the endpoint that the path names, or raise `NoSuchEndpoint`."""
    return desk.subscriptions.find(tenant, endpoint_id)


EndpointOf = Annotated[Endpoint, Depends(endpoint_of)]


@router.post(
    "",
    operation_id="createWebhookEndpoint",
    summary="Register a webhook endpoint",
    status_code=HTTPStatus.CREATED,
    response_model=EndpointIssued,
    responses=_problems(408, 409, 413, 415, 422),
    openapi_extra=_body("EndpointOptions"),
)
async def create(request: Request, tenant: TenantOf, desk: DeskOf) -> Response:
    """Have all endings told to an address. The secret is shown in this answer and never again."""
    options = await read_json(request, EndpointOptions)
    endpoint = await run_sync(desk.subscriptions.create, tenant, options)
    headers = {"Location": f"/v1/webhook-endpoints/{endpoint.id}"}
    return JsonResponse(issued_body(endpoint, desk.clock()), HTTPStatus.CREATED, headers=headers)


@router.get(
    "",
    operation_id="listWebhookEndpoints",
    summary="List webhook endpoints",
    response_model=EndpointList,
    responses=_problems(),
)
def list_all(tenant: TenantOf, desk: DeskOf) -> Response:
    """Return all of the tenant's endpoints, the oldest first."""
    found, now = desk.subscriptions.endpoints.of(tenant), desk.clock()
    return JsonResponse({"data": [endpoint_body(each, now) for each in found]})


@one.get(
    "",
    operation_id="getWebhookEndpoint",
    summary="Read a webhook endpoint",
    response_model=EndpointBody,
    responses=_problems(404),
)
def read(endpoint: EndpointOf, desk: DeskOf) -> Response:
    """Return the endpoint, and why it is disabled if it is."""
    return JsonResponse(endpoint_body(endpoint, desk.clock()))


@one.patch(
    "",
    operation_id="changeWebhookEndpoint",
    summary="Change a webhook endpoint",
    response_model=EndpointBody,
    responses=_problems(404, 408, 409, 413, 415, 422),
    openapi_extra=_body("EndpointChanges"),
)
async def change(request: Request, endpoint: EndpointOf, desk: DeskOf) -> Response:
    """Change what is given. What is on its way follows to a new address."""
    changes = await read_json(request, EndpointChanges)
    changed = await run_sync(desk.subscriptions.change, endpoint, changes)
    return JsonResponse(endpoint_body(changed, desk.clock()))


@one.delete(
    "",
    operation_id="deleteWebhookEndpoint",
    summary="Delete a webhook endpoint",
    response_model=EndpointDeleted,
    responses=_problems(404),
)
def delete(endpoint: EndpointOf, desk: DeskOf) -> Response:
    """Send nothing more, and forget the address, its secrets and its log."""
    desk.subscriptions.delete(endpoint)
    return JsonResponse({"id": endpoint.id, "deleted_at": timestamp(desk.clock())})


@one.post(
    "/rotate",
    operation_id="rotateWebhookSecret",
    summary="Rotate the secret",
    response_model=EndpointIssued,
    responses=_problems(404, 408, 409, 413, 415, 422),
    openapi_extra=_body("SecretRotation", required=False),
)
async def rotate(request: Request, endpoint: EndpointOf, desk: DeskOf) -> Response:
    """Make a new secret, shown in this answer only; until the overlap ends, both sign.

    Rotating again in the meantime ends the oldest at once: never do more than two sign.
    """
    asked = await read_json(request, SecretRotation, optional=True)
    rotated = await run_sync(desk.subscriptions.rotate, endpoint, asked.overlap_s, asked.secret)
    return JsonResponse(issued_body(rotated, desk.clock()))


@one.post(
    "/test",
    operation_id="testWebhookEndpoint",
    summary="Send a test event",
    status_code=HTTPStatus.ACCEPTED,
    response_model=DeliveryBody,
    responses=_problems(404, 409),
)
def test(endpoint: EndpointOf, desk: DeskOf) -> Response:
    """Send `webhook.test` at once, signed like any other, and once; its log tells how it went."""
    delivery = desk.subscriptions.test(endpoint)
    return JsonResponse(delivery_body(delivery), HTTPStatus.ACCEPTED)


@one.get(
    "/deliveries",
    operation_id="listEndpointDeliveries",
    summary="Read what was sent to an endpoint",
    response_model=DeliveryList,
    responses=_problems(404),
)
def log(endpoint: EndpointOf, desk: DeskOf) -> Response:
    """Return the last 100 deliveries with every try, the newest first."""
    found = desk.subscriptions.log_to(endpoint)
    return JsonResponse({"data": [delivery_body(each) for each in found]})
