"""Pictures of the face: only with leave, only in the report, and gone with the assessment."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assessment.aggregation import Aggregator
from assessment.assessment import AssessmentId
from assessment.kept_faces import SANDBOX_NOTICE, KeptFace
from assessment.measurement import Measurement
from assessment.request import AssessmentRequest
from service.pages import POLICY
from service.result_bodies import ResultBody
from tests.samples import a_measurement, an_observation, manifests
from worker.runner import Report, Runner
from worker.sandboxed import Sandboxed

PICTURES = ("/9j/4AAQSkZJRgABAQ==", "/9j/4AAQZmFjZXR3bw==")
FACES = (KeptFace(0, 0, PICTURES[0]), KeptFace(40, 1600, PICTURES[1]))
AGREED = {
    "policy_version": "2026-01",
    "obtained_at": "2026-01-01T12:00:00Z",
    "scopes": ["severity", "expression", "include_faces"],
}
ASKED = {"include_faces": True, "consent": AGREED}


def measured(_: Path, request: AssessmentRequest, __: Report) -> Measurement:
    """Measure twelve good frames, as the pipeline does with and without the wish."""
    measurement = a_measurement(*(an_observation(i) for i in range(12)))
    return replace(measurement, kept_faces=FACES if request.include_faces else ())


def run(house, options: object, key: str | None = None) -> dict[str, Any]:
    """Send a recording, have the real runner take it, and return the answer."""
    sent = {"key": key} if key else {}
    answer = house.send(options, **sent)
    assert answer.status_code == 202, answer.text
    runner = Runner(
        records=house.records,
        blobs=house.blobs,
        measure=measured,
        aggregate=Aggregator(manifests(), production=False, software="mien test"),
        sandbox=Sandboxed(manifests(), "mien test", lambda _: None),
        clock=house.clock,
        lease_s=30,
        attempt_limit_s=60,
        draining=lambda: False,
    )
    runner.run(AssessmentId(answer.json()["id"]))
    return house.ask("GET", answer.json()["urls"]["self"], **sent).json()


def shown(house, body: dict[str, Any], **sent: Any) -> str:
    return house.ask("GET", body["urls"]["report"], **sent).text


def test_the_report_shows_the_faces_that_were_asked_for_and_when_each_was_seen(house):
    body = run(house, ASKED)

    page = house.ask("GET", body["urls"]["report"])

    assert re.findall(r'src="data:image/jpeg;base64,([^"]+)"', page.text) == list(PICTURES)
    assert re.findall(r'alt="([^"]+)"', page.text) == [
        "The measured face at 0:00", "The measured face at 0:01.6",
    ]  # fmt: skip
    assert "no picture of the person</figcaption>" not in page.text
    assert page.headers["content-security-policy"] == POLICY
    assert "img-src data:" in POLICY
    assert page.headers["cache-control"] == "no-store"


def test_a_report_without_the_wish_holds_no_picture_and_says_so(house):
    page = shown(house, run(house, None))

    assert "<img" not in page
    assert "data:" not in page
    assert "the report holds no picture of the person" in page


def test_the_result_names_their_times_and_nothing_else_that_is_read_holds_one(house):
    body = run(house, ASKED)

    ResultBody.model_validate(body["result"])
    assert body["result"]["kept_faces_ms"] == [0, 1600]
    others = ("self", "timeline", "segments", "receipt", "fhir")
    texts = [house.ask("GET", body["urls"][name]).text for name in others]
    texts += [house.ask("GET", path).text for path in ("/v1/assessments", "/metrics")]
    texts += [repr(house.records.stored), repr(house.records.outbox.events)]
    assert not [text for text in texts if "/9j/" in text or "data:image" in text]


def test_without_the_wish_there_is_no_blob_and_the_result_says_that_none_was_asked_for(house):
    body = run(house, {"consent": AGREED})

    assert body["result"]["kept_faces_ms"] is None
    assert names(house, body) == {"request.json", "result.1.json", "timeline.1.jsonl"}


@pytest.mark.parametrize(
    ("options", "pointer"),
    [
        ({"include_faces": True}, "/request/consent"),
        ({**ASKED, "consent": {**AGREED, "scopes": []}}, "/request/consent/scopes"),
        ({**ASKED, "consent": {**AGREED, "scopes": ["severity"]}}, "/request/consent/scopes"),
        ({**ASKED, "include_faces": "yes"}, "/request/include_faces"),
    ],
)
def test_who_did_not_agree_to_it_is_not_even_uploaded(house, options, pointer):
    answer = house.send(options)

    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert house.empty


def test_deleting_erases_them_and_the_receipt_says_so(house):
    body = run(house, ASKED)
    assert "faces.1.json" in names(house, body)

    receipt = house.ask("DELETE", body["urls"]["self"]).json()

    assert "faces" in {one["class"] for one in receipt["erased"]}
    assert "/9j/" not in json.dumps(receipt)
    kept = [path for path in house.root.rglob("*") if path.is_file()]
    assert [path.name for path in kept if b"/9j/" in path.read_bytes()] == []
    assert house.ask("GET", body["urls"]["report"]).status_code == 410


def test_the_sandbox_keeps_none_and_says_so(house):
    order = {"name": "tests", "environment": "test", "scopes": ["create", "read"]}
    key = house.ask("POST", "/v1/keys", json=order).json()["key"]

    body = run(house, {**ASKED, "reference": "sandbox/reported"}, key)

    assert body["result"]["kept_faces_ms"] == []
    assert SANDBOX_NOTICE in body["result"]["notices"]
    assert "faces.1.json" not in names(house, body)
    assert "<img" not in shown(house, body, key=key)


def names(house, body: dict[str, Any]) -> set[str]:
    return {path.name for path in (house.root / "blobs" / body["id"]).iterdir()}
