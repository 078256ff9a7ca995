"""Callers of the promised contract still get on, but for the breaks that CHANGELOG.md tells.

`promised.yaml` is the contract of the last release; until there is one, the first that worked.
A release replaces it and empties `TOLD`.
"""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.contract.breaking import breaks

PROJECT = Path(__file__).resolve().parents[2]
PROMISED = Path(__file__).with_name("promised.yaml")

TOLD = ("DELETE /v1/assessments/{id} 200/erased[]: newly is object",)
"""Breaks since then, each told in CHANGELOG.md."""


def promised() -> dict[str, Any]:
    return yaml.safe_load(PROMISED.read_text())


def test_only_the_breaks_that_the_changelog_tells() -> None:
    now = yaml.safe_load((PROJECT / "openapi.yaml").read_text())
    assert tuple(breaks(promised(), now)) == TOLD


def without_a_path(spec: dict[str, Any]) -> None:
    del spec["paths"]["/v1/models"]


def without_an_answer(spec: dict[str, Any]) -> None:
    del spec["paths"]["/v1/assessments/{id}"]["get"]["responses"]["410"]


def with_a_required_parameter(spec: dict[str, Any]) -> None:
    needed = {"name": "region", "in": "query", "required": True, "schema": {"type": "string"}}
    spec["paths"]["/v1/models"]["get"]["parameters"] = [needed]


def with_a_required_field(spec: dict[str, Any]) -> None:
    spec["components"]["schemas"]["AssessmentOptions"]["required"] = ["consent"]


def without_a_field_of_the_request(spec: dict[str, Any]) -> None:
    del spec["components"]["schemas"]["AssessmentOptions"]["properties"]["reference"]


def without_a_value(spec: dict[str, Any]) -> None:
    spec["components"]["schemas"]["Select"]["enum"].remove("largest")


def without_a_promise(spec: dict[str, Any]) -> None:
    spec["components"]["schemas"]["AssessmentBody"]["required"].remove("status")


def with_another_type(spec: dict[str, Any]) -> None:
    spec["components"]["schemas"]["ProgressBody"]["properties"]["percent"]["type"] = "string"


@pytest.mark.parametrize(
    "change",
    [
        without_a_path, without_an_answer, with_a_required_parameter, with_a_required_field,
        without_a_field_of_the_request, without_a_value, without_a_promise, with_another_type,
    ],
)  # fmt: skip
def test_a_break_is_seen(change: Any) -> None:
    changed = deepcopy(promised())
    change(changed)
    assert breaks(promised(), changed)


def test_the_same_contract_breaks_nothing() -> None:
    assert breaks(promised(), promised()) == []


def test_more_is_no_break() -> None:
    more = deepcopy(promised())
    more["paths"]["/v1/more"] = {"get": {"responses": {"200": {"description": "more"}}}}
    options = more["components"]["schemas"]["AssessmentOptions"]["properties"]
    options["more"] = {"type": "string"}
    assert breaks(promised(), more) == []
