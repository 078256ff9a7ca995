"""What Schemathesis cannot know: a real recording, a served network, a host that may be called.

Loaded by `SCHEMATHESIS_HOOKS=tests.stack.contract_hooks`. Values are replaced only where more fits
a schema than any schema can say; what is missing, too long or of another type stays as it is.
"""

import hashlib
import os
import re
import uuid
from typing import Any

import schemathesis

from service.schema_rules import WEBHOOK_KEY_PATTERN

RECORDING = b"\x00\x00\x00\x18ftypisom" + bytes(300)
"""Begins as an MP4 does; a test key's assessment needs no more."""

SUITABLE: dict[str, Any] = {
    "url": "https://files.example.org/visit.mp4",
    "model": "hmhn",  # one of what is served
    "description": "booking backend",
    "name": "booking backend",
    "environment": "test",  # a test key makes test keys
    "secret": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    "sha256": hashlib.sha256(RECORDING).hexdigest(),
    "obtained_at": "2026-11-22T12:00:00Z",
    "region": [0.1, 0.1, 0.5, 0.5],  # inside the picture
}
FITS: dict[str, re.Pattern[str]] = {
    "url": re.compile(r"https?://[!-~]{1,2040}"),
    "model": re.compile(r".{1,64}", re.DOTALL),
    "description": re.compile(r".{0,200}", re.DOTALL),
    "name": re.compile(r".{1,64}", re.DOTALL),
    "environment": re.compile(r"live|test"),
    "secret": re.compile(WEBHOOK_KEY_PATTERN),
    "sha256": re.compile(r"[0-9a-f]{64}"),
    "obtained_at": re.compile(r"\d{4}-\d\d-\d\dT.{1,29}"),
}
"""What of them fits its schema: the rest is drawn to be refused, and stays as it is."""
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")

VISIBLE = re.compile(r"[\x21-\x7e]{1,255}")


@schemathesis.hook
def map_path_parameters(_context: schemathesis.HookContext, values: Any) -> Any:
    """Keep the fuzzer from revoking its own key."""
    if values and values.get("id") == os.environ.get("FUZZ_KEY_ID"):  # noqa: TID251
        return {**values, "id": "key_" + 32 * "0"}
    return values


@schemathesis.hook
def map_headers(_context: schemathesis.HookContext, headers: Any) -> Any:
    """Leave out what belongs to one body only; one idempotency key is for one request."""
    if not headers:
        return headers
    if not any(
        _of_one_body(*one) or one[0].lower() == "idempotency-key" for one in headers.items()
    ):
        return headers
    kept = {name: value for name, value in headers.items() if not _of_one_body(name, value)}
    for name, value in kept.items():
        if name.lower() == "idempotency-key" and VISIBLE.fullmatch(str(value)):
            kept[name] = str(uuid.uuid4())
    return kept


@schemathesis.hook
def map_query(_context: schemathesis.HookContext, query: Any) -> Any:
    """Leave out cursors, which only the list itself can make, and times that go backwards."""
    if not query:
        return query
    left_out = {"cursor"} if isinstance(query.get("cursor"), str) else set[str]()
    times = [str(query.get(name, "")) for name in ("from_ms", "to_ms")]
    if all(time.isdecimal() for time in times) and int(times[1]) <= int(times[0]):
        left_out.add("to_ms")
    return {name: value for name, value in query.items() if name not in left_out}


@schemathesis.hook
def map_body(_context: schemathesis.HookContext, body: Any) -> Any:
    """Return the body with values that this service can do something with."""
    if isinstance(body, bytes) and body:
        return RECORDING
    return _replaced(body)


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case, _: Any) -> None:
    """Do the same for ids that come from an earlier answer."""
    values = map_path_parameters(context, case.path_parameters)
    if values != case.path_parameters:
        case.path_parameters = values


def _of_one_body(name: str, value: Any) -> bool:
    """Whether it is a valid digest, or valid options beside a recording."""
    if name.lower() == "content-digest":
        return str(value).startswith("sha-256=:")
    return name.lower() == "mien-request" and str(value).startswith("{")


def _fits(name: str, value: Any) -> bool:
    if name == "region":
        return isinstance(value, list) and len(value) == 4 and all(map(_share, value))
    return isinstance(value, str) and FITS[name].fullmatch(value) is not None


def _uploaded(source: Any) -> bool:
    if not isinstance(source, dict) or not set(source) <= {"url", "upload_id"}:
        return False
    given = source.get("upload_id")
    named = isinstance(given, str) and re.fullmatch(r"upl_[0-9a-f]{32}", given) is not None
    return named and source.get("url") is None


def _several(models: Any) -> bool:
    """Whether it is a list of networks that fits its schema."""
    if not isinstance(models, list) or not 1 <= len(models) <= 16:
        return False
    return len({str(one) for one in models}) == len(models) and all(
        _fits("model", one) for one in models
    )


def _share(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _replaced(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        inner = {key: _replaced(one, str(key)) for key, one in value.items()}
        if _uploaded(inner.get("source")):
            inner["source"] = {"url": SUITABLE["url"]}  # no upload has the id of an example
        return inner
    if name == "video" and value:
        return RECORDING
    if name in SUITABLE and _fits(name, value):
        return SUITABLE[name]
    if isinstance(value, list) and not (name == "model" and _several(value)):
        return [_replaced(one, name) for one in value]
    return [SUITABLE["model"]] if isinstance(value, list) else value
