"""The committed openapi.yaml is valid, says everything about everything, and its examples fit."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from service.examples import EXAMPLES

DOCUMENT: dict[str, Any] = yaml.safe_load(
    (Path(__file__).resolve().parents[2] / "openapi.yaml").read_text()
)
SCHEMAS = DOCUMENT["components"]["schemas"]
OPERATIONS = {
    operation["operationId"]: operation
    for operations in (DOCUMENT["paths"] | DOCUMENT["webhooks"]).values()
    for operation in operations.values()
}


def fits(schema: dict[str, Any], example: object) -> None:
    whole = {**schema, "components": DOCUMENT["components"]}
    jsonschema.validate(example, whole, cls=jsonschema.Draft202012Validator)


def contents(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for part in (operation.get("requestBody", {}), *operation["responses"].values()):
        yield from part.get("content", {}).items()


def test_the_document_follows_openapi_3_1() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_says_what_it_does(name: str) -> None:
    operation = OPERATIONS[name]

    assert operation["summary"]
    assert operation["description"]
    assert len(operation["tags"]) == 1
    for parameter in operation.get("parameters", ()):
        assert parameter["description"], parameter["name"]


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_body_in_json_has_an_example_that_fits(name: str) -> None:
    for kind, content in contents(OPERATIONS[name]):
        if "json" not in kind or kind == "application/jsonl" or content["schema"] == {}:
            continue
        several = [one["value"] for one in content.get("examples", {}).values()]
        examples = several or [content["example"]]
        for example in examples:
            fits(content["schema"], example)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_fits_its_schema(name: str) -> None:
    fits({"$ref": f"#/components/schemas/{name}"}, EXAMPLES[name])


def test_every_field_that_is_sent_is_described() -> None:
    sent = [name for name in SCHEMAS if name.endswith("Options")]

    silent = [
        f"{name}.{field}"
        for name in sent
        for field, schema in SCHEMAS[name].get("properties", {}).items()
        if "description" not in schema
    ]

    assert sent
    assert not silent


def test_every_error_is_a_problem() -> None:
    for name, operation in OPERATIONS.items():
        for status, answer in operation["responses"].items():
            kinds = set(answer.get("content", {}))
            if int(status) >= 400 and name not in ("readyz", "getUploadOffset"):
                assert kinds == {"application/problem+json"}, (name, status)


def test_every_link_leads_to_an_operation() -> None:
    links = [
        link["operationId"]
        for operation in OPERATIONS.values()
        for answer in operation["responses"].values()
        for link in answer.get("links", {}).values()
    ]

    assert links
    assert set(links) <= set(OPERATIONS)
