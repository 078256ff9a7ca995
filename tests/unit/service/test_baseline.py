"""A baseline is an assessment of the caller's own, of the same reference, or it is refused."""

import json

import pytest

from assessment.assessment import Status
from assessment.request import AssessmentRequest
from tests.samples import an_id
from tests.unit.service.conftest import OTHER_KEY, House


def refusal(house: House, request: dict[str, object]) -> dict[str, object]:
    answer = house.send(request)
    assert answer.status_code == 422, answer.text
    return answer.json()["errors"][0]


def test_a_baseline_is_kept_with_the_request(house: House):
    # given
    before = house.accepted({"reference": "patient 7"})

    # when
    later = house.accepted({"reference": "patient 7", "baseline": before.id})

    # then
    assert house.request_of(later.id).baseline == before.id


def test_without_references_the_caller_vouches_for_the_baseline(house: House):
    before = house.accepted()

    assert house.request_of(house.accepted({"baseline": before.id}).id).baseline == before.id


@pytest.mark.parametrize("reference", ["patient 8", None])
def test_a_baseline_of_another_reference_is_refused(house: House, reference: str | None):
    # given
    before = house.accepted({"reference": "patient 7"})

    # when
    error = refusal(house, {"reference": reference, "baseline": before.id})

    # then
    assert error == {"pointer": "/request/baseline", "detail": "has another `reference`"}
    assert "patient" not in json.dumps(error)


def test_a_baseline_that_never_was_and_somebody_elses_look_the_same(house: House):
    # given
    foreign = house.accepted(key=OTHER_KEY)

    # when
    errors = [refusal(house, {"baseline": one}) for one in (an_id(99), foreign.id)]

    # then
    assert errors[0] == errors[1]
    assert errors[0]["pointer"] == "/request/baseline"
    assert len(house.queue.submitted) == 1


@pytest.mark.parametrize("baseline", ["", "asm_", "asm_" + "g" * 32, "x" + an_id(1), 7])
def test_what_is_no_id_is_refused_where_it_stands(house: House, baseline: object):
    assert refusal(house, {"baseline": baseline})["pointer"] == "/request/baseline"


def test_a_baseline_that_was_erased_does_not_stop_the_assessment(house: House):
    # given
    before = house.succeeded()
    assert house.ask("DELETE", f"/v1/assessments/{before.id}").status_code == 200

    # when
    answer = house.send({"baseline": before.id})

    # then the result will say that there is no change
    assert answer.status_code == 202


@pytest.mark.parametrize("status", [Status.FAILED, Status.CANCELED, Status.PROCESSING])
def test_a_baseline_may_be_in_any_status(house: House, status: Status):
    before = house.ended(status)

    assert house.send({"baseline": before.id}).status_code == 202


def test_in_a_batch_the_pointer_is_into_the_batch(house: House):
    # given
    source = {"url": "https://93.184.216.34/a.mp4"}
    body = {"assessments": [{"source": source, "baseline": an_id(99)}]}

    # when
    answer = house.ask("POST", "/v1/assessments/batch", json=body)

    # then
    problem = answer.json()["items"][0]["problem"]
    assert problem["errors"][0]["pointer"] == "/assessments/0/baseline"


def test_a_request_that_was_stored_before_there_were_baselines_still_reads():
    # given
    stored = json.loads(AssessmentRequest().to_json())
    del stored["baseline"]

    # then
    assert AssessmentRequest.from_json(json.dumps(stored).encode()) == AssessmentRequest()
