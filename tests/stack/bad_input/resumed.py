"""Rows F112-F121: recordings that come in chunks, and requests that come twice."""

import json
import uuid

import httpx

from tests.stack.bad_input.bodies import LIMIT
from tests.stack.bad_input.door import CHUNK, MP4, TUS, Door
from tests.stack.bad_input.envelopes import let_in
from tests.stack.bad_input.row import Row


def chunk(number: int, what: str, content: bytes, status: int, code: str, **headers: str) -> Row:
    def send(door: Door) -> httpx.Response:
        path = door.upload()
        answer = door.ask("PATCH", path, content=content, headers=CHUNK | headers)
        door.ask("DELETE", path, headers=TUS)
        return answer

    return Row(
        number=f"F{number:03}",
        sent=what,
        send=send,
        status=status,
        code=code,
        headers={"tus-resumable": "1.0.0"},
    )


def created(number: int, what: str, status: int, code: str, **headers: str) -> Row:
    return Row(
        number=f"F{number:03}",
        sent=what,
        status=status,
        code=code,
        send=lambda door: door.ask("POST", "/v1/uploads", headers=TUS | headers),
        headers={"tus-resumable": "1.0.0"},
    )


TUS_ROWS = (
    chunk(112, "an offset that is none", MP4, 422, "validation_error", **{"upload-offset": "x"}),
    chunk(112, "an offset below zero", MP4, 422, "validation_error", **{"upload-offset": "-1"}),
    chunk(113, "a chunk beyond the end", MP4 * 2, 413, "too_large", **{"upload-offset": "0"}),
    created(
        116, "an upload above the limit", 413, "too_large", **{"upload-length": str(LIMIT + 1)}
    ),
    created(116, "an upload of nothing", 415, "not_a_video", **{"upload-length": "0"}),
    *(
        created(
            116, f"an upload of {value} bytes", 422, "validation_error", **{"upload-length": value}
        )
        for value in ("-1", "1e3", "9" * 30)
    ),
)


def again(door: Door) -> httpx.Response:
    key = {"idempotency-key": str(uuid.uuid4())}
    first = door.post(MP4, "video/mp4", **key)
    second = door.post(MP4, "video/mp4", **key)
    assert second.json()["id"] == first.json()["id"]
    return let_in(door, second)


def twice_with_two_keys_of_tenants(door: Door) -> httpx.Response:
    key = {"idempotency-key": str(uuid.uuid4()), "content-type": "application/json"}
    asked = json.dumps({"source": {"upload_id": "upl_" + "0" * 32}}).encode()
    with door.stack.client() as theirs:
        theirs.post("/v1/assessments", content=asked, headers=key)
    first = door.post(MP4, "video/mp4", **{"idempotency-key": key["idempotency-key"]})
    assert "idempotency-replayed" not in first.headers
    return let_in(door, first)


KEYS = (
    Row(
        number="F117",
        sent="the same request under the same Idempotency-Key",
        send=again,
        status=202,
        headers={"idempotency-replayed": "true"},
    ),
    *(
        Row(
            number="F120",
            sent=f"an Idempotency-Key of {what}",
            send=lambda door, key=key: door.post(MP4, "video/mp4", **{"idempotency-key": key}),
            status=422,
            code="validation_error",
            pointer="/headers/idempotency-key",
        )
        for what, key in (("nothing", ""), ("256 characters", "x" * 256), ("a tab", "a\tb"))
    ),
    Row(
        number="F121",
        sent="the Idempotency-Key of another tenant",
        send=twice_with_two_keys_of_tenants,
        status=202,
    ),
)

ROWS = (*TUS_ROWS, *KEYS)
