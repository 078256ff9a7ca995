"""Rows 1-9 and 86-88: who asks, for what, in which words."""

from tests.stack.bad_input.door import MP4, Door
from tests.stack.bad_input.row import Row, Send

ASSESSMENT = "/v1/assessments/asm_" + "0" * 32
MINE = {"www-authenticate": "Bearer"}
BEHIND = ("", "/report", "/timeline", "/deliveries", "/events")


def sent(method: str, path: str, **headers: str) -> Send:
    return lambda door: door.ask(method, path, headers=headers)


def with_credentials(value: str | bytes | None) -> Send:
    headers = {} if value is None else {"authorization": value}
    return lambda door: door.ask("GET", "/v1/assessments", key=None, headers=headers)


def refused(number: int, what: str, value: str | bytes | None) -> Row:
    return Row(
        number=number, sent=what, send=with_credentials(value),
        status=401, code="unauthenticated", headers=MINE,
    )  # fmt: skip


def missing(number: int, what: str, send: Send) -> Row:
    return Row(number=number, sent=what, send=send, status=404, code="not_found")


def foreign(method: str, behind: str) -> Send:
    def send(door: Door):
        return door.ask(method, f"/v1/assessments/{door.foreign['assessment']}{behind}")

    return send


NO_IDS = ("nonsense", "asm_" + "0" * 31, "asm_" + "G" * 32, "a" * 5000, "%00", "..%2F..%2Fetc")

ROWS = (
    refused(1, "no key", None),
    *(refused(2, f"the header `{one}`", one) for one in ("Basic abc", "Bearer", "Bearer a b", "")),
    refused(3, "an unknown key", "Bearer sk_live_" + "x" * 43),
    refused(3, "a key that is no ASCII", b"Bearer sk_live_\xe4"),
    Row(
        number=4, sent="a revoked key",
        send=lambda door: door.ask("GET", "/v1/models", key=door.revoked),
        status=401, code="unauthenticated", headers=MINE,
    ),
    Row(
        number=5, sent="a key without the scope",
        send=lambda door: door.ask("POST", "/v1/assessments", key=door.reader, content=MP4),
        status=403, code="forbidden", fields={"missing_scope": "create"},
    ),
    *(missing(6, f"an unknown id, {one}", sent("GET", ASSESSMENT + one)) for one in BEHIND),
    missing(6, "an unknown id to cancel", sent("POST", ASSESSMENT + "/cancel")),
    missing(6, "an unknown id to delete", sent("DELETE", ASSESSMENT)),
    *(missing(7, f"another tenant's id, {one}", foreign("GET", one)) for one in BEHIND),
    missing(7, "another tenant's id to cancel", foreign("POST", "/cancel")),
    missing(7, "another tenant's id to delete", foreign("DELETE", "")),
    *(
        missing(8, f"the id {one[:12]}", sent("GET", f"/v1/assessments/{one}"))
        for one in NO_IDS
    ),
    Row(
        number=9, sent="a deleted id",
        send=lambda door: door.ask("GET", f"/v1/assessments/{door.deleted}"),
        status=410, code="gone",
    ),
)  # fmt: skip

PROTOCOL = (
    Row(
        number=86, sent="Accept: image/png", send=sent("GET", "/v1/models", accept="image/png"),
        status=406, code="not_acceptable", fields={"served": ["application/json"]},
    ),
    Row(
        number=86, sent="Accept: image/png of events",
        send=lambda door: door.ask(
            "GET", f"/v1/assessments/{door.ended}/events", headers={"accept": "image/png"}
        ),
        status=406, code="not_acceptable", fields={"served": ["text/event-stream"]},
    ),
    Row(
        number=87, sent="POST with text/plain", send=lambda door: door.post(b"hello", "text/plain"),
        status=415, code="unsupported_media_type",
    ),
    Row(
        number=87, sent="a compressed body",
        send=lambda door: door.post(MP4, "video/mp4", **{"content-encoding": "gzip"}),
        status=415, code="unsupported_media_type",
    ),
    *(
        Row(
            number=88, sent=f"{method} {path}", send=sent(method, path),
            status=405, code="method_not_allowed", headers={"allow": allowed},
        )
        for method, path, allowed in (
            ("PUT", "/v1/assessments", "GET, POST"),
            ("PROPFIND", "/v1/assessments", "GET, POST"),
            ("GET", "/v1/assessments/batch", "POST"),
            ("DELETE", "/v1/assessments/batch", "POST"),
            ("POST", "/livez", "GET"),
        )
    ),
    missing(88, "an unknown path", sent("GET", "/v1/nowhere")),
    missing(88, "a path with a slash too many", sent("GET", "/v1/assessments/")),
)  # fmt: skip
