"""A result of the real stack as FHIR, and its report beside it."""

from pathlib import Path

import pytest
from fhir.resources.bundle import Bundle as BundleR5
from fhir.resources.R4B.bundle import Bundle as BundleR4

from tests.stack.conftest import Stack

pytestmark = pytest.mark.stack


def test_a_real_result_is_valid_in_both_releases(stack: Stack, short_face: Path):
    ended = stack.assess(short_face)
    r5 = stack.get(ended["urls"]["fhir"])
    r4 = stack.get(ended["urls"]["fhir"] + "?release=r4")
    page = stack.get(ended["urls"]["report"])

    BundleR5.model_validate(r5.json())
    BundleR4.model_validate(r4.json())
    scores = [
        entry["resource"]["valueQuantity"]["value"]
        for entry in r5.json()["entry"]
        if "valueQuantity" in entry["resource"]
    ]
    assert scores
    assert scores == [one["point"] for one in ended["result"]["severity"]]
    assert f"{stack.url}/models/hmhn" in page.text
