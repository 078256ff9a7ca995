"""What the OpenAPI document says of resumable uploads beyond what the routes' types say."""

import re
from typing import Any, Final

from service.description import REFERENCE
from service.problems import PROBLEM_JSON
from service.tus_headers import ALGORITHMS, CHUNK_TYPE
from service.upload_faults import TUS_VERSION

_REASONS: Final[dict[int, str]] = {
    400: "The checksum is not one of an announced algorithm",
    401: "No key, or one that is not ours",
    403: "The key does not have the scope; `missing_scope` names it",
    404: "No such upload for this key",
    408: "The chunk stopped arriving; what came is kept",
    409: "The upload does not stand where the chunk begins",
    410: "The upload expired, was deleted or has been used",
    412: "Another version of tus than `Tus-Version` names",
    413: "Larger than `limit_bytes`",
    415: "Not a recording in an accepted container, or another content type",
    422: "A header breaks a rule; `errors[].pointer` names it",
    423: "Another request writes to the upload",
    429: "Over a limit of this tenant, open uploads among them",
    460: "The chunk is not what its checksum says; none of it was kept",
    503: "The store does not answer",
    507: "There is no room for the recording",
}
_RETRIED: Final = frozenset({423, 429, 503, 507})


def upload_problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the problems of a route; those of key, version and store are added."""
    asked = sorted({*statuses, 401, 403, 412, 429, 503})
    return {status: _problem(status) for status in asked}


def _problem(status: int) -> dict[str, Any]:
    headers: dict[str, Any] = {"Tus-Resumable": _VERSION}
    if status in _RETRIED:
        headers["Retry-After"] = _header("integer", "Seconds to wait.")
    schema = {"$ref": REFERENCE.format(model="Problem")}
    content = {PROBLEM_JSON: {"schema": schema}}
    return {"description": _REASONS[status], "headers": headers, "content": content}


def _header(kind: str, description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": kind}}


_VERSION: Final[dict[str, Any]] = {"schema": {"const": TUS_VERSION}}
_STANDING: Final = {
    "Tus-Resumable": _VERSION,
    "Upload-Offset": _header("integer", "Bytes that are safe."),
    "Upload-Expires": _header("string", "When the upload is erased, as an HTTP date."),
}
CREATED: Final[dict[str, Any]] = {
    "description": "Created, with as much as came along",
    "headers": {"Location": _header("string", "Where the chunks go."), **_STANDING},
}
APPENDED: Final[dict[str, Any]] = {
    "description": "Kept, up to `Upload-Offset`",
    "headers": _STANDING,
}
STANDING: Final[dict[str, Any]] = {
    "description": "How far it is",
    "headers": {**_STANDING, "Upload-Length": _header("integer", "Bytes in all.")},
}
ERASED: Final[dict[str, Any]] = {
    "description": "Erased",
    "headers": {"Tus-Resumable": _VERSION},
}


def _parameter(name: str, schema: dict[str, Any], *, required: bool, text: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": text,
        "schema": schema,
    }


_BYTES: Final = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}
_LENGTH: Final = _BYTES | {"minimum": 1}
_TUS: Final = _parameter(
    "Tus-Resumable",
    # A pattern, no constant: generators of clients take no constants in headers.
    {"type": "string", "pattern": f"^{re.escape(TUS_VERSION)}$", "examples": [TUS_VERSION]},
    required=True,
    text="The protocol's version.",
)
_CHECKSUM: Final = _parameter(
    "Upload-Checksum",
    {"type": "string", "pattern": f"^({'|'.join(ALGORITHMS)}) [A-Za-z0-9+/]+={{0,2}}$"},
    required=False,
    text="Algorithm and base64 digest of this chunk; it counts whole or not at all.",
)
_BODY: Final = {"content": {CHUNK_TYPE: {"schema": {"type": "string", "format": "binary"}}}}

EXTRA: Final[dict[str, Any]] = {"parameters": [_TUS]}
CREATE_EXTRA: Final[dict[str, Any]] = {
    "parameters": [
        _TUS,
        _parameter("Upload-Length", _LENGTH, required=True, text="The recording's size in bytes."),
        _parameter(
            "Upload-Metadata",
            {"type": "string", "maxLength": 4096},
            required=False,
            text="Keys and base64 values; checked, and not kept.",
        ),
        _CHECKSUM,
    ],
    "requestBody": {**_BODY, "required": False, "description": "The first chunk, if it comes."},
}
APPEND_EXTRA: Final[dict[str, Any]] = {
    "parameters": [
        _TUS,
        _parameter("Upload-Offset", _BYTES, required=True, text="Where the chunk begins."),
        _CHECKSUM,
    ],
    "requestBody": {**_BODY, "required": True, "description": "The chunk."},
}
