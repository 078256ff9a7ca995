"""Receipts over HTTP: what is in them, who signed, and what is not in them."""

import hashlib
import json
from datetime import timedelta

import pytest
import rfc8785

from adapters.ed25519 import decoded
from adapters.signed_document import is_genuine
from assessment.assessment import Status
from assessment.ledger import Verdict
from service.bodies import Receipt
from service.receipt_bodies import AssessmentReceipt, ReceiptKeySet
from service.receipt_examples import RECEIPT_EXAMPLES
from service.receipt_routes import KEYS_PATH
from tests.samples import an_observation

FACELESS = [an_observation(i, Verdict.NO_FACE) for i in range(5)]


def receipt_of(house, assessment):
    answer = house.ask("GET", f"/v1/assessments/{assessment.id}/receipt")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    AssessmentReceipt.model_validate(answer.json())
    return answer


def keys(house):
    answer = house.ask("GET", KEYS_PATH, key=None)
    ReceiptKeySet.model_validate(answer.json())
    return {one["kid"]: one for one in answer.json()["keys"]}


def genuine(house, receipt):
    public = decoded(keys(house)[receipt["key_id"]]["x"])
    assert public is not None
    return is_genuine(receipt, public)


def test_a_receipt_names_what_went_in_and_what_came_out_and_is_signed(house):
    assessment = house.succeeded()
    body = house.ask("GET", f"/v1/assessments/{assessment.id}").json()

    receipt = receipt_of(house, assessment).json()

    provenance = body["result"]["provenance"]
    assert body["urls"]["receipt"] == f"/v1/assessments/{assessment.id}/receipt"
    assert (receipt["assessment_id"], receipt["outcome"]) == (assessment.id, "reported")
    assert (receipt["created_at"], receipt["ended_at"]) == (body["created_at"], body["ended_at"])
    for name in ("video_sha256", "settings_sha256", "software"):
        assert receipt[name] == provenance[name]
    assert [one["name"] for one in receipt["models"]] == [m["name"] for m in provenance["models"]]
    written = rfc8785.dumps(body["result"])
    assert receipt["result_sha256"] == hashlib.sha256(written).hexdigest()
    assert receipt["sandbox"] is False
    assert genuine(house, receipt)


def test_a_withheld_assessment_has_a_receipt_with_its_reasons(house):
    receipt = receipt_of(house, house.succeeded(*FACELESS)).json()

    assert receipt["outcome"] == "withheld"
    assert {(one["analysis"], one["code"]) for one in receipt["withheld"]} == {
        ("severity", "no_face"),
        ("expression", "no_face"),
    }
    assert genuine(house, receipt)


def test_the_bytes_are_canonical_and_the_same_at_every_call_even_after_a_rotation(house, watch):
    assessment = house.succeeded()
    first = receipt_of(house, assessment).content
    house.receipt_keys.rotate(signs_from=watch() + timedelta(seconds=60))
    watch.go_on(3600)

    again = receipt_of(house, assessment).content

    assert first == again == rfc8785.dumps(json.loads(first))
    assert len(keys(house)) == 2
    assert receipt_of(house, house.succeeded()).json()["key_id"] != json.loads(first)["key_id"]


def test_no_score_and_nothing_of_the_person_is_in_a_receipt(house):
    created = house.send({"reference": "Mrs Smith", "metadata": {"ward": "north"}}).json()
    assessment = house.succeeded()
    named = house.records.get(created["id"])
    blobs = house.blobs
    blobs.put(assessment.id, "request.json", blobs.get(named.id, "request.json"))

    text = receipt_of(house, assessment).text

    assert "Mrs Smith" in house.ask("GET", f"/v1/assessments/{assessment.id}").text
    assert not [word for word in ("Smith", "ward", "north", "point", "interval") if word in text]
    assert set(json.loads(text)) == {
        "kind", "version", "assessment_id", "sandbox", "created_at", "ended_at", "outcome",
        "withheld", "video_sha256", "settings_sha256", "models", "software", "result_sha256",
        "algorithm", "key_id", "signature",
    }  # fmt: skip
    assert all(set(one) == {"name", "version", "sha256"} for one in json.loads(text)["models"])


@pytest.mark.parametrize(
    "status", [Status.PROCESSING, Status.FAILED, Status.CANCELED, Status.EXPIRED]
)
def test_without_a_result_there_is_no_receipt(house, status):
    fault = "undecodable" if status is Status.FAILED else None
    assessment = house.ended(status, fault=fault)

    answer = house.ask("GET", f"/v1/assessments/{assessment.id}/receipt")

    assert (answer.status_code, answer.json()["code"]) == (409, "not_ready")


def test_the_keys_are_public_and_cacheable(house):
    answer = house.ask("GET", KEYS_PATH, key=None)

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert set(answer.json()["keys"][0]) >= {"kty", "crv", "kid", "x"}
    assert "d" not in answer.json()["keys"][0]


def test_a_deletion_is_signed_by_the_same_keys(house):
    assessment = house.succeeded()

    receipt = house.ask("DELETE", f"/v1/assessments/{assessment.id}").json()

    Receipt.model_validate(receipt)
    assert (receipt["kind"], receipt["id"]) == ("deletion", assessment.id)
    assert genuine(house, receipt)
    assert not genuine(house, {**receipt, "erased": []})


def test_the_receipts_in_the_contract_are_genuine():
    [key] = RECEIPT_EXAMPLES["ReceiptKeySet"]["keys"]
    public = decoded(key["x"])
    assert public is not None

    for name in ("Receipt", "AssessmentReceipt"):
        assert is_genuine(RECEIPT_EXAMPLES[name], public), name
