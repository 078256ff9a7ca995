"""What the OpenAPI document says beyond what the routes' types already say."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema
from starlette.types import StatelessLifespan

from assessment import VERSION
from service.bodies import Event, Problem
from service.problems import PROBLEM_JSON
from service.schemas import AssessmentOptions

REFERENCE: Final = "#/components/schemas/{model}"
DESCRIPTION: Final = """\
Measures facial behaviour in a recording of one person: a severity estimate on a 0-63 scale
aligned to BDI-II, and the expression shown. Research use; not a medical device, not a diagnosis.

1. `POST /v1/assessments` with the recording answers `202` and the assessment's `id`.
2. `GET /v1/assessments/{id}` says how far it is, or a signed webhook tells the end.
3. `succeeded` has an outcome: `reported` with numbers, or `withheld` with the reasons why not.

Errors are problems after RFC 9457 with a stable `code` and a `request_id`.
"""
MULTIPART_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["video"],
                    "additionalProperties": False,
                    "properties": {
                        "video": {
                            "type": "string",
                            "contentMediaType": "application/octet-stream",
                            "description": "MP4, MOV, WebM, Matroska, AVI or MPEG-TS, "
                            "or a JPEG or PNG, which shows one frame. The file's name is ignored.",
                        },
                        "request": {"$ref": REFERENCE.format(model="AssessmentOptions")},
                    },
                },
                "encoding": {"request": {"contentType": "application/json"}},
                "examples": {
                    "options": {
                        "summary": "One network, every tenth frame, a callback",
                        "value": {
                            "request": {
                                "analyses": ["severity", "expression"],
                                "model": "hmhn",
                                "sampling": {"every_n_frames": 10},
                                "callback": {"url": "https://example.org/mien"},
                                "reference": "visit-17",
                            }
                        },
                    }
                },
            }
        },
    }
}
TIMELINE_CONTENT: Final[dict[str, Any]] = {
    "description": "One object a line",
    "content": {
        "application/jsonl": {
            "schema": {"type": "string"},
            "example": '{"at_ms":400,"frame":10,"used":true,"rejected":null,'
            '"face":{"x":1,"y":2,"width":90,"height":110,"confidence":0.9},'
            '"expression":{"neutral":0.91,"happy":0.09}}\n',
        }
    },
}
_REASONS: Final[dict[int, str]] = {
    400: "The body is not well-formed",
    401: "No key, or one that is not ours",
    404: "No such assessment for this key",
    408: "The body stopped arriving",
    409: "The assessment has no result",
    410: "The assessment was deleted",
    413: "The recording is larger than `limit_bytes`",
    415: "Not a recording in an accepted container, or not multipart/form-data",
    422: "A value breaks a rule; `errors[].pointer` says which",
    503: "The store does not answer",
    507: "There is no room for the recording",
}
_RETRIED: Final = frozenset({503, 507})
_TIMES: Final = {"description": "Seconds to wait.", "schema": {"type": "integer"}}


def problems_of(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the descriptions of the problems that a route may answer with."""
    return {status: _problem(status) for status in statuses}


def _problem(status: int) -> dict[str, Any]:
    schema = {"$ref": REFERENCE.format(model="Problem")}
    described: dict[str, Any] = {
        "description": _REASONS[status],
        "content": {PROBLEM_JSON: {"schema": schema}},
    }
    if status in _RETRIED:
        described["headers"] = {"Retry-After": _TIMES}
    if status == HTTPStatus.UNAUTHORIZED:
        described["headers"] = {"WWW-Authenticate": {"schema": {"const": "Bearer"}}}
    return described


webhooks = APIRouter(tags=["webhooks"])


@webhooks.post(
    "assessment.succeeded",
    operation_id="onAssessmentSucceeded",
    summary="An assessment succeeded with numbers",
    status_code=204,
)
def on_succeeded(body: Event) -> None:
    """Signed after Standard Webhooks; `data.outcome` is `reported`. Answer 2xx within 15 s."""


@webhooks.post(
    "assessment.withheld",
    operation_id="onAssessmentWithheld",
    summary="An assessment succeeded without numbers",
    status_code=204,
)
def on_withheld(body: Event) -> None:
    """Signed after Standard Webhooks; `data.outcome` is `withheld`, the result says why."""


@webhooks.post(
    "assessment.failed",
    operation_id="onAssessmentFailed",
    summary="An assessment failed",
    status_code=204,
)
def on_failed(body: Event) -> None:
    """Signed after Standard Webhooks; the assessment's `error` says why and what to do."""


class Api(FastAPI):
    """A FastAPI application with our own description of itself, and no redirects."""

    def __init__(self, *, lifespan: "StatelessLifespan[FastAPI] | None" = None) -> None:
        super().__init__(
            title="mien",
            version=VERSION,
            description=DESCRIPTION,
            docs_url=None,
            redoc_url=None,
            swagger_ui_oauth2_redirect_url=None,
            redirect_slashes=False,
            lifespan=lifespan,
        )

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        if self.openapi_schema is None:
            self.openapi_schema = _document(self)
        return self.openapi_schema


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        webhooks=webhooks.routes,
        servers=[{"url": "/", "description": "This service"}],
    )
    schemas = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas |= _schemas()
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    for operations in (document["paths"] | document["webhooks"]).values():
        _drop_the_frameworks_422(operations)
    return document


def _schemas() -> Mapping[str, Any]:
    """Return the schemas that no route's types mention."""
    wanted = [(AssessmentOptions, "validation"), (Problem, "serialization")]
    _, found = models_json_schema(wanted, ref_template=REFERENCE)  # pyright: ignore[reportArgumentType]
    return found["$defs"]


def _drop_the_frameworks_422(operations: Mapping[str, Any]) -> None:
    for operation in operations.values():
        content = operation["responses"].get("422", {}).get("content", {})
        if "application/json" in content:
            del operation["responses"]["422"]
