"""One result in FHIR for the OpenAPI document, written by the code that writes real ones."""

from datetime import UTC, datetime
from typing import Any, Final

from assessment.assessment import Assessment, AssessmentId, Outcome, Status, Tenant
from service.examples import ASSESSMENT, EXAMPLES
from service.fhir import Release, bundle

_AT: Final = datetime(2026, 11, 22, 12, 0, 31, tzinfo=UTC)
_ENDED: Final = Assessment(
    id=AssessmentId(ASSESSMENT),
    tenant=Tenant("example"),
    created_at=_AT,
    updated_at=_AT,
    ended_at=_AT,
    status=Status.SUCCEEDED,
    outcome=Outcome.REPORTED,
)
_SEVERITY: Final[dict[str, Any]] = {
    "model": "hmhn",
    "scale": "0-63, aligned to BDI-II",
    "point": 21.4,
    "interval": {"level": 0.9, "low": 9.2, "high": 33.6, "method": "split_conformal", "n": 60},
    "bands": {"minimal": 0.22, "mild": 0.2, "moderate": 0.35, "severe": 0.23},
    "evidence": None,
    "demonstration": True,
}


def example(release: Release) -> dict[str, Any]:
    """Return a severity estimate, and an expression that is withheld."""
    result: dict[str, Any] = EXAMPLES["AssessmentBody"]["result"]
    withheld = [one for one in result["withheld"] if one["analysis"] == "expression"]
    return bundle(_ENDED, {**result, "severity": [_SEVERITY], "withheld": withheld}, release)
