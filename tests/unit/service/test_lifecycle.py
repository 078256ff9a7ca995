"""Cancel, deadline, retention and the receipt of a deletion, over HTTP."""

from datetime import timedelta

import pytest

from assessment.assessment import Status
from assessment.faults import Gone
from assessment.stopper import Stopper
from service.bodies import AssessmentBody, Receipt
from tests.conftest import NOON
from tests.unit.service.conftest import without_signature

WEEK_S = 7 * 86_400
MADE_AT = "2026-01-01T12:00:00Z"


def cancel(house, assessment):
    return house.ask("POST", f"/v1/assessments/{assessment.id}/cancel")


def names(house, assessment):
    folder = house.root / "blobs" / assessment.id
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def test_a_queued_assessment_is_canceled_and_its_recording_is_erased(house):
    waiting = house.accepted({"reference": "visit-17"})

    answer = cancel(house, waiting)

    body = answer.json()
    assert answer.status_code == 200, answer.text
    AssessmentBody.model_validate(body)
    assert (body["status"], body["error"], body["reference"]) == ("canceled", None, "visit-17")
    assert body["ended_at"] == body["recording_erased_at"] == MADE_AT
    assert names(house, waiting) == {"request.json"}


def test_a_running_assessment_is_canceled_with_all_that_was_made_of_it(house):
    running = house.ended(Status.PROCESSING)
    for name in ("measurement.json", "result.1.json", "timeline.1.jsonl"):
        house.blobs.put(running.id, name, b"{}")

    answer = cancel(house, running)

    assert answer.json()["status"] == "canceled"
    assert names(house, running) == {"request.json"}


@pytest.mark.parametrize(
    "status", [Status.SUCCEEDED, Status.FAILED, Status.CANCELED, Status.EXPIRED]
)
def test_what_has_ended_is_not_canceled_and_stays_as_it_is(house, status):
    ended = house.succeeded() if status is Status.SUCCEEDED else house.ended(status)
    before = names(house, ended)

    first, second = cancel(house, ended), cancel(house, ended)

    assert (first.status_code, second.status_code) == (409, 409)
    assert first.json()["code"] == "already_ended"
    assert house.records.get(ended.id) == ended
    assert names(house, ended) == before


def test_a_worker_that_claims_it_in_the_same_moment_does_not_save_it_from_being_canceled(house):
    waiting = house.accepted()
    claimed = waiting.to(Status.PROCESSING, at=house.clock())
    house.records.save(claimed, was=waiting, look_again_s=30)

    canceled = Stopper(house.records, house.blobs, house.clock).cancel(waiting)

    assert canceled.step == (Status.CANCELED, 1)


def test_the_deadline_counts_from_the_creation(house):
    assessment = house.accepted({"deadline_s": 90})

    body = house.ask("GET", f"/v1/assessments/{assessment.id}").json()

    assert assessment.expires_at == NOON + timedelta(seconds=90)
    assert body["expires_at"] == "2026-01-01T12:01:30Z"
    assert house.accepted().expires_at is None


def test_an_expired_assessment_says_why_and_what_to_do(house):
    ended = house.ended(Status.EXPIRED, fault="deadline_passed")

    error = house.ask("GET", f"/v1/assessments/{ended.id}").json()["error"]

    assert error["code"] == "deadline_passed"
    assert error["retryable"]
    assert "deadline_s" in error["detail"]


@pytest.mark.parametrize(
    ("asked", "kept_s"), [(None, WEEK_S), (60, 60), (WEEK_S, WEEK_S), (365 * 86_400, WEEK_S)]
)
def test_an_assessment_is_kept_for_less_when_asked_and_never_for_more(house, asked, kept_s):
    request = {} if asked is None else {"retention_s": asked}

    assert house.accepted(request).erase_after_s == kept_s


def test_what_was_kept_for_its_time_is_gone_to_its_reader_even_before_it_is_erased(house):
    assessment = house.accepted({"retention_s": 60})
    cancel(house, assessment)
    house.clock.go_on(59)
    body = house.ask("GET", f"/v1/assessments/{assessment.id}").json()
    assert body["erase_at"] == "2026-01-01T12:01:00Z"

    house.clock.go_on(1)

    answer = house.ask("GET", f"/v1/assessments/{assessment.id}")
    assert (answer.status_code, answer.json()["code"]) == (410, "gone")


def test_a_receipt_says_what_was_erased_and_when_also_what_was_erased_before(house):
    assessment = house.succeeded()
    house.records.note_erased(assessment.id, at=NOON)
    house.clock.go_on(60)

    receipt = house.ask("DELETE", f"/v1/assessments/{assessment.id}").json()

    Receipt.model_validate(receipt)
    later = "2026-01-01T12:01:00Z"
    assert without_signature(receipt) == {
        "kind": "deletion",
        "version": 1,
        "sandbox": False,
        "id": assessment.id,
        "deleted_at": later,
        "erased": [
            {"class": "recording", "at": MADE_AT},
            {"class": "request", "at": later},
            {"class": "result", "at": later},
            {"class": "timeline", "at": later},
        ],
    }


def test_a_receipt_does_not_make_up_a_time_that_nobody_noted(house):
    assessment = house.succeeded()

    receipt = house.ask("DELETE", f"/v1/assessments/{assessment.id}").json()

    assert receipt["erased"][0] == {"class": "recording", "at": None}


def test_every_route_of_a_deleted_assessment_says_that_it_is_gone(house):
    assessment = house.succeeded()
    house.ask("DELETE", f"/v1/assessments/{assessment.id}")
    own = [
        (method.upper(), path.replace("{id}", assessment.id))
        for path, operations in house.app.openapi()["paths"].items()
        for method in operations
        if path.startswith("/v1/assessments/{id}") and path.count("{") == 1
    ]

    answers = {(method, path): house.ask(method, path) for method, path in own}

    assert len(answers) >= 5
    assert {answer.status_code for answer in answers.values()} == {410}, answers
    assert {answer.json()["code"] for answer in answers.values()} == {"gone"}


def test_canceling_somebody_elses_assessment_is_canceling_none(house):
    theirs = house.accepted(key="sk_theirs")

    assert cancel(house, theirs).status_code == 404
    assert house.records.get(theirs.id).status is Status.QUEUED


def test_an_assessment_erased_between_two_steps_of_a_cancel_is_gone(house):
    waiting = house.accepted()
    house.records.erase(waiting)

    with pytest.raises(Gone):
        Stopper(house.records, house.blobs, house.clock).cancel(waiting)
