"""The gates: what may be done with a request, whatever its recording shows."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.aggregation import Aggregator, settings_digest
from assessment.applicability import Applicability
from assessment.assessment import Outcome
from assessment.gates import UNSEEN, UNSEEN_NOTICE, Admission, Gates, Policy
from assessment.jurisdiction import Jurisdictions, Rule
from assessment.manifest import Manifest
from assessment.request import DEFAULT_MODELS, Analysis, AssessmentRequest, Consent, Context
from tests.samples import a_manifest, a_measurement, all_manifests, an_observation, manifests

EVERYTHING = tuple(Analysis)
CONSENT = Consent("2026-01", "2026-01-01T12:00:00Z", EVERYTHING)
REQUEST = AssessmentRequest(consent=CONSENT, video_sha256="ab" * 32)
NO_SEVERITY = Rule(name="r", analyses=(Analysis.SEVERITY,), because="a law", jurisdictions=("DE",))


def proven(**changes: Any) -> dict[str, Manifest]:
    found = manifests(demonstration=False, evidence=True)
    return {name: replace(one, **changes) for name, one in found.items()}


def codes(admission: Admission) -> dict[str, str]:
    return {one.analysis: one.code for one in admission.withheld}


def test_production_with_all_in_place_admits_the_whole_request() -> None:
    admission = Gates(proven(), production=True).admit(REQUEST)

    assert admission == Admission(REQUEST)


@pytest.mark.parametrize(
    "consent",
    [None, Consent("p", "2026-01-01T12:00:00Z"), Consent("p", "2026-01-01T12:00:00Z", ("video",))],
)
def test_production_withholds_without_a_consent_that_names_the_analysis(
    consent: Consent | None,
) -> None:
    asked = replace(REQUEST, consent=consent)

    admission = Gates(proven(), production=True).admit(asked)

    assert codes(admission) == dict.fromkeys(("severity", "expression"), "consent_missing")
    assert admission.nothing
    assert admission.notices == (UNSEEN_NOTICE,)


def test_a_consent_for_one_analysis_leaves_the_other_out() -> None:
    asked = replace(REQUEST, consent=replace(CONSENT, scopes=("expression",)))

    admission = Gates(proven(), production=True).admit(asked)

    assert codes(admission) == {"severity": "consent_missing"}
    assert admission.request.analyses == (Analysis.EXPRESSION,)
    assert admission.request.models == ("expression",)


def test_research_takes_no_consent_and_tells_of_one_that_is_narrower() -> None:
    # when
    without = Gates(manifests()).admit(replace(REQUEST, consent=None))
    narrow = Gates(manifests()).admit(replace(REQUEST, consent=replace(CONSENT, scopes=("a",))))

    # then
    assert (without.withheld, without.notices) == ((), ())
    assert narrow.withheld == ()
    assert "severity, expression" in narrow.notices[0]


def test_a_licence_that_forbids_the_use_withholds_in_production_only() -> None:
    # given
    weights = proven(licence={"weights": "x", "commercial_use": False})
    held = Policy(licences={"expression": "contract 12 of 2026"})

    # then
    assert not Gates(weights).admit(REQUEST).withheld
    assert codes(Gates(weights, production=True).admit(REQUEST)) == dict.fromkeys(
        ("severity", "expression"), "model_not_licensed"
    )
    assert codes(Gates(weights, production=True, policy=held).admit(REQUEST)) == {
        "severity": "model_not_licensed"
    }


def test_a_network_needs_the_licence_of_the_network_behind_it_too() -> None:
    # given
    served = {
        name: replace(one, demonstration=False, evidence={"data": "a trial"})
        for name, one in all_manifests().items()
    }
    behind = replace(served["resnet50_features"], licence={"weights": "x", "commercial_use": False})
    asked = replace(REQUEST, analyses=(Analysis.SEVERITY,), models=("attention_pooling",))

    # when
    gates = Gates(served | {"resnet50_features": behind}, production=True)

    # then
    assert codes(gates.admit(asked)) == {"severity": "model_not_licensed"}
    assert not Gates(served, production=True).admit(asked).withheld


@pytest.mark.parametrize(
    "changes", [{"evidence": None}, {"calibration": None}, {"demonstration": True}]
)
def test_severity_takes_evidence_and_calibration_in_production(changes: dict[str, Any]) -> None:
    weights = proven() | {"hmhn": replace(proven()["hmhn"], **changes)}

    admission = Gates(weights, production=True).admit(REQUEST)

    (reason,) = admission.withheld
    assert (reason.code, reason.model) == ("model_not_validated", "hmhn")
    assert admission.request.models == ("ddl_resnet50", "expression")


def test_demonstration_weights_say_nothing_in_production_whatever_the_analysis() -> None:
    weights = proven(demonstration=True)

    assert Gates(weights, production=True).admit(REQUEST).nothing


def test_one_reason_of_all_networks_is_told_once_for_the_analysis() -> None:
    admission = Gates(proven(evidence=None), production=True).admit(REQUEST)

    (reason,) = admission.withheld
    assert reason.model is None
    assert "hmhn" in reason.have
    assert "ddl_resnet50" in reason.have


def test_different_reasons_of_all_networks_are_told_one_by_one() -> None:
    # given
    weights = proven()
    weights["hmhn"] = replace(weights["hmhn"], evidence=None)
    weights["ddl_resnet50"] = replace(
        weights["ddl_resnet50"], applicability=Applicability.parse({"age_years": {"in": [18, 60]}})
    )
    asked = replace(REQUEST, context=Context(age_years=90))

    # when
    admission = Gates(weights, production=True).admit(asked)

    # then
    assert {one.model: one.code for one in admission.withheld} == {
        "hmhn": "model_not_validated",
        "ddl_resnet50": "out_of_applicability",
    }
    assert admission.request.analyses == (Analysis.EXPRESSION,)


def test_the_law_comes_first() -> None:
    rules = Policy(jurisdictions=Jurisdictions((NO_SEVERITY,)))
    asked = replace(REQUEST, consent=None, context=Context("DE"))

    admission = Gates(manifests(), production=True, policy=rules).admit(asked)

    assert codes(admission)["severity"] == "jurisdiction_blocked"
    assert codes(admission)["expression"] == "consent_missing"


def test_rules_hold_in_research_too() -> None:
    rules = Policy(jurisdictions=Jurisdictions((NO_SEVERITY,)))

    admission = Gates(manifests(), policy=rules).admit(replace(REQUEST, context=Context("DE")))

    assert codes(admission) == {"severity": "jurisdiction_blocked"}


def test_a_network_that_is_not_served_here_is_left_to_the_pipeline() -> None:
    asked = replace(REQUEST, models=("hmhn", "of_another_release"))

    assert Gates(manifests(), production=True).admit(asked) == Admission(asked)


def test_a_result_of_which_nothing_was_seen_is_whole() -> None:
    aggregate = Aggregator(manifests(), production=True, software="x")

    result = aggregate(UNSEEN, replace(REQUEST, consent=None))

    assert result.outcome is Outcome.WITHHELD
    assert result.quality.frames.sampled == result.timeline_rows == 0
    assert {one.code for one in result.withheld} == {"consent_missing"}
    assert UNSEEN_NOTICE in result.notices


def test_a_result_says_what_the_operator_decided_and_where_each_network_stands() -> None:
    # given
    policy = Policy({"hmhn": "contract 12"}, Jurisdictions((), "ab" * 32))
    weights = manifests()
    weights["hmhn"] = replace(
        weights["hmhn"], applicability=Applicability.parse({"age_years": {"in": [18, 60]}})
    )
    aggregate = Aggregator(weights, production=False, software="x", policy=policy)
    measurement = a_measurement(*(an_observation(i) for i in range(10)))

    # when
    result = aggregate(measurement, replace(REQUEST, context=Context(age_years=30)))

    # then
    assert result.provenance["policy"] == {
        "mode": "research",
        "licences": {"hmhn": "contract 12"},
        "jurisdictions_sha256": "ab" * 32,
    }
    standings = {one["name"]: one["applicability"] for one in result.provenance["models"]}
    assert standings == {"hmhn": "in", "ddl_resnet50": None, "expression": None}


def test_what_is_stated_of_a_person_is_in_no_digest() -> None:
    asked = [replace(REQUEST, context=Context(age_years=age)) for age in (20, 30)]

    assert len({settings_digest(one) for one in asked}) == 1


weights = st.fixed_dictionaries(
    {
        "demonstration": st.booleans(),
        "evidence": st.sampled_from([None, {"data": "a trial"}]),
        "calibration": st.sampled_from([None, a_manifest("hmhn").calibration]),
        "licence": st.sampled_from([True, False]).map(
            lambda may: {"weights": "x", "commercial_use": may}
        ),
        "applicability": st.sampled_from(
            [Applicability(), Applicability.parse({"age_years": {"in": [18, 60]}})]
        ),
    }
)
served = st.fixed_dictionaries(dict.fromkeys(manifests(), weights)).map(
    lambda changes: {name: replace(a_manifest(name), **one) for name, one in changes.items()}
)
requests = st.builds(
    AssessmentRequest,
    analyses=st.lists(st.sampled_from(EVERYTHING[:2]), min_size=1, unique=True).map(tuple),
    consent=st.sampled_from([None, CONSENT, replace(CONSENT, scopes=("expression",))]),
    context=st.builds(
        Context,
        jurisdiction=st.sampled_from([None, "DE", "US"]),
        age_years=st.sampled_from([None, 12, 30]),
    ),
).map(
    lambda one: replace(
        one, models=tuple(name for analysis in one.analyses for name in DEFAULT_MODELS[analysis])
    )
)


@settings(deadline=None)
@given(served, requests, st.booleans(), st.booleans())
def test_every_network_is_admitted_or_has_a_reason_and_never_both(
    served: dict[str, Manifest], request: AssessmentRequest, production: bool, ruled: bool
) -> None:
    policy = Policy(jurisdictions=Jurisdictions((NO_SEVERITY,) if ruled else ()))

    admission = Gates(served, production, policy).admit(request)

    admitted = set(admission.request.models)
    for analysis in request.analyses:
        asked = set(DEFAULT_MODELS[analysis])
        reasons = [one for one in admission.withheld if one.analysis == analysis]
        whole = any(one.model is None for one in reasons)
        refused = asked if whole else {one.model for one in reasons}
        assert refused == asked - admitted
        assert (analysis in admission.request.analyses) == bool(asked & admitted)
        assert all(one.have and one.need and one.advice for one in reasons)


@settings(deadline=None)
@given(served, requests, st.booleans())
def test_production_never_admits_more_than_research(
    served: dict[str, Manifest], request: AssessmentRequest, ruled: bool
) -> None:
    policy = Policy(jurisdictions=Jurisdictions((NO_SEVERITY,) if ruled else ()))

    admitted = [
        set(Gates(served, production, policy).admit(request).request.models)
        for production in (True, False)
    ]

    assert all(less <= more for less, more in pairwise(admitted))
