"""The OpenAPI document: committed, served, and complete."""

from pathlib import Path

import pytest
import yaml

from service.openapi import document

DOCUMENT = yaml.safe_load(document())
OPERATIONS = [
    (path, method, operation)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
]


def test_the_committed_document_is_the_apps():
    committed = Path(__file__).parents[3] / "openapi.yaml"

    assert committed.read_text() == document(), "run `make openapi`"


def test_the_served_document_is_the_same(house):
    assert house.ask("GET", "/openapi.json", key=None).json() == DOCUMENT


def test_it_is_openapi_3_1_with_every_webhook():
    assert DOCUMENT["openapi"].startswith("3.1")
    assert set(DOCUMENT["webhooks"]) == {
        "assessment.succeeded",
        "assessment.withheld",
        "assessment.failed",
        "assessment.canceled",
        "assessment.expired",
        "webhook.test",
    }


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_every_operation_is_described(path, method, operation):
    assert operation["operationId"]
    assert operation["summary"]
    assert operation["description"]
    if path.startswith("/v1"):
        assert operation["security"] == [{"key": []}]
        assert "401" in operation["responses"]
    for status, response in operation["responses"].items():
        if int(status) >= 400 and path.startswith("/v1"):
            assert list(response["content"]) == ["application/problem+json"]


def test_every_reference_leads_somewhere():
    def references(value):
        if isinstance(value, dict):
            yield from [value["$ref"]] if "$ref" in value else []
            value = list(value.values())
        if isinstance(value, list):
            for one in value:
                yield from references(one)

    known = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}
    assert set(references(DOCUMENT)) <= known
