"""Rows F058-F080: options and bodies of JSON that break a rule, whatever the way they come."""

from typing import Any

from tests.stack.bad_input.door import told
from tests.stack.bad_input.row import Row, Send

HOOKS = "/v1/webhook-endpoints"
DEEP = b"[" * 32_000 + b"]" * 32_000
DIGITS = b'{"deadline_s": ' + b"9" * 5000 + b"}"
PERSON = "Anna Muster"


def asked(raw: bytes, content_type: str | None = "application/json") -> Send:
    headers = {} if content_type is None else {"content-type": content_type}
    return lambda door: door.ask("POST", "/v1/assessments", content=raw, headers=headers)


def document(number: int, what: str, raw: bytes, pointer: str = "") -> Row:
    """A whole body of JSON that is none, or not the one that is wanted."""
    return Row(
        number=f"F{number:03}",
        sent=what,
        send=asked(raw),
        status=422,
        code="validation_error",
        pointer=pointer,
        absent=(PERSON,),
    )


def option(number: int, what: str, request: Any, pointer: str) -> Row:
    return Row(
        number=f"F{number:03}",
        sent=what,
        send=lambda door: door.post(told(request)),
        status=422,
        code="validation_error",
        pointer=f"/request{pointer}",
        absent=(PERSON,),
    )


def hook(number: int, what: str, raw: bytes) -> Row:
    return Row(
        number=f"F{number:03}",
        sent=f"{what}, for a webhook endpoint",
        send=lambda door: door.ask(
            "POST", HOOKS, content=raw, headers={"content-type": "application/json"}
        ),
        status=422,
        code="validation_error",
        pointer="",
        absent=(PERSON,),
    )


def another_type(what: str, raw: bytes, content_type: str | None, number: int) -> Row:
    return Row(
        number=f"F{number:03}",
        sent=what,
        send=asked(raw, content_type),
        status=415,
        code="unsupported_media_type",
    )


BROKEN = (
    (58, "JSON that is none", b'{"reference": "Anna Muster"'),
    (59, "NaN", b'{"deadline_s": NaN}'),
    (59, "Infinity", b'{"deadline_s": -Infinity}'),
    (60, "half a surrogate", b'{"reference": "\\ud800"}'),
    (61, "no UTF-8", b'{"reference": "Anna Muster\xff"}'),
    (62, "64,000 brackets", DEEP),
    (63, "a number of 5,000 digits", DIGITS),
    (64, "a name twice", b'{"reference": "Anna Muster", "reference": "b"}'),
    (67, "null", b"null"),
    (67, "a list", b"[]"),
    (67, "a text", b'"Anna Muster"'),
)
DOCUMENTS = (
    *(document(*one) for one in BROKEN),
    *(hook(*one) for one in BROKEN if one[0] in (58, 60, 61, 62, 64, 67)),
    document(67, "nothing", b""),
    another_type("no content type", b"{}", None, 69),
    another_type(
        "a form of addresses with 1,001 fields",
        b"a=b&" * 1001,
        "application/x-www-form-urlencoded",
        80,
    ),
    another_type("JSON under the name of text", b"{}", "text/json; charset=utf-8", 69),
)
EVERY, FRAMES = "/sampling/every_ms", "/sampling/every_n_frames"
OPTIONS = (
    option(65, "an unknown field that is a name", {PERSON: 1}, ""),
    option(66, "true for a number", {"sampling": {"every_ms": True}}, EVERY),
    option(66, "a fraction for a number", {"sampling": {"every_ms": 400.5}}, EVERY),
    option(66, "a text for a number", {"deadline_s": "600"}, "/deadline_s"),
    *(
        option(70, f"a reference with {what}", {"reference": f"{PERSON}{sign}"}, "/reference")
        for what, sign in (
            ("a new line", "\n"),
            ("ESC", "\x1b[2J"),
            ("NUL", "\0"),
            ("10 kB", "x" * 10_000),
        )
    ),
    option(71, "a priority", {"priority": -1}, "/priority"),
    *(
        option(72, f"every {value} frames", {"sampling": {"every_n_frames": value}}, FRAMES)
        for value in (0, -3, 10**9)
    ),
    *(
        option(73, f"the model {value[:12]!r}", {"model": value}, pointer)
        for value, pointer in (
            ("../../etc/passwd", "/model"),
            ("hmhn/999", "/model"),
            ("hmhn\0", "/model"),
            ("x" * 5000, "/model/0"),
            ("", "/model/0"),
        )
    ),
    option(74, "a purpose", {"purpose": "workplace_monitoring"}, "/purpose"),
    *(
        option(75, f"a retention of {value} s", {"retention_s": value}, "/retention_s")
        for value in (-1, 0, 36_500 * 86_400)
    ),
    option(
        76, "1,000 names of metadata", {"metadata": {f"k{i}": "" for i in range(1000)}}, "/metadata"
    ),
    option(76, "metadata in metadata", {"metadata": {"a": {"b": "c"}}}, "/metadata"),
    *(
        option(78, "a template where a choice is", {"subject": {"select": one}}, "/subject/select")
        for one in ("{{7*7}} Anna Muster",)
    ),
    *(
        option(
            79,
            f"consent at {at}",
            {"consent": {"policy_version": "1", "obtained_at": at, "scopes": ["severity"]}},
            "/consent/obtained_at",
        )
        for at in (
            "0000-00-00",
            "99999-01-01T00:00:00Z",
            "2999-01-01T00:00:00Z",
            "2026-02-30T00:00:00Z",
        )
    ),
)
QUERIES = (
    Row(
        number="F077",
        sent="a name twice in the query",
        send=lambda door: door.ask(
            "GET", "/v1/assessments", params=[("limit", "1"), ("limit", "2")]
        ),
        status=422,
        code="validation_error",
        pointer="/query/limit",
    ),
    Row(
        number="F078",
        sent="a name of a function around the answer",
        send=lambda door: door.ask("GET", "/v1/models", params={"callback": "alert"}),
        status=200,
        headers={"content-type": "application/json"},
        absent=("alert",),
    ),
)
ROWS = (*DOCUMENTS, *OPTIONS, *QUERIES)
