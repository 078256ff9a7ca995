"""`GET …/fhir` and the code system: releases, media types and refusals."""

import httpx
import pytest
from fhir.resources.bundle import Bundle as BundleR5
from fhir.resources.R4B.bundle import Bundle as BundleR4

from assessment.assessment import Assessment, Status
from tests.samples import an_observation
from tests.unit.service.conftest import OTHER_KEY, House

R5 = "application/fhir+json; fhirVersion=5.0"
R4 = "application/fhir+json; fhirVersion=4.0"


@pytest.fixture
def told(house: House) -> Assessment:
    return house.succeeded()


def fhir(house: House, assessment: Assessment, accept: str = "", query: str = "") -> httpx.Response:
    headers = {"accept": accept} if accept else {}
    return house.ask("GET", f"/v1/assessments/{assessment.id}/fhir{query}", headers=headers)


@pytest.mark.parametrize(
    ("accept", "query", "media_type"),
    [
        ("", "", R5),
        ("*/*", "", R5),
        ("application/*", "", R5),
        ("application/fhir+json", "", R5),
        (R5, "", R5),
        (R4, "", R4),
        ('application/fhir+json;fhirVersion="4.0.1"', "", R4),
        (f"{R4};q=0.5, {R5};q=0.4", "", R4),
        ("application/fhir+json; fhirVersion=3.0, application/fhir+json;q=0.1", "", R5),
        ("application/json", "", "application/json"),
        ("", "?release=r4", R4),
        (R5, "?release=r4", R4),
        ("application/json", "?release=r4", "application/json"),
    ],
)
def test_the_release_is_the_one_asked_for(house, told, accept, query, media_type):
    answer = fhir(house, told, accept, query)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert answer.headers["vary"] == "Accept"
    r4 = media_type == R4 or "r4" in query
    (BundleR4 if r4 else BundleR5).model_validate(answer.json())
    device = answer.json()["entry"][0]["resource"]["contained"][0]
    assert ("deviceName" in device) is r4


@pytest.mark.parametrize(
    ("accept", "query"),
    [
        ("text/html", ""),
        ("application/fhir+json; fhirVersion=3.0", ""),
        ("text/html", "?release=r4"),
    ],
)
def test_what_is_not_served_is_refused_with_what_is(house, told, accept, query):
    answer = fhir(house, told, accept, query)

    assert answer.status_code == 406
    assert "application/json" in answer.json()["served"]


@pytest.mark.parametrize("query", ["?release=r6", "?release=", "?version=r5"])
def test_an_unknown_release_or_parameter_is_refused(house, told, query):
    answer = fhir(house, told, "", query)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith("/query/")


def test_what_has_not_ended_has_no_bundle_yet(house):
    answer = fhir(house, house.accepted())

    assert answer.status_code == 409
    assert answer.json()["code"] == "not_ready"


@pytest.mark.parametrize("status", [Status.FAILED, Status.CANCELED])
def test_what_did_not_succeed_has_none_either(house, status):
    assert fhir(house, house.ended(status, fault=None)).status_code == 409


def test_somebody_elses_is_not_found_and_a_deleted_one_gone(house, told):
    path = f"/v1/assessments/{told.id}/fhir"

    assert house.ask("GET", path, key=OTHER_KEY).status_code == 404
    house.ask("DELETE", f"/v1/assessments/{told.id}")
    assert house.ask("GET", path).status_code == 410


def test_a_withheld_result_is_a_bundle_without_a_score(house):
    withheld = house.succeeded(*[an_observation(i, faces=2) for i in range(12)])

    answer = fhir(house, withheld)

    BundleR5.model_validate(answer.json())
    assert "{score}" not in answer.text
    assert "multiple_people" in answer.text


def test_the_assessment_says_where_it_is(house, told):
    body = house.ask("GET", f"/v1/assessments/{told.id}").json()

    assert house.ask("GET", body["urls"]["fhir"]).status_code == 200


def test_the_code_system_is_served(house):
    answer = house.ask("GET", "/v1/fhir/code-system")

    assert answer.headers["content-type"] == "application/fhir+json"
    assert answer.json()["resourceType"] == "CodeSystem"
    refused = house.ask("GET", "/v1/fhir/code-system", headers={"accept": "text/html"})
    assert refused.status_code == 406
    assert house.ask("GET", "/v1/fhir/code-system", key=None).status_code == 401
