"""The sandbox from outside: a test key, the real service, the real runner."""

from typing import Any

import pytest

from assessment.aggregation import Aggregator
from assessment.assessment import AssessmentId
from assessment.measurement import Measurement
from service.result_bodies import ResultBody
from tests.samples import manifests
from worker.runner import Runner
from worker.sandboxed import Sandboxed

SAID = "Sandbox: nothing was measured. Every number on this page is made up."


@pytest.fixture
def test_key(house) -> str:
    order = {"name": "tests", "environment": "test", "scopes": ["create", "read"]}
    answer = house.ask("POST", "/v1/keys", json=order)
    assert answer.status_code == 201, answer.text
    return answer.json()["key"]


def played(house, key: str, reference: str) -> dict[str, Any]:
    """Send a recording, have the worker run it, and return the answer."""
    created = house.send({"reference": reference}, key=key).json()
    sandbox = Sandboxed(manifests(), "mien test", lambda _: None)

    def never(*_: object) -> Measurement:
        raise AssertionError("the sandbox measured")

    runner = Runner(
        records=house.records,
        blobs=house.blobs,
        measure=never,
        aggregate=Aggregator(manifests(), production=False, software="mien test"),
        sandbox=sandbox,
        clock=house.clock,
        lease_s=30,
        attempt_limit_s=60,
        draining=lambda: False,
    )
    runner.run(AssessmentId(created["id"]))
    return house.ask("GET", created["urls"]["self"], key=key).json()


@pytest.mark.parametrize("reference", ["sandbox/reported", "sandbox/withheld/multiple_people"])
def test_a_result_has_the_shape_of_every_other_and_says_what_it_is(house, test_key, reference):
    answer = played(house, test_key, reference)

    result = answer["result"]
    ResultBody.model_validate(result)
    assert result["sandbox"] is True
    assert result["provenance"]["sandbox"] is True


def test_a_live_result_says_that_it_is_none_of_the_sandbox(house):
    answer = house.ask("GET", f"/v1/assessments/{house.succeeded().id}").json()

    ResultBody.model_validate(answer["result"])
    assert answer["result"]["sandbox"] is False
    assert "sandbox" not in answer["result"]["provenance"]


def test_the_report_says_it_at_its_top(house, test_key):
    answer = played(house, test_key, "sandbox/reported")

    page = house.ask("GET", answer["urls"]["report"], key=test_key).text
    assert SAID in page[: page.index("<h1>")]


def test_a_live_report_does_not_say_it(house):
    page = house.ask("GET", f"/v1/assessments/{house.succeeded().id}/report").text

    assert "Sandbox" not in page


def test_a_live_key_does_not_find_what_a_test_key_made(house, test_key):
    answer = played(house, test_key, "sandbox/failed/undecodable")

    assert answer["error"]["code"] == "undecodable"
    assert house.ask("GET", answer["urls"]["self"]).status_code == 404
