"""The sandbox in the real stack: a test key, ten references at once, no decoding."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from assessment.blob_names import VIDEO
from tests.stack.conftest import Receiver, Stack
from tests.stack.waiting import until

pytestmark = pytest.mark.stack

NO_PICTURES = b"\x00\x00\x00\x18ftypisom" + bytes(4096)
"""Begins like an MP4, and no decoder would find anything in it."""
LIMIT_S = 60.0
"""The slow one takes ten seconds by its own clock, and everything a few more on a quick machine."""


@pytest.fixture
def api(stack: Stack) -> Iterator[httpx.Client]:
    order = {"name": "sandbox test", "environment": "test", "scopes": ["create", "read"]}
    with stack.client() as admin:
        answer = admin.post("/v1/keys", json=order)
        assert answer.status_code == 201, answer.text
        issued = answer.json()
        assert issued["key"].startswith("sk_test_")
        with stack.client(issued["key"]) as client:
            yield client
        admin.delete(f"/v1/keys/{issued['id']}")


def send(api: httpx.Client, reference: str, **more: Any) -> str:
    request = json.dumps({"reference": reference, **more})
    parts = {
        "request": (None, request, "application/json"),
        "video": ("a.mp4", NO_PICTURES, "video/mp4"),
    }
    answer = api.post("/v1/assessments", files=parts)
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def ended(api: httpx.Client, identifier: str) -> dict[str, Any]:
    end = time.monotonic() + LIMIT_S
    while True:
        body = api.get(f"/v1/assessments/{identifier}").json()
        if body["status"] not in ("queued", "processing"):
            return body
        assert time.monotonic() < end, body
        time.sleep(0.2)


def said(body: dict[str, Any]) -> tuple[str, str | None]:
    withheld = {one["code"] for one in (body["result"] or {}).get("withheld", ())}
    error = (body["error"] or {}).get("code")
    return body["status"], "/".join(withheld) or error or body["outcome"]


def until_it_works(api: httpx.Client, identifier: str) -> None:
    path = f"/v1/assessments/{identifier}"
    until(lambda: api.get(path).json()["status"] == "processing", LIMIT_S)


def cancel_once_it_works(api: httpx.Client, identifier: str) -> None:
    until_it_works(api, identifier)
    assert api.post(f"/v1/assessments/{identifier}/cancel").status_code == 200


EXPECTED = {
    "sandbox/reported": ("succeeded", "reported"),
    "visit 12": ("succeeded", "reported"),
    "sandbox/slow": ("succeeded", "reported"),
    "sandbox/webhook-fails": ("succeeded", "reported"),
    "sandbox/withheld/no_face": ("succeeded", "no_face"),
    "sandbox/withheld/multiple_people": ("succeeded", "multiple_people"),
    "sandbox/failed/undecodable": ("failed", "undecodable"),
    "sandbox/failed/internal_error": ("failed", "internal_error"),
    "sandbox/crash": ("failed", "worker_crashed"),
}


def test_ten_references_at_once_end_as_told_within_a_minute(
    stack: Stack, api: httpx.Client, receiver: Receiver
):
    began = time.monotonic()
    callback = {"callback": {"url": receiver.url}}

    with ThreadPoolExecutor(10) as callers:
        never = callers.submit(send, api, "sandbox/never")
        sent = {
            one: callers.submit(send, api, one, **callback if "webhook" in one else {})
            for one in EXPECTED
        }
        canceling = callers.submit(cancel_once_it_works, api, never.result())
        bodies = {one: callers.submit(ended, api, future.result()) for one, future in sent.items()}
        canceling.result()
        seen = {one: said(future.result()) for one, future in bodies.items()}

    took_s = time.monotonic() - began
    assert seen == EXPECTED
    assert ended(api, never.result())["status"] == "canceled"
    assert took_s < LIMIT_S
    # What a worker left that vanished is erased with the leftovers, once a minute.
    of_others = [future.result() for one, future in sent.items() if one != "sandbox/crash"]
    until(lambda: not [one for one in of_others if VIDEO in stack.blobs(one)])
    told = sent["sandbox/webhook-fails"].result()
    assert_the_webhook_fails_until_it_is_replayed(api, receiver, told)


def assert_the_webhook_fails_until_it_is_replayed(
    api: httpx.Client, receiver: Receiver, identifier: str
) -> None:
    log = f"/v1/assessments/{identifier}/deliveries"
    end = time.monotonic() + LIMIT_S
    while not (found := api.get(log).json()["data"]) or not found[0]["attempts"]:
        assert time.monotonic() < end
        time.sleep(0.2)
    assert (found[0]["attempts"][0]["status"], receiver.received) == (500, [])

    assert api.post(f"{log}/{found[0]['id']}/replay").status_code == 202

    ((headers, _),) = receiver.wait(1)
    assert headers["webhook-id"] == found[0]["id"]


def test_one_that_never_ends_expires_at_its_deadline(api: httpx.Client):
    body = ended(api, send(api, "sandbox/never", deadline_s=2))

    assert body["status"] == "expired"


def test_a_worker_that_waits_in_the_sandbox_still_takes_live_recordings(
    stack: Stack, api: httpx.Client, nobody: Path
):
    waiting = send(api, "sandbox/never")
    until_it_works(api, waiting)

    assert stack.assess(nobody)["outcome"] == "withheld"

    assert api.get(f"/v1/assessments/{waiting}").json()["status"] == "processing"
    assert api.post(f"/v1/assessments/{waiting}/cancel").status_code == 200
