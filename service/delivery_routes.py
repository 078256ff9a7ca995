"""The delivery log of an assessment over HTTP."""

from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Response

from service.description import problems_of
from service.desk import DeskOf
from service.json_response import JsonResponse
from service.owned import OwnedOf
from service.webhook_answers import delivery_body
from service.webhook_bodies import DeliveryBody, DeliveryList

DeliveryIdOf = Annotated[
    str,
    Path(
        description="The delivery's `id`, which is its `webhook-id`.",
        examples=["evt_0123456789abcdef0123456789abcdef_succeeded"],
    ),
]

router = APIRouter(prefix="/v1/assessments/{id}/deliveries", tags=["assessments"])


def _problems() -> dict[int | str, dict[str, Any]]:
    described = problems_of(401, 404, 409, 410, 503)
    described[404]["description"] = "No such assessment for this key, or no such delivery"
    described[409]["description"] = "The webhook endpoint is disabled or deleted"
    return described


REPLAY_PROBLEMS: Final = _problems()


@router.get(
    "",
    operation_id="listDeliveries",
    summary="Read who was told",
    response_model=DeliveryList,
    responses=problems_of(401, 404, 410, 503),
)
def log(assessment: OwnedOf, desk: DeskOf) -> Response:
    """Return a delivery for the callback and for each endpoint, with every try.

    Empty until the assessment has ended, and where nobody is to be told. It is erased with
    the assessment.
    """
    found = desk.subscriptions.log_of(assessment)
    return JsonResponse({"data": [delivery_body(each) for each in found]})


@router.post(
    "/{delivery_id}/replay",
    operation_id="replayDelivery",
    summary="Tell it again",
    status_code=HTTPStatus.ACCEPTED,
    response_model=DeliveryBody,
    responses=REPLAY_PROBLEMS,
)
def replay(assessment: OwnedOf, delivery_id: DeliveryIdOf, desk: DeskOf) -> Response:
    """Send it again now, under the same `webhook-id`, with all tries before it."""
    delivery = desk.subscriptions.replay(assessment, delivery_id)
    return JsonResponse(delivery_body(delivery), HTTPStatus.ACCEPTED)
