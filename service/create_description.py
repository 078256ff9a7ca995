"""What the OpenAPI document says of the bodies and headers that make assessments."""

from typing import Any, Final

from service.description import MULTIPART_BODY, problems_of
from service.media_type import RECORDINGS
from service.reception import HEADER_BYTES

_REFERENCE: Final = "#/components/schemas/{model}"
_CALLBACK: Final = {"url": "https://example.org/mien"}
_EXAMPLE: Final = {"analyses": ["severity", "expression"], "reference": "visit-17"}
_BYTES: Final[dict[str, Any]] = {
    "schema": {
        "type": "string",
        "contentMediaType": "application/octet-stream",
        "format": "binary",  # generators of clients go by this
    }
}
_URL: Final = {"source": {"url": "https://example.org/visit-17.mp4"}, "callback": _CALLBACK}
_UPLOAD: Final = {"source": {"upload_id": "upl_0123456789abcdef0123456789abcdef"}, **_EXAMPLE}


def _header(name: str, description: str, **schema: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": description,
        "schema": {"type": "string"} | schema,
    }


_KEY: Final = _header(
    "Idempotency-Key",
    "Your name for this request, kept for 24 hours: sent again with it, the request is answered "
    "as the first time and nothing is made twice.",
    minLength=1,
    maxLength=255,
    pattern="^[!-~]{1,255}$",
)
_DIGEST: Final = _header(
    "Content-Digest",
    "SHA-256 or SHA-512 of the body as sent, after RFC 9530; a body that differs is refused.",
    pattern="sha-(256=:[A-Za-z0-9+/]{43}=|512=:[A-Za-z0-9+/]{86}==):",
    example="sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:",
)
_PREFER: Final = _header(
    "Prefer",
    "`wait=n` waits up to n seconds, 60 at most, for the end, after RFC 7240.",
    example="wait=30",
)
_OPTIONS: Final[dict[str, Any]] = {
    "name": "Mien-Request",
    "in": "header",
    "required": False,
    "description": "With the recording as body: the options, as JSON without line breaks, "
    f"{HEADER_BYTES} bytes at most.",
    "content": {
        "application/json": {
            "schema": {"$ref": _REFERENCE.format(model="AssessmentOptions")},
            "example": _EXAMPLE,
        }
    },
}


def _json(model: str, **examples: Any) -> dict[str, Any]:
    return {
        "schema": {"$ref": _REFERENCE.format(model=model)},
        "examples": {name: {"value": value} for name, value in examples.items()},
    }


_SOURCED: Final = _json("AssessmentOptions", url=_URL, upload=_UPLOAD) | {
    "schema": {
        "allOf": [{"$ref": _REFERENCE.format(model="AssessmentOptions")}],
        "required": ["source"],
        "properties": {"source": {"$ref": _REFERENCE.format(model="SourceOptions")}},
    }
}
CREATE_BODY: Final[dict[str, Any]] = {
    "parameters": [_KEY, _DIGEST, _PREFER, _OPTIONS],
    "requestBody": {
        "required": True,
        "content": {
            **MULTIPART_BODY["requestBody"]["content"],
            "application/json": _SOURCED,
            "video/*": _BYTES,
            **dict.fromkeys(sorted(RECORDINGS), _BYTES),
        },
    },
}
BATCH_BODY: Final[dict[str, Any]] = {
    "parameters": [_KEY, _DIGEST],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": _json("BatchOptions", two={"assessments": [_URL, _UPLOAD]})
        },
    },
}
_ANSWER_HEADERS: Final = {
    "Location": {"description": "The assessment.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}},
    "Idempotency-Replayed": {
        "description": "`true` when this is the first answer again.",
        "schema": {"const": "true"},
    },
    "Preference-Applied": {
        "description": "The wait that was granted.",
        "schema": {"type": "string"},
        "example": "wait=30",
    },
}
CREATE_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "It ended while the request waited",
        "headers": _ANSWER_HEADERS,
        "content": {
            "application/json": {"schema": {"$ref": _REFERENCE.format(model="CreatedBody")}}
        },
    },
    202: {"description": "Accepted", "headers": _ANSWER_HEADERS},
    **problems_of(400, 401, 408, 409, 410, 413, 415, 422, 503, 507),
}
BATCH_PROBLEMS: Final = {
    200: {
        "description": "Each item's answer",
        "headers": {"Idempotency-Replayed": _ANSWER_HEADERS["Idempotency-Replayed"]},
    },
    **problems_of(400, 401, 408, 409, 413, 415, 422, 503, 507),
}
