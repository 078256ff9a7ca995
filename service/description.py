"""What the OpenAPI document says beyond what the routes' types already say."""

from collections.abc import Mapping
from http import HTTPStatus
from threading import Lock
from typing import Any, Final

from fastapi import Depends, FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from pydantic.json_schema import models_json_schema
from starlette.types import StatelessLifespan

from assessment import VERSION
from service import negotiation
from service.batch_schema import BatchOptions
from service.bodies import Problem
from service.feedback_schemas import FeedbackOptions
from service.illustration import illustrate
from service.key_schemas import KeyOptions, RotationOptions
from service.negotiation import json_accepted
from service.problems import PROBLEM_JSON
from service.schemas import AssessmentOptions
from service.webhook_events import webhooks
from service.webhook_schemas import EndpointChanges, EndpointOptions, SecretRotation

REFERENCE: Final = "#/components/schemas/{model}"
DESCRIPTION: Final = """\
Measures facial behaviour in a recording of one person: a severity estimate on a 0-63 scale
aligned to BDI-II, and the expression shown. Research use; not a medical device, not a diagnosis.

1. `POST /v1/assessments` with the recording, or with where it is, answers `202` and the
   assessment's `id`.
2. `GET /v1/assessments/{id}` says how far it is, or a signed webhook tells the end.
3. `succeeded` has an outcome: `reported` with numbers, or `withheld` with the reasons why not.

Errors are problems after RFC 9457 with a stable `code` and a `request_id`.

A key has scopes: `read` for GET and HEAD, `create` for the rest, `admin` for keys and webhook
endpoints, too. A test key (`sk_test_…`) works in a sandbox. Every answer to a key says in
`RateLimit-Policy` and `RateLimit` what its tenant may do and what is left of it.
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
                            "format": "binary",  # generators of clients go by this
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
_REASONS: Final[dict[int, str]] = {
    400: "The body is not well-formed",
    401: "No key, or one that is not ours",
    403: "The key does not have the scope; `missing_scope` names it",
    404: "No such assessment for this key",
    406: "Served as none of the accepted media types; `served` lists them",
    408: "The body stopped arriving",
    409: "It cannot be done in this state; `code` says why",
    410: "The assessment was deleted",
    413: "The recording, or the body, is larger than `limit_bytes`",
    415: "Not a recording in an accepted container, or another content type",
    422: "A value breaks a rule; `errors[].pointer` says which",
    429: "Over a limit of this tenant; `violated_policies` names it",
    503: "The store does not answer",
    507: "There is no room for the recording",
}
_RETRIED: Final = frozenset({429, 503, 507})
_TIMES: Final = {"description": "Seconds to wait.", "schema": {"type": "integer"}}


def problems_of(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the descriptions of the problems that a route may answer with.

    Where a key is asked for (401), its scope and its tenant's limits count, too.
    """
    implied = (403, 429) if HTTPStatus.UNAUTHORIZED in statuses else ()
    return {status: _problem(status) for status in sorted({*statuses, *implied})}


def json_body(model: str, example: Mapping[str, Any], *, required: bool = True) -> dict[str, Any]:
    """Return the description of a body that the route reads by itself."""
    content = {"schema": {"$ref": REFERENCE.format(model=model)}, "example": dict(example)}
    return {"requestBody": {"required": required, "content": {"application/json": content}}}


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


class Api(FastAPI):
    """A FastAPI application with our own description of itself, and no redirects."""

    def __init__(self, *, lifespan: "StatelessLifespan[FastAPI] | None" = None) -> None:
        super().__init__(
            title="mien",
            version=VERSION,
            description=DESCRIPTION,
            docs_url=None,
            redoc_url=None,
            openapi_url=None,
            swagger_ui_oauth2_redirect_url=None,
            redirect_slashes=False,
            dependencies=[Depends(json_accepted)],
            lifespan=lifespan,
        )
        self._written, self._writing = b"", Lock()
        self.add_route("/openapi.json", self._openapi_json, include_in_schema=False)

    def written(self) -> bytes:
        """Return the document as it goes out, written once: half a second of work for anybody."""
        with self._writing:
            if not self._written:
                self._written = bytes(JSONResponse(self.openapi()).body)
            return self._written

    def _openapi_json(self, _: Request) -> Response:
        return Response(self.written(), media_type="application/json")

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
    for operations in document["paths"].values():
        negotiation.describe(operations, problems_of(406))
    illustrate(document)
    return document


def _schemas() -> Mapping[str, Any]:
    """Return the schemas that no route's types mention."""
    wanted = [(AssessmentOptions, "validation"), (Problem, "serialization")]
    wanted += [(KeyOptions, "validation"), (RotationOptions, "validation")]
    wanted += [(BatchOptions, "validation"), (FeedbackOptions, "validation")]
    wanted += [(one, "validation") for one in (EndpointOptions, EndpointChanges, SecretRotation)]
    _, found = models_json_schema(wanted, ref_template=REFERENCE)  # pyright: ignore[reportArgumentType]
    return found["$defs"]


def _drop_the_frameworks_422(operations: Mapping[str, Any]) -> None:
    for operation in operations.values():
        content = operation["responses"].get("422", {}).get("content", {})
        if "application/json" in content:
            del operation["responses"]["422"]
