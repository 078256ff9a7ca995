"""Rows 16-38: options that break a rule."""

import json
from typing import Any

from tests.stack.bad_input.door import told
from tests.stack.bad_input.row import Row

DEEP = b'{"metadata":{"a":' + b"[" * 200 + b"]" * 200 + b"}}"


def option(number: int, what: str, request: Any, pointer: str, detail: str = "") -> Row:
    return Row(
        number=number, sent=what, send=lambda door: door.post(told(request)),
        status=422, code="validation_error", pointer=pointer, detail=detail,
    )  # fmt: skip


def every_ms(number: int, what: str, value: Any, pointer: str) -> Row:
    request = value if isinstance(value, bytes) else {"sampling": {"every_ms": value}}
    return option(number, f"every_ms: {what}", request, pointer)


def callback(number: int, what: str, url: str) -> Row:
    return Row(
        number=number, sent=f"callback {what}",
        send=lambda door: door.post(told({"callback": {"url": url}})),
        status=422, code="callback_not_allowed", pointer="/request/callback/url",
    )  # fmt: skip


def source(number: int, what: str, url: str) -> Row:
    return Row(
        number=number, sent=f"a source {what}",
        send=lambda door: door.ask("POST", "/v1/assessments", json={"source": {"url": url}}),
        status=422, code="source_not_allowed", pointer="/source/url",
    )  # fmt: skip


MEASURED = "/request/sampling/every_ms"
SHAPE = (
    option(16, "`request` that is no JSON", b"not json", "/request"),
    option(16, "half a surrogate", b'{"reference": "\\ud800"}', "/request"),
    option(17, "`request` that is a list", [], "/request"),
    option(18, "an unknown field", {"surprise": 1}, "/request/surprise"),
    option(19, "200 levels", DEEP, "/request"),
    every_ms(20, "0", 0, MEASURED),
    every_ms(21, "negative", -400, MEASURED),
    every_ms(22, "NaN", b'{"sampling": {"every_ms": NaN}}', "/request"),
    every_ms(23, "1e9", b'{"sampling": {"every_ms": 1e9}}', MEASURED),
    every_ms(24, "a string", "400", MEASURED),
    option(25, "an unknown model", {"model": "oracle"}, "/request/model", "hmhn"),
    option(26, "an unknown analysis", {"analyses": ["aura"]}, "/request/analyses/0", "severity"),
    option(27, "no analyses", {"analyses": []}, "/request/analyses"),
)
TEXTS = (
    option(28, "metadata of 1 MB in a form", {"metadata": {"a": "x" * 2**20}}, "/request"),
    Row(
        number=28,
        sent="metadata of 1 MB in a JSON body",
        send=lambda door: door.post(
            json.dumps({"metadata": {"a": "x" * 2**20}}).encode(), "application/json"
        ),
        status=413,
        code="too_large",
        fields={"limit_bytes": 64 * 2**10},
    ),
    option(29, "5,000 keys", {"metadata": {str(i): "" for i in range(5000)}}, "/request/metadata"),
    option(30, "metadata that is no text", {"metadata": {"a": 1}}, "/request/metadata"),
    option(31, "a reference of 300", {"reference": "x" * 300}, "/request/reference"),
    option(31, "a reference with NUL", {"reference": "a\0b"}, "/request/reference"),
    option(31, "a reference that turns", {"reference": "a\u202eb"}, "/request/reference"),
    callback(32, "by ftp", "ftp://example.org/"),
    callback(33, "without a host", "https://"),
    callback(34, "with user info", "https://user:pw@example.org/"),
    callback(35, "on port 22", "https://example.org:22/"),
    *(
        callback(36, f"to {host}", f"https://{host}/")
        for host in ("127.1", "2130706433", "0x7f000001", "0177.0.0.1", "10.0.0.1")
    ),
    callback(37, "to 169.254.169.254", "https://169.254.169.254/latest/meta-data"),
    callback(38, "to a mapped address", "http://[::ffff:127.0.0.1]/"),
    callback(38, "to a metadata address", "https://[fd00:ec2::254]/"),
    source(39, "on 10.0.0.1", "https://10.0.0.1/a.mp4"),
    source(39, "on a spelling of 127.0.0.1", "https://0x7f000001/a.mp4"),
    source(39, "in a file", "file:///etc/passwd"),
)
"""127.0.0.1 itself may be called by the embedded stack; `elsewhere.py` names who refuses it."""
