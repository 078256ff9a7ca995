"""What an assessment looks like in each of its states, held to the OpenAPI document."""

import json

import jsonschema
import pytest

from assessment.assessment import Status
from assessment.ledger import Verdict
from service.statuses import STATUS
from tests.samples import an_observation

NO_FACES = [an_observation(i, Verdict.NO_FACE) for i in range(5)]


def fits(house, schema: str, body: object) -> None:
    document = house.app.openapi()
    jsonschema.validate(
        body,
        {"$ref": f"#/components/schemas/{schema}", "components": document["components"]},
        cls=jsonschema.Draft202012Validator,
    )


def read(house, assessment):
    answer = house.ask("GET", f"/v1/assessments/{assessment.id}")
    assert answer.status_code == 200
    fits(house, "AssessmentBody", answer.json())
    return answer


def test_a_queued_assessment_says_how_many_are_ahead(house, watch):
    house.accepted()
    watch.go_on(1)

    answer = read(house, house.accepted())

    assert answer.json()["progress"] == {
        "stage": "queued", "percent": 0, "queue_position": 1, "eta_ms": None,
    }  # fmt: skip
    assert answer.headers["retry-after"] == "2"


def test_a_running_assessment_says_how_far_it_is(house):
    body = read(house, house.ended(Status.PROCESSING)).json()

    known = {name: body["progress"][name] for name in ("stage", "percent", "queue_position")}
    assert known == {"stage": "scoring", "percent": 40, "queue_position": None}
    assert (body["status"], body["attempts"]) == ("processing", 1)


def test_a_succeeded_assessment_has_its_result(house):
    answer = read(house, house.succeeded())

    body = answer.json()
    frames = body["result"]["quality"]["frames"]
    assert (body["status"], body["outcome"], body["error"]) == ("succeeded", "reported", None)
    assert [one["model"] for one in body["result"]["severity"]] == ["hmhn", "ddl_resnet50"]
    assert frames["sampled"] == frames["used"] + sum(frames["rejected"].values())
    assert "retry-after" not in answer.headers


def test_a_withheld_assessment_has_reasons_and_no_number(house):
    body = read(house, house.succeeded(*NO_FACES)).json()

    result = body["result"]
    assert (body["status"], body["outcome"]) == ("succeeded", "withheld")
    assert (result["severity"], result["expression"]) == (None, None)
    assert {one["analysis"] for one in result["withheld"]} == {"severity", "expression"}
    assert all(one["have"] and one["need"] and one["advice"] for one in result["withheld"])


def test_without_evidence_production_has_an_expression_and_no_severity(house):
    result = read(house, house.succeeded(production=True)).json()["result"]

    assert result["severity"] is None
    assert result["expression"]["dominant"] == "sad"
    assert [one["code"] for one in result["withheld"]] == ["model_not_validated"]


CODES = sorted({fault.code for fault in STATUS})


@pytest.mark.parametrize("code", CODES)
def test_a_failed_assessment_says_why_and_what_to_do(house, code):
    error = read(house, house.ended(Status.FAILED, fault=code)).json()["error"]

    again = {
        "store_unavailable", "insufficient_storage", "inference_unavailable", "draining",
            "newer_document",
        "internal_error", "source_missing", "source_not_fetched", "deadline_passed",
        "too_many_streams", "too_many_own_streams", "too_many_uploads", "upload_locked",
        "rate_limited", "quota_exceeded", "not_ready", "idempotency_in_flight", "stale",
        "request_timeout", "checksum_mismatch", "network_out_of_order",
    }  # fmt: skip
    assert error["code"] == code
    assert len(error["detail"]) > 10
    assert error["retryable"] == (code in again)


def test_a_code_of_another_release_is_an_internal_error(house):
    error = read(house, house.ended(Status.FAILED, fault="of_the_future")).json()["error"]

    assert error["code"] == "of_the_future"
    assert "our side" in error["detail"]


@pytest.mark.parametrize("status", [Status.PROCESSING, Status.FAILED])
@pytest.mark.parametrize("part", ["timeline", "report"])
def test_without_success_there_is_no_timeline_and_no_report(house, status, part):
    fault = "undecodable" if status is Status.FAILED else None
    assessment = house.ended(status, fault=fault)

    answer = house.ask("GET", f"/v1/assessments/{assessment.id}/{part}")

    assert (answer.status_code, answer.json()["code"]) == (409, "not_ready")


def test_the_timeline_is_one_stream_with_one_line_a_frame(house):
    assessment = house.succeeded(*[an_observation(i) for i in range(3000)])

    answer = house.ask("GET", f"/v1/assessments/{assessment.id}/timeline")

    rows = [json.loads(line) for line in answer.text.splitlines()]
    assert answer.headers["content-type"] == "application/jsonl"
    assert len(rows) == 3000
    assert [row["at_ms"] for row in rows] == sorted(row["at_ms"] for row in rows)


def test_a_withheld_timeline_has_no_number_of_an_analysis(house):
    assessment = house.succeeded(*[an_observation(i, faces=2) for i in range(12)])

    text = house.ask("GET", f"/v1/assessments/{assessment.id}/timeline").text

    assert "severity" not in text
    assert "expression" not in text


def test_a_lost_result_is_a_bug_and_not_a_crash(house):
    assessment = house.succeeded()
    house.blobs.remove(assessment.id, "result.1.json")

    answer = house.ask("GET", f"/v1/assessments/{assessment.id}")

    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")


def test_an_expired_request_leaves_the_rest_readable(house):
    assessment = house.succeeded()
    house.blobs.remove(assessment.id, "request.json")

    assert read(house, assessment).json()["reference"] is None


def test_new_assessments_and_receipts_fit_the_document(house):
    created = house.send({"callback": {"url": "https://example.org/"}}).json()
    fits(house, "CreatedBody", created)
    fits(house, "Receipt", house.ask("DELETE", created["urls"]["self"]).json())
    fits(house, "ModelList", house.ask("GET", "/v1/models").json())
    fits(house, "Readiness", house.ask("GET", "/readyz").json())


def test_problems_fit_the_document(house):
    for answer in (
        house.send({"extra": 1}),
        house.ask("GET", "/nowhere"),
        house.send(video=bytes(200_000)),
    ):
        fits(house, "Problem", answer.json())


def test_models_tell_no_path(house):
    text = house.ask("GET", "/v1/models").text

    assert "residuals" not in text
    assert str(house.root) not in text
