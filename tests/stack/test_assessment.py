"""One recording, all the way: over HTTP, on the real stack."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.stack.conftest import Receiver, Stack

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def assessed(stack: Stack, sad_to_happy: Path) -> dict[str, Any]:
    return stack.assess(sad_to_happy, reference="visit 7", metadata={"site": "north"})


def timeline(stack: Stack, body: dict[str, Any]) -> list[dict[str, Any]]:
    answer = stack.get(body["urls"]["timeline"])
    assert answer.headers["content-type"].startswith("application/jsonl")
    return [json.loads(line) for line in answer.text.splitlines()]


def test_a_real_face_is_reported_with_what_was_asked(assessed: dict[str, Any]):
    assert (assessed["status"], assessed["outcome"]) == ("succeeded", "reported")
    assert (assessed["reference"], assessed["metadata"]) == ("visit 7", {"site": "north"})
    result = assessed["result"]
    assert [one["model"] for one in result["severity"]] == ["hmhn", "ddl_resnet50"]
    for one in result["severity"]:
        assert one["interval"]["low"] <= one["point"] <= one["interval"]["high"]
        assert sum(one["bands"].values()) == pytest.approx(1, abs=0.01)
    assert result["does_not_assess"] == ["suicide_risk"]
    assert result["intended_use"] == "research"


def test_demonstration_weights_say_so(assessed: dict[str, Any]):
    result = assessed["result"]

    assert any("demonstration" in notice for notice in result["notices"])
    assert all(one["demonstration"] for one in result["severity"])


def test_the_expression_turns_from_sad_to_happy_at_the_right_time(
    stack: Stack, assessed: dict[str, Any]
):
    # By eye: downcast until about nine seconds, laughing from thirteen on; the network, run on
    # every frame of the recording, changes at the same place.
    rows = [row for row in timeline(stack, assessed) if row["used"]]
    shown = {row["at_ms"]: max(row["expression"], key=row["expression"].get) for row in rows}
    early = [label for at_ms, label in shown.items() if at_ms < 6000]
    late = [label for at_ms, label in shown.items() if at_ms > 13_000]
    assert early.count("sad") > 0.8 * len(early) > 0
    assert late.count("happy") > 0.9 * len(late) > 0
    assert 8500 <= min(at_ms for at_ms, label in shown.items() if label == "happy") <= 11_000

    segments = assessed["result"]["expression"]["segments"]
    assert (segments[0]["label"], segments[-1]["label"]) == ("sad", "happy")


def test_what_was_shown_over_time_adds_up(stack: Stack, assessed: dict[str, Any]):
    result = assessed["result"]
    (shown,) = result["expressivity"]
    assert sum(shown["share"].values()) + shown["uncertain"] == pytest.approx(1.0, abs=1e-3)
    assert shown["smiles"]["count"] >= 1
    assert 0 < result["movement"]["still"] < 1
    assert result["movement"]["blinks_per_minute"] is None

    answer = stack.get(f"{assessed['urls']['segments']}?format=csv")
    cells = list(csv.DictReader(io.StringIO(answer.text, newline=""), strict=True))
    told = [one for one in cells if one["kind"] == "expression"]
    assert [(one["label"], int(one["start_ms"]), int(one["end_ms"])) for one in told] == [
        (one["label"], one["start_ms"], one["end_ms"]) for one in result["expression"]["segments"]
    ]


def test_the_ledger_balances_and_the_timeline_is_whole(stack: Stack, assessed: dict[str, Any]):
    frames = assessed["result"]["quality"]["frames"]
    rows = timeline(stack, assessed)

    assert frames["sampled"] == frames["used"] + sum(frames["rejected"].values())
    assert frames["sampled"] == len(rows) == assessed["result"]["timeline_rows"]
    assert frames["used"] == sum(row["used"] for row in rows)
    times = [row["at_ms"] for row in rows]
    assert times == sorted(times)
    assert times[0] < 400


def test_the_recording_is_gone_as_soon_as_the_result_stands(stack: Stack, assessed: dict[str, Any]):
    # `Stack.wait` has seen that the recording was gone when the result was first read.
    assert stack.blobs(assessed["id"]) == {"request.json", "result.1.json", "timeline.1.jsonl"}


def test_the_report_is_one_page_that_says_what_it_is_not(stack: Stack, assessed: dict[str, Any]):
    page = stack.get(assessed["urls"]["report"])

    assert page.headers["content-type"].startswith("text/html")
    assert "<svg" in page.text
    assert "demonstration" in page.text
    assert "<script" not in page.text


def test_the_same_recording_gives_the_same_result(
    stack: Stack, assessed: dict[str, Any], sad_to_happy: Path
):
    again = stack.assess(sad_to_happy)

    def comparable(body: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in body["result"].items() if name != "timings_ms"}

    assert comparable(again) == comparable(assessed)
    assert timeline(stack, again) == timeline(stack, assessed)


def test_a_recording_without_a_face_is_withheld_and_has_no_number(stack: Stack, nobody: Path):
    body = stack.assess(nobody)

    assert (body["status"], body["outcome"]) == ("succeeded", "withheld")
    assert {one["code"] for one in body["result"]["withheld"]} == {"no_face"}
    assert body["result"]["severity"] is None
    assert body["result"]["expression"] is None
    for row in timeline(stack, body):
        assert "severity" not in row
        assert "expression" not in row
    assert "no_face" in stack.get(body["urls"]["report"]).text


def test_frames_can_be_counted_instead_of_timed(stack: Stack, short_face: Path):
    body = stack.assess(short_face, analyses=["expression"], sampling={"every_ms": 200})
    counted = stack.assess(short_face, analyses=["expression"], sampling={"every_n_frames": 10})

    assert body["result"]["severity"] is None
    frames = [row["frame"] for row in timeline(stack, counted)]
    assert frames == list(range(0, 10 * len(frames), 10))
    assert body["result"]["withheld"] == counted["result"]["withheld"] == []


def test_one_network_can_be_chosen(stack: Stack, short_face: Path):
    body = stack.assess(short_face, model="hmhn", analyses=["severity"])

    assert [one["model"] for one in body["result"]["severity"]] == ["hmhn"]
    assert [one["name"] for one in body["result"]["provenance"]["models"]] == ["hmhn"]


def test_a_webhook_arrives_signed_and_leads_to_the_result(
    stack: Stack, receiver: Receiver, short_face: Path
):
    receiver.answers = [500]
    created = stack.create(short_face, callback={"url": receiver.url}, analyses=["expression"])
    secret = created["callback"]["secret"]

    (headers, body), (second_headers, second_body) = receiver.wait(2)

    told = Webhook(secret).verify(body, headers)
    assert told["type"] == "assessment.succeeded"
    assert told["data"]["id"] == created["id"]
    assert set(told["data"]) == {"id", "status", "outcome", "urls"}
    assert Webhook(secret).verify(second_body, second_headers) == told
    assert second_headers["webhook-id"] == headers["webhook-id"]
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.replace(b"succeeded", b"withheld"), headers)
    fetched = stack.get(told["data"]["urls"]["self"]).json()
    assert fetched["status"] == "succeeded"
    assert "secret" not in json.dumps(fetched)


def test_a_deleted_assessment_leaves_nothing(stack: Stack, short_face: Path):
    body = stack.assess(short_face, analyses=["expression"])

    with stack.client() as api:
        receipt = api.delete(body["urls"]["self"])
        again = api.get(body["urls"]["self"])
        page = api.get(body["urls"]["report"])

    assert receipt.status_code == 200
    erased = {one["class"]: one["at"] for one in receipt.json()["erased"]}
    assert set(erased) == {"recording", "request", "result", "timeline"}
    assert erased["recording"] < erased["result"] <= receipt.json()["deleted_at"]
    assert (again.status_code, again.json()["code"]) == (410, "gone")
    assert page.status_code == 410
    assert stack.blobs(body["id"]) == set()


def test_the_models_are_listed_with_licence_and_evidence(stack: Stack):
    models = {one["name"]: one for one in stack.get("/v1/models").json()["data"]}

    assert {"hmhn", "ddl_resnet50", "expression"} <= set(models)
    assert models["hmhn"]["demonstration"]
    assert not models["expression"]["demonstration"]
    assert all(one["licence"] for one in models.values())


def test_health_and_metrics_answer_without_a_key(stack: Stack, assessed: dict[str, Any]):
    with stack.client("wrong") as api:
        assert api.get("/livez").status_code == 200
        assert api.get("/readyz").json()["status"] == "ready"
        metrics = api.get("/metrics").text

    assert "mien_" in metrics
    assert assessed["id"] not in metrics
