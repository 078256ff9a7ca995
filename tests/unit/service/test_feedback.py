"""Feedback over HTTP: told, corrected, read back, kept apart, erased."""

import json
import logging

import pytest

from assessment.access import Scope
from assessment.assessment import Status, Tenant
from assessment.faults import Gone
from assessment.feedback import Instrument
from assessment.ledger import Verdict
from service.bodies import Receipt
from service.feedback import Total
from service.feedback_schemas import FeedbackBody, FeedbackList
from tests.conftest import NOON
from tests.samples import an_observation

BDI = {"instrument": "bdi_ii", "total": 21, "obtained_at": "2025-12-30T10:00:00+01:00"}
PHQ = {"instrument": "phq_9", "total": 12, "obtained_at": "2025-12-30T09:00:00Z"}
YEAR_S = 365 * 86_400


def path(assessment):
    return f"/v1/assessments/{assessment.id}/feedback"


def tell(house, assessment, body=BDI, **more):
    return house.ask("POST", path(assessment), json=body, **more)


def kept(house, assessment):
    answer = house.ask("GET", path(assessment))
    assert answer.status_code == 200, answer.text
    FeedbackList.model_validate(answer.json())
    return answer.json()["data"]


def test_a_total_is_kept_beside_what_was_reported_and_comes_back(house):
    assessment = house.succeeded()
    reported = house.ask("GET", f"/v1/assessments/{assessment.id}").json()["result"]["severity"]

    answer = tell(house, assessment)

    assert answer.status_code == 201
    FeedbackBody.model_validate(answer.json())
    [found] = kept(house, assessment)
    assert found == answer.json()
    assert (found["instrument"], found["total"]) == ("bdi_ii", 21)
    assert found["obtained_at"] == "2025-12-30T09:00:00Z"
    assert found["erase_at"] == "2027-01-01T12:00:00Z"
    assert [(one["model"], one["point"], one["low"]) for one in found["reported"]] == [
        (one["model"], one["point"], one["interval"]["low"]) for one in reported
    ]


def test_telling_it_again_corrects_it_and_instruments_stand_side_by_side(house):
    assessment = house.succeeded()
    tell(house, assessment)

    assert tell(house, assessment, {**BDI, "total": 24}).status_code == 200
    assert tell(house, assessment, PHQ).status_code == 201

    totals = {one["instrument"]: one["total"] for one in kept(house, assessment)}
    assert totals == {"bdi_ii": 24, "phq_9": 12}


def test_a_withheld_assessment_takes_feedback_with_nothing_to_compare(house):
    assessment = house.succeeded(*[an_observation(i, Verdict.NO_FACE) for i in range(5)])

    assert tell(house, assessment).json()["reported"] == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({**BDI, "total": 64}, "/total"),
        ({**BDI, "total": -1}, "/total"),
        ({**BDI, "total": "21"}, "/total"),
        ({**BDI, "total": 20.5}, "/total"),
        ({**PHQ, "total": 28}, "/total"),
        ({**BDI, "instrument": "hamd"}, "/instrument"),
        ({**BDI, "obtained_at": "yesterday"}, "/obtained_at"),
        ({**BDI, "obtained_at": "2026-01-01T12:00:00"}, "/obtained_at"),
        ({**BDI, "obtained_at": "0001-01-01T00:00:00+14:00"}, "/obtained_at"),
        ({**BDI, "item_9": 3}, "/item_9"),
        ({"instrument": "bdi_ii", "total": 1}, "/obtained_at"),
    ],
)
def test_what_breaks_a_rule_is_pointed_at_and_not_kept(house, body, pointer):
    assessment = house.succeeded()

    answer = tell(house, assessment, body)

    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert kept(house, assessment) == []


@pytest.mark.parametrize("status", [Status.PROCESSING, Status.FAILED, Status.CANCELED])
def test_an_assessment_without_a_result_takes_none(house, status):
    assessment = house.ended(status, fault="undecodable" if status is Status.FAILED else None)

    answer = tell(house, assessment)

    assert (answer.status_code, answer.json()["code"]) == (409, "not_ready")
    assert list(house.feedback.all()) == []


def test_deleting_the_assessment_erases_its_feedback_and_says_so(house):
    assessment = house.succeeded()
    tell(house, assessment)

    receipt = house.ask("DELETE", f"/v1/assessments/{assessment.id}").json()

    classes = [one["class"] for one in receipt["erased"]]
    assert classes == ["feedback", "recording", "request", "result", "timeline"]
    assert list(house.feedback.all()) == []
    assert house.ask("GET", path(assessment)).status_code == 410


def test_feedback_can_be_erased_alone_against_a_receipt(house):
    assessment = house.succeeded()
    tell(house, assessment)

    answer = house.ask("DELETE", path(assessment))

    Receipt.model_validate(answer.json())
    assert (answer.json()["kind"], answer.json()["id"]) == ("feedback_deletion", assessment.id)
    assert [one["class"] for one in answer.json()["erased"]] == ["feedback"]
    assert kept(house, assessment) == []
    assert house.ask("DELETE", path(assessment)).json()["erased"] == []


def test_feedback_outlives_its_assessment_and_can_still_be_read_and_erased(house, watch):
    house.build(result_ttl_s=3600)
    assessment = house.succeeded()
    tell(house, assessment)
    watch.go_on(2 * 86_400)
    house.records.erase(assessment)

    assert house.ask("GET", f"/v1/assessments/{assessment.id}").status_code == 410
    assert [one["total"] for one in kept(house, assessment)] == [21]
    assert house.ask("DELETE", path(assessment)).status_code == 200
    assert house.ask("GET", path(assessment)).status_code == 410


def test_feedback_ends_with_its_own_time(house, watch):
    assessment = house.succeeded()
    tell(house, assessment)

    watch.go_on(YEAR_S)

    assert house.ask("GET", path(assessment)).status_code == 410
    assert [one.total for one in house.feedback.all()] == [21]  # the sweeper is on its way


def test_another_tenant_learns_nothing_of_it(house):
    assessment = house.succeeded()
    tell(house, assessment)

    for method in ("GET", "DELETE", "POST"):
        answer = house.ask(method, path(assessment), key="sk_theirs", json=BDI)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), method
    assert len(kept(house, assessment)) == 1


def test_telling_takes_the_scope_create(house):
    house.keys.grant("sk_reader", Tenant("ours"), Scope.READ)
    assessment = house.succeeded()

    assert tell(house, assessment, key="sk_reader").json()["missing_scope"] == "create"
    assert house.ask("GET", path(assessment), key="sk_reader").status_code == 200


def test_feedback_that_comes_while_its_assessment_is_deleted_is_not_kept(house):
    assessment = house.succeeded()
    book = house.app.state.desk.feedback
    put = house.feedback.put

    def put_while_it_is_deleted(feedback):
        new = put(feedback)
        house.records.erase(assessment)
        return new

    house.feedback.put = put_while_it_is_deleted
    with pytest.raises(Gone):
        book.note(assessment, Total(Instrument.BDI_II, 21, NOON))

    assert list(house.feedback.all()) == []


def test_feedback_that_comes_as_its_assessment_ends_takes_none_of_before_with_it(house, watch):
    assessment = house.succeeded()
    tell(house, assessment, PHQ)
    put = house.feedback.put

    def put_as_its_time_ends(feedback):
        watch.go_on(8 * 86_400)
        return put(feedback)

    house.feedback.put = put_as_its_time_ends
    answer = tell(house, assessment, BDI)

    assert (answer.status_code, answer.json()["code"]) == (410, "gone")
    assert [one["instrument"] for one in kept(house, assessment)] == ["phq_9"]


def test_totals_are_in_no_log_no_record_no_blob_and_no_metric(house, caplog):
    caplog.set_level(logging.DEBUG)
    assessment = house.succeeded()
    total = {**BDI, "total": 61}

    assert tell(house, assessment, total).status_code == 201

    blobs = [house.blobs.get(assessment.id, name) for name in ("request.json", "result.1.json")]
    metrics = house.ask("GET", "/metrics", key=None).text
    assert "bdi_ii" not in caplog.text + metrics + json.dumps(str(house.records))
    assert not [one for one in blobs if one is not None and b"bdi_ii" in one]
