"""Receipts over HTTP, and the keys with which anybody can check one."""

from typing import Final

from fastapi import APIRouter, Response

from service.description import problems_of
from service.desk import DeskOf
from service.json_response import JsonResponse
from service.notary import key_set
from service.owned import OwnedOf
from service.receipt_bodies import AssessmentReceipt, ReceiptKeySet

KEYS_PATH: Final = "/.well-known/mien-receipt-keys.json"
CACHED: Final = {"Cache-Control": "public, max-age=300"}
"""Half of the time for which a new key is published before it signs."""

router = APIRouter(prefix="/v1/assessments/{id}", tags=["assessments"])
well_known = APIRouter(tags=["operation"])


@router.get(
    "/receipt",
    operation_id="getReceipt",
    summary="Read the receipt",
    response_model=AssessmentReceipt,
    responses=problems_of(401, 404, 409, 410, 503),
)
def read_receipt(assessment: OwnedOf, desk: DeskOf) -> Response:
    """Return what proves the assessment: digests of what went in and came out, and a signature.

    Keep it: it can be checked offline when the assessment is long erased. The bytes are the
    same at every call. There is one for every assessment that succeeded, also a withheld one.
    """
    return Response(desk.notary.of_assessment(assessment), media_type="application/json")


@well_known.get(
    KEYS_PATH,
    operation_id="listReceiptKeys",
    summary="Read the keys of receipts",
    response_model=ReceiptKeySet,
)
def read_keys(desk: DeskOf) -> JsonResponse:
    """Return the public keys as a JWK set, those of before and the next one, too.

    No key of the API is asked for.
    """
    return JsonResponse(key_set(desk.notary.keys.published()), headers=CACHED)
