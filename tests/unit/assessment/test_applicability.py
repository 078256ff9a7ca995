"""Whom a network was tried on, against what a request states."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.applicability import Applicability, Standing
from assessment.beyond import beyond, edge_notice
from assessment.faults import Misconfigured
from assessment.manifest import Manifest
from assessment.request import Analysis, Context
from tests.samples import a_manifest

SLICES = {
    "age_years": {"in": [18, 63], "edge": [16, 70]},
    "language": {"in": ["de"], "edge": ["nl"]},
    "setting": {"in": ["telehealth"]},
    "jurisdiction": {"in": ["DE"], "edge": ["CH"]},
}
FITTING = Context(jurisdiction="DE-BY", age_years=40, language="de-CH", setting="Telehealth")


def limited() -> Manifest:
    return replace(a_manifest("hmhn"), applicability=Applicability.parse(SLICES))


@pytest.mark.parametrize(
    ("changes", "standing"),
    [
        ({}, Standing.IN),
        ({"age_years": 18}, Standing.IN),
        ({"age_years": 63}, Standing.IN),
        ({"age_years": 64}, Standing.EDGE),
        ({"age_years": 16}, Standing.EDGE),
        ({"age_years": 15}, Standing.OUT),
        ({"age_years": 71}, Standing.OUT),
        ({"language": "DE"}, Standing.IN),
        ({"language": "nl-BE"}, Standing.EDGE),
        ({"language": "den"}, Standing.OUT),
        ({"setting": " TELEHEALTH "}, Standing.IN),
        ({"setting": "home"}, Standing.OUT),
        ({"jurisdiction": "CH"}, Standing.EDGE),
        ({"jurisdiction": "FR", "age_years": 64}, Standing.OUT),
        ({"age_years": None}, Standing.EDGE),
    ],
)
def test_the_worst_of_all_facts_counts(changes: dict[str, object], standing: Standing) -> None:
    context = replace(FITTING, **changes)

    assert Applicability.parse(SLICES).standing(context) is standing


@settings(deadline=None)
@given(st.integers(0, 130), st.booleans())
def test_only_ages_outside_of_both_intervals_are_withheld(age: int, production: bool) -> None:
    context = replace(FITTING, age_years=age)

    found = beyond(Analysis.SEVERITY, limited(), context, production=production)
    told = edge_notice(limited(), context)

    assert (found is not None) == (age < 16 or age > 70)
    assert (told is not None) == (16 <= age < 18 or 63 < age <= 70)


def test_a_network_that_states_nothing_is_limited_by_nothing() -> None:
    network = a_manifest("hmhn")

    assert network.applicability.standing(FITTING) is None
    assert beyond(Analysis.SEVERITY, network, None, production=True) is None
    assert edge_notice(network, None) is None


def test_what_is_not_stated_is_withheld_in_production_and_told_in_research() -> None:
    # when
    production = beyond(Analysis.SEVERITY, limited(), None, production=True)
    research = beyond(Analysis.SEVERITY, limited(), None, production=False)

    # then
    assert research is None
    assert "age in years (not stated)" in (edge_notice(limited(), None) or "")
    assert production is not None
    assert production.code == "out_of_applicability"
    assert "`context.age_years`" in production.advice


def test_the_reason_says_what_there_is_and_what_it_takes() -> None:
    context = replace(FITTING, age_years=12, setting="my secret place")

    found = beyond(Analysis.SEVERITY, limited(), context, production=False)

    assert found is not None
    assert found.have == "an age of 12 years, another setting"
    assert found.need == "an age from 18 to 63 years, setting telehealth"
    assert "state" not in found.advice.lower()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("age_years", {"in": [63, 18]}),
        ("age_years", {"in": [18]}),
        ("age_years", {"in": ["18", "63"]}),
        ("age_years", {"edge": [1, 2]}),
        ("language", {"in": [3]}),
        ("language", ["de"]),
        ("shoe_size", {"in": [38, 44]}),
    ],
)
def test_a_manifest_with_other_slices_is_refused(name: str, value: object) -> None:
    document = a_manifest("hmhn").document | {"applicability": {name: value}}

    with pytest.raises(Misconfigured, match=name):
        Manifest.parse(document)


def test_a_network_that_nobody_was_tried_on_can_still_say_who_is_beyond_it() -> None:
    """As weights fitted on drawn faces: a scale for 13 to 80 years, and no person tried."""
    ages = {"age_years": {"in": [], "edge": [13, 80]}}
    drawn = replace(a_manifest("hmhn"), applicability=Applicability.parse(ages))

    child = beyond(Analysis.SEVERITY, drawn, Context(age_years=12), production=False)

    assert child is not None
    assert (child.have, child.need) == ("an age of 12 years", "an age from 13 to 80 years")
    assert beyond(Analysis.SEVERITY, drawn, Context(age_years=13), production=False) is None
    assert drawn.applicability.standing(Context(age_years=40)) is Standing.EDGE


def test_a_slice_that_holds_nothing_withholds_in_words() -> None:
    nobody = Applicability.parse({"age_years": {"in": []}})
    reason = beyond(
        Analysis.SEVERITY,
        replace(a_manifest("hmhn"), applicability=nobody),
        Context(age_years=40),
        production=False,
    )

    assert reason is not None
    assert reason.need == "a network that was tried at any age in years"
