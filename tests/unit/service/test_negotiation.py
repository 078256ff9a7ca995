"""Routes that answer with JSON refuse who does not accept JSON, before anything is done."""

import re
from typing import Any

import pytest
import yaml

from service.openapi import document
from tests.unit.service.conftest import House

PICTURE = {"accept": "image/png"}
OPERATIONS = [
    (path, method, operation)
    for path, operations in yaml.safe_load(document())["paths"].items()
    for method, operation in operations.items()
]


@pytest.mark.parametrize("path", ["/v1/models", "/livez", "/v1/assessments/asm_1"])
def test_json_is_not_sent_as_a_picture(house: House, path: str):
    answer = house.ask("GET", path, headers=PICTURE)

    assert answer.status_code == 406
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["vary"] == "Accept"
    assert answer.json()["code"] == "not_acceptable"
    assert answer.json()["served"] == ["application/json"]


def test_a_recording_whose_answer_cannot_be_read_is_not_taken(house: House):
    answer = house.send(headers=PICTURE)

    assert answer.status_code == 406
    assert house.empty


@pytest.mark.parametrize("accept", ["application/json", "application/*", "text/html, */*;q=0.1"])
def test_who_accepts_json_among_others_gets_it(house: House, accept: str):
    assert house.ask("GET", "/v1/models", headers={"accept": accept}).status_code == 200


def test_what_is_not_json_is_not_held_to_json(house: House):
    assessment = house.succeeded()

    page = house.ask("GET", f"/v1/assessments/{assessment.id}/report", headers=PICTURE)

    assert page.status_code == 200
    assert house.ask("GET", "/metrics", headers={"accept": "text/plain"}).status_code == 200


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_every_operation_that_documents_the_refusal_refuses_and_no_other(
    house: House, path: str, method: str, operation: dict[str, Any]
):
    answers = (one for status, one in operation["responses"].items() if status.startswith("2"))
    is_json = any("application/json" in one.get("content", {}) for one in answers)
    decides_itself = path.endswith(("/events", "/timeline", "/segments", "/fhir"))

    answer = house.ask(method, re.sub(r"{\w+}", "asm_1", path), headers=PICTURE)

    assert ("406" in operation["responses"]) == (is_json or decides_itself)
    if not decides_itself:
        assert (answer.status_code == 406) == is_json
