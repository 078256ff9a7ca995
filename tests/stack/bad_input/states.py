"""Rows 78-81, 83-85 and 90: what was right a moment ago, or nearly."""

import base64
import hashlib
import uuid

from tests.stack.bad_input.door import CHUNK, MP4, TUS, Door
from tests.stack.bad_input.row import Row, Send

OTHER = MP4 + b"\0"


def again_with_another_body(door: Door):
    key = {"idempotency-key": str(uuid.uuid4())}
    first = door.post(MP4, "video/mp4", **key)
    answer = door.post(OTHER, "video/mp4", **key)
    door.ask("DELETE", first.json()["urls"]["self"])
    return answer


def keyed(number: int, what: str, key: str) -> Row:
    return Row(
        number=number, sent=what,
        send=lambda door: door.post(MP4, "video/mp4", **{"idempotency-key": key}),
        status=422, code="validation_error", pointer="/headers/idempotency-key",
    )  # fmt: skip


def tampered(door: Door):
    second = door.post(MP4, "video/mp4").json()["urls"]["self"]  # `door.ended` may be the only one
    cursor = door.ask("GET", "/v1/assessments", params={"limit": 1}).json()["next_cursor"]
    door.ask("DELETE", second)
    assert cursor
    return door.ask("GET", "/v1/assessments", params={"cursor": cursor.swapcase()})


def listed(number: int, what: str, pointer: str, **query: str) -> Row:
    return Row(
        number=number, sent=what,
        send=lambda door: door.ask("GET", "/v1/assessments", params=query),
        status=422, code="validation_error", pointer=pointer,
    )  # fmt: skip


def canceled_twice(door: Door):
    created = door.post(MP4, "video/mp4", **{"mien-request": '{"reference": "sandbox/never"}'})
    cancel = created.json()["urls"]["cancel"]
    assert door.ask("POST", cancel).status_code == 200
    answer = door.ask("POST", cancel)
    door.ask("DELETE", created.json()["urls"]["self"])
    return answer


def preferring(value: str, applied: str | None) -> Send:
    """Prefer something, and leave nothing: what is told here is no refusal."""

    def send(door: Door):
        answer = door.post(MP4, "video/mp4", prefer=value)
        assert answer.headers.get("preference-applied") == applied
        door.ask("DELETE", answer.json()["urls"]["self"])
        return answer

    return send


REPEATED = (
    Row(
        number=78, sent="a known Idempotency-Key with another body", send=again_with_another_body,
        status=422, code="idempotency_mismatch", pointer="/headers/idempotency-key",
    ),
    keyed(79, "a key of 300 characters", "x" * 300),
    keyed(80, "a key with a tab", "a\tb"),
    Row(
        number=80, sent="a key with a control character",
        send=lambda door: door.say(
            "POST /v1/assessments HTTP/1.1\r\nIdempotency-Key: a\x01b\r\nContent-Length: 0"
        ),
        status=400,  # said by the HTTP server, which knows no problems
    ),
    Row(
        number=81, sent="cancel what has ended",
        send=lambda door: door.ask("POST", f"/v1/assessments/{door.ended}/cancel"),
        status=409, code="already_ended",
    ),
    Row(number=81, sent="cancel twice", send=canceled_twice, status=409, code="already_ended"),
    Row(
        number=83, sent="a changed cursor", send=tampered,
        status=422, code="validation_error", pointer="/query/cursor",
    ),
    listed(83, "a cursor that is none", "/query/cursor", cursor="MfX0"),
    listed(84, "limit 0", "/query/limit", limit="0"),
    listed(84, "limit 10,000", "/query/limit", limit="10000"),
    Row(
        number=85, sent="Prefer: wait=99999", send=preferring("wait=99999", "wait=60"), status=200
    ),
    Row(number=85, sent="Prefer: wait=x", send=preferring("wait=x", None), status=202),
)  # fmt: skip


def chunk_at(offset: int, **headers: str) -> Send:
    def send(door: Door):
        path = door.upload()
        told = CHUNK | {"upload-offset": str(offset)} | headers
        answer = door.ask("PATCH", path, content=MP4, headers=told)
        door.ask("DELETE", path, headers=TUS)
        return answer

    return send


def chunk_of(which: str) -> Send:
    def send(door: Door):
        name = door.foreign["upload"] if which == "foreign" else door.deleted_upload
        told = CHUNK | {"upload-offset": "0"}
        return door.ask("PATCH", f"/v1/uploads/{name}", content=MP4, headers=told)

    return send


WRONG = "sha256 " + base64.b64encode(hashlib.sha256(b"another").digest()).decode()
VERSION = {"tus-resumable": "1.0.0"}
UPLOADS = (
    Row(
        number=90, sent="a wrong offset", send=chunk_at(7),
        status=409, code="offset_mismatch", headers=VERSION,
    ),
    Row(
        number=90, sent="a wrong checksum", send=chunk_at(0, **{"upload-checksum": WRONG}),
        status=460, code="checksum_mismatch", headers=VERSION,
    ),
    Row(
        number=90, sent="another tenant's upload", send=chunk_of("foreign"),
        status=404, code="not_found", headers=VERSION,
    ),
    Row(
        number=90, sent="an upload that is over", send=chunk_of("deleted"),
        status=410, code="upload_gone", headers=VERSION,
    ),
    Row(
        number=90, sent="a chunk that is none",
        send=lambda door: door.ask(
            "PATCH", f"/v1/uploads/{door.deleted_upload}", content=b"x", headers=TUS
        ),
        status=415, code="unsupported_media_type", headers=VERSION,
    ),
    Row(
        number=90, sent="an upload by another tenant in an assessment",
        send=lambda door: door.ask(
            "POST", "/v1/assessments", json={"source": {"upload_id": door.foreign["upload"]}}
        ),
        status=422, code="validation_error", pointer="/source/upload_id",
    ),
)  # fmt: skip
