"""The export to FHIR: valid resources in R5 and R4, no person, and no value where withheld."""

import json
from dataclasses import asdict, replace

import pytest

from assessment.result import Result
from assessment.sandbox import Reason
from service.fhir import Release, bundle
from service.fhir_codes import ABSENCE, SYSTEM
from tests.samples import an_assessment
from tests.unit.service.fhir_results import (
    BUNDLES,
    RESULTS,
    concluded,
    ended,
    every_node,
    exported,
    observations,
    parts,
    result_of,
)


@pytest.mark.parametrize("release", Release)
@pytest.mark.parametrize("name", RESULTS)
def test_every_kind_of_result_is_valid_and_survives_the_way_there_and_back(name, release):
    whole = exported(result_of(name), release)

    read = BUNDLES[release].model_validate(whole)

    assert json.loads(read.model_dump_json()) == whole


@pytest.mark.parametrize("name", RESULTS)
def test_the_rules_that_the_library_does_not_check_hold(name):
    whole = exported(result_of(name))

    urls = [entry["fullUrl"] for entry in whole["entry"]]
    assert len(urls) == len(set(urls))  # bdl-7
    for one in observations(whole).values():
        value = [element for element in one if element.startswith("value")]
        assert not (value and "dataAbsentReason" in one)  # obs-6
        assert one["contained"][0]["id"] == one["device"]["reference"].removeprefix("#")  # dom-3
        assert all(member["reference"] in urls for member in one.get("hasMember", ()))
        own = one["code"]["coding"]
        assert all(part["code"]["coding"] != own for part in one.get("component", ()))  # obs-7


def test_a_severity_estimate_comes_with_its_interval_and_bands():
    result = concluded()

    one = observations(exported(result))["severity/hmhn"]

    assert result.severity is not None
    told = result.severity[0]
    assert told.interval is not None
    assert one["valueQuantity"] == {
        "value": told.point,
        "unit": "score",
        "system": "http://unitsofmeasure.org",
        "code": "{score}",
    }
    assert one["code"]["coding"][0]["system"] == SYSTEM
    said = parts(one)
    assert (said["interval-low"], said["interval-high"]) == (told.interval.low, told.interval.high)
    assert {name: said[f"band-{name}"] for name in told.bands or {}} == told.bands
    assert [edge["low"]["value"] for edge in one["referenceRange"]] == [0, 13.5, 19.5, 28.5]
    device = one["contained"][0]
    assert [version["value"] for version in device["version"]] == ["mien test", "hmhn 1", "0" * 64]


@pytest.mark.parametrize("reason", Reason)
def test_what_is_withheld_has_a_reason_and_no_value(reason):
    result = result_of(reason.value)

    found = observations(exported(result))

    assert result.withheld
    for one in result.withheld:
        told = found[f"withheld/{one.analysis}"]
        standard, own = told["dataAbsentReason"]["coding"]
        assert (standard["code"], own["code"]) == (ABSENCE[reason], reason)
        assert one.advice in told["dataAbsentReason"]["text"]
        assert not [key for key in told if key.startswith(("value", "component"))]
        assert not [key for key in found if key.startswith(f"{one.analysis}/")]


def test_only_validated_weights_in_production_are_final():
    validated = concluded(production=True, demonstration=False, evidence=True)

    def statuses(result: Result) -> set[str]:
        return {one["status"] for one in observations(exported(result)).values()}

    assert statuses(validated) == {"final"}
    assert statuses(concluded()) == {"preliminary"}
    assert statuses(replace(validated, sandbox=True)) == {"preliminary"}


def test_each_micro_expression_is_a_member():
    result = result_of("micro-expressions")

    found = observations(exported(result))

    assert result.micro_expressions
    count = found["micro_expressions"]
    assert count["valueInteger"] == len(count["hasMember"]) == len(result.micro_expressions)
    first, told = found["micro_expressions/1"], result.micro_expressions[0]
    assert first["valueCodeableConcept"]["text"] == told.label
    assert parts(first)["apex"] == told.apex_ms


def test_what_was_made_up_is_marked_as_test_data():
    whole = exported(result_of("micro-expressions"))

    for one in (whole, *observations(whole).values()):
        assert one["meta"]["security"][0]["code"] == "HTEST"
    assert "meta" not in exported(concluded())


def test_no_person_is_named_and_no_time_of_recording_made_up():
    for one in observations(exported(concluded())).values():
        assert not {"subject", "performer", "encounter", "effectiveDateTime"} & set(one)
        assert one["_effectiveDateTime"]["extension"][0]["valueCode"] == "unknown"
        assert one["issued"] == "2026-01-01T12:00:00Z"


def test_the_same_result_gives_the_same_ids_and_another_one_others():
    first, again = exported(concluded()), exported(concluded())

    assert first == again
    other = bundle(replace(ended(), id=an_assessment(2).id), asdict(concluded()), Release.R5)
    ids = {entry["resource"]["id"] for entry in first["entry"]}
    assert not ids & {entry["resource"]["id"] for entry in other["entry"]}


def test_the_releases_differ_in_the_name_of_the_device_only():
    r5, r4 = exported(concluded(), Release.R5), exported(concluded(), Release.R4)

    for node in every_node(r5):
        if node.get("resourceType") == "Device":
            (name,) = node.pop("name")
            node["deviceName"] = [{"name": name["value"], "type": name["type"]}]

    assert r5 == r4
