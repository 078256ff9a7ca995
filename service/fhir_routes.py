"""`GET /v1/assessments/{id}/fhir`: the result for an electronic health record."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from service.auth import TenantOf
from service.description import problems_of
from service.desk import DeskOf
from service.fhir import Release, bundle
from service.fhir_codes import code_system
from service.fhir_examples import example
from service.fhir_query import FHIR_JSON, FhirQuery, form_asked
from service.json_response import JsonResponse
from service.negotiation import JSON, negotiated
from service.owned import OwnedOf

_VARY: Final = {"Vary": {"schema": {"const": "Accept"}}}


def _described(what: str, resource: str, in_fhir: Any, in_json: Any) -> dict[int | str, Any]:
    """The answer under both media types; `in_fhir` and `in_json` are an example of each."""
    schema = {
        "type": "object",
        "required": ["resourceType"],
        "properties": {"resourceType": {"const": resource}},
    }
    return {
        200: {
            "description": what,
            "headers": _VARY,
            "content": {
                FHIR_JSON: {"schema": schema, "example": in_fhir},
                JSON: {"schema": schema, "example": in_json},
            },
        }
    }


router = APIRouter(prefix="/v1/assessments/{id}", tags=["assessments"])
codes = APIRouter(prefix="/v1/fhir", tags=["fhir"])


@router.get(
    "/fhir",
    operation_id="getFhir",
    summary="Read the result in FHIR",
    response_class=Response,
    responses={
        **_described(
            "A Bundle of Observations", "Bundle", example(Release.R5), example(Release.R4)
        ),
        **problems_of(401, 404, 406, 409, 410, 422, 503),
    },
)
def fhir(
    assessment: OwnedOf, desk: DeskOf, request: Request, query: Annotated[FhirQuery, Query()]
) -> Response:
    """Return the result as a Bundle of Observations, in FHIR R5 or R4.

    One Observation for each severity estimate, expression and micro-expression, one for each
    analysis that is withheld (with `dataAbsentReason` and no value), one for the recording.
    R5 unless `release` or the parameter `fhirVersion` of `Accept` asks for R4. It names no
    person: `subject` is for the caller to fill in.
    """
    form = form_asked(request, query)
    written = bundle(assessment, desk.archive.result(assessment), form.release)
    return _answer(written, form.media_type)


@codes.get(
    "/code-system",
    operation_id="getFhirCodeSystem",
    summary="Read the code system of the FHIR export",
    response_class=Response,
    responses={
        **_described("mien's CodeSystem", "CodeSystem", code_system(), code_system()),
        **problems_of(401, 406, 503),
    },
)
def read_code_system(_: TenantOf, request: Request) -> Response:
    """Return what the codes in the FHIR export mean; the same resource in R4 and R5."""
    return _answer(code_system(), negotiated(request, (FHIR_JSON, JSON)))


def _answer(resource: dict[str, Any], media_type: str) -> Response:
    return JsonResponse(resource, media_type=media_type, headers={"Vary": "Accept"})
