"""The gates as the sandbox plays them: closed for the reason that is asked for, else open.

What the operator's weights proved, and the operator's own rules, must not matter to a test key.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from assessment.aggregation import Aggregator
from assessment.applicability import Applicability
from assessment.gates import Policy
from assessment.jurisdiction import Jurisdictions, Rule
from assessment.manifest import Manifest
from assessment.request import Analysis, AssessmentRequest, Consent, Context
from assessment.sandbox import Reason

OF_PRODUCTION: Final = frozenset(
    {Reason.MODEL_NOT_VALIDATED, Reason.MODEL_NOT_LICENSED, Reason.CONSENT_MISSING}
)
"""Reasons that there are in production only."""
EVERYTHING: Final = Consent("sandbox", "2026-01-01T00:00:00Z", tuple(Analysis))
GROWN_UP: Final = Applicability.parse({"age_years": {"in": [18, 65]}})
CHILD: Final = Context(age_years=12)
RULE: Final = Rule(
    name="sandbox",
    analyses=tuple(Analysis),
    because="the rule of the sandbox switches every analysis off",
)
CHANGES: Final[Mapping[Reason, Callable[[Manifest], Manifest]]] = {
    Reason.MODEL_NOT_VALIDATED: lambda one: replace(one, evidence=None),
    Reason.MODEL_NOT_LICENSED: lambda one: replace(
        one, licence={**one.licence, "commercial_use": False}
    ),
    Reason.OUT_OF_APPLICABILITY: lambda one: replace(one, applicability=GROWN_UP),
}


def sandbox_aggregator(
    manifests: Mapping[str, Manifest], software: str, reason: Reason | None
) -> Aggregator:
    """Return what concludes in the sandbox; its gates are closed for the reason only."""
    change = CHANGES.get(reason, _unlimited) if reason else _unlimited
    licensed = () if reason is Reason.MODEL_NOT_LICENSED else manifests
    closed = reason is Reason.JURISDICTION_BLOCKED
    return Aggregator(
        {name: change(_unlimited(one)) for name, one in manifests.items()},
        production=reason in OF_PRODUCTION,
        software=software,
        policy=Policy(
            licences=dict.fromkeys(licensed, "sandbox"),
            jurisdictions=Jurisdictions((RULE,) if closed else ()),
        ),
    )


def stated(request: AssessmentRequest, reason: Reason | None) -> AssessmentRequest:
    """Return the request with the consent and the context that the reason takes."""
    if reason is Reason.CONSENT_MISSING:
        return replace(request, consent=None)
    if reason is Reason.OUT_OF_APPLICABILITY:
        return replace(request, context=CHILD)
    return replace(request, consent=EVERYTHING) if reason in OF_PRODUCTION else request


def _unlimited(manifest: Manifest) -> Manifest:
    return replace(manifest, applicability=Applicability())
