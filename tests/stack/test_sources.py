"""Recordings that come by other ways than a form, on the running stack."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.stack.conftest import Stack
from tests.stack.site import Site

pytestmark = pytest.mark.stack


def create(stack: Stack, body: object, **headers: str) -> httpx.Response:
    with stack.client() as api:
        return api.post("/v1/assessments", json=body, headers=headers)


def test_a_raw_body_is_assessed_like_a_form(stack: Stack, nobody: Path):
    content = nobody.read_bytes()
    asked = json.dumps({"reference": "raw", "sha256": hashlib.sha256(content).hexdigest()})

    with stack.client() as api:
        headers = {"content-type": "video/mp4", "mien-request": asked, "prefer": "wait=60"}
        answer = api.post("/v1/assessments", content=content, headers=headers, timeout=90)

    body = answer.json()
    assert answer.headers["preference-applied"] == "wait=60"
    ended = body if answer.status_code == 200 else stack.wait(body["id"])
    assert (ended["status"], ended["outcome"], ended["reference"]) == (
        "succeeded",
        "withheld",
        "raw",
    )


def test_a_recording_is_fetched_from_its_address(stack: Stack, site: Site):
    digest = hashlib.sha256(site.recording).hexdigest()
    answer = create(stack, {"source": {"url": site.url("/moved")}, "sha256": digest})
    assert answer.status_code == 202, answer.text

    ended = stack.wait(answer.json()["id"])

    assert (ended["status"], ended["outcome"]) == ("succeeded", "withheld")
    assert ended["result"]["provenance"]["video_sha256"] == digest
    assert site.asked == ["/moved", "/visit.mp4"]
    assert "video" not in stack.blobs(ended["id"])


def test_fifty_creates_at_once_with_one_key_are_one(stack: Stack, nobody: Path):
    content = nobody.read_bytes()

    def send(_: int) -> tuple[int, str]:
        with stack.client() as api:
            headers = {"content-type": "video/mp4", "idempotency-key": "fifty-at-once"}
            answer = api.post("/v1/assessments", content=content, headers=headers)
        body = answer.json()
        return answer.status_code, body.get("id", body.get("code"))

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(send, range(50)))

    made = {text for status, text in answers if status == 202}
    assert len(made) == 1
    assert {text for status, text in answers if status != 202} <= {"idempotency_in_flight"}
    assert {status for status, _ in answers} <= {202, 409}
    (one,) = made
    assert send(0) == (202, one)
    stack.wait(one)  # No test after this one is to meet it.


def test_a_batch_of_three_with_one_bad_makes_two(stack: Stack, site: Site):
    batch = {
        "assessments": [
            {"source": {"url": site.url("/visit.mp4")}, "reference": "first"},
            {"source": {"url": "https://10.0.0.1/a.mp4"}},
            {"source": {"url": site.url("/visit.mp4")}, "reference": "third"},
        ]
    }
    with stack.client() as api:
        headers = {"idempotency-key": "a-batch"}
        first = api.post("/v1/assessments/batch", json=batch, headers=headers)
        again = api.post("/v1/assessments/batch", json=batch, headers=headers)

    items = first.json()["items"]
    assert [one["status"] for one in items] == [202, 422, 202]
    assert items[1]["problem"]["errors"][0]["pointer"] == "/assessments/1/source/url"
    assert [one["assessment"] for one in again.json()["items"] if "assessment" in one] == [
        items[0]["assessment"],
        items[2]["assessment"],
    ]
    for one in (items[0], items[2]):
        assert stack.wait(one["assessment"]["id"])["status"] == "succeeded"


def test_no_address_of_a_source_is_logged(stack: Stack, site: Site):
    answer = create(stack, {"source": {"url": site.url("/none?patient=CANARYPATIENT")}})
    stack.wait(answer.json()["id"])

    assert "CANARYPATIENT" not in stack.log.read_text(errors="replace")
