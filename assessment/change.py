"""How much an estimate differs from an earlier one, and whether that is more than error.

    estimate ─┐                                       higher, lower
              ├─▶ same weights? ─▶ difference ─ SDC ─▶ or no_reliable_change
    baseline ─┘        └─▶ no change, and its code

The smallest detectable change is 1.96 · √2 · SEM (de Vet et al., Health and Quality of Life
Outcomes 4:54, 2006). SEM, the standard error of measurement, is the standard deviation of the
calibration residuals: an offset that both estimates share falls out of their difference. It takes
the two errors to be independent. What they share beyond the offset, such as a person's looks,
makes the true error of a difference smaller, so this errs towards `no_reliable_change`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from math import sqrt
from statistics import stdev
from typing import Any, Final

from assessment.assessment import AssessmentId
from assessment.manifest import Calibration, Manifest
from assessment.result import Change, Result, SeverityEstimate

QUANTILE_95: Final = 1.96
"""Of the normal distribution, for both sides together."""
FEWEST_RESIDUALS: Final = 2
"""One has no spread."""
HIGHER, LOWER, NO_RELIABLE_CHANGE = "higher", "lower", "no_reliable_change"


class NoChange(StrEnum):
    """Why there is no change from the baseline that was asked for."""

    ERASED = "baseline_erased"
    NOT_FINISHED = "baseline_not_finished"
    WITHOUT_RESULT = "baseline_without_result"
    WITHHELD = "baseline_withheld"
    OTHER_WEIGHTS = "baseline_of_other_weights"
    NOT_CALIBRATED = "model_not_calibrated"


NOTICES: Final[Mapping[NoChange, str]] = {
    NoChange.ERASED: "the baseline was erased before this assessment was concluded",
    NoChange.NOT_FINISHED: "the baseline had not ended when this assessment was concluded",
    NoChange.WITHOUT_RESULT: "the baseline ended without a result",
    NoChange.WITHHELD: "the baseline has no estimate by this network",
    NoChange.OTHER_WEIGHTS: "the baseline was estimated by other weights of this network",
    NoChange.NOT_CALIBRATED: "these weights have no calibration that says how large an error is",
}
NOTICE: Final = "No change from the baseline is stated for {models}: {why}."


@dataclass(frozen=True, slots=True)
class Baseline:
    """What an earlier assessment said of severity: its result as it was stored."""

    id: AssessmentId
    result: Mapping[str, Any]

    def point(self, model: str) -> float | None:
        """Return the estimate of a network, None where it gave none."""
        estimates = self.result["severity"] or ()
        return next((one["point"] for one in estimates if one["model"] == model), None)

    def digest(self, model: str) -> str | None:
        """Return the SHA-256 of the weights that answered, None where they did not."""
        models = self.result["provenance"]["models"]
        return next((one["sha256"] for one in models if one["name"] == model), None)


def compared(
    result: Result, baseline: Baseline | NoChange, manifests: Mapping[str, Manifest]
) -> Result:
    """Return the result with the change of every severity estimate, or with why there is none."""
    if not result.severity:
        return result
    severity = tuple(_changed(one, baseline, manifests[one.model]) for one in result.severity)
    notices = (*result.notices, *_notices(severity))
    return replace(result, severity=severity, notices=notices)


def _changed(
    estimate: SeverityEstimate, baseline: Baseline | NoChange, manifest: Manifest
) -> SeverityEstimate:
    found = change(estimate.point, baseline, manifest)
    if isinstance(found, Change):
        return replace(estimate, change=found)
    return replace(estimate, change_withheld=found)


def change(point: float, baseline: Baseline | NoChange, manifest: Manifest) -> Change | NoChange:
    """Return the change of a point from the baseline's, or why it cannot be stated."""
    if isinstance(baseline, NoChange):
        return baseline
    before = baseline.point(manifest.name)
    if before is None:
        return NoChange.WITHHELD
    if baseline.digest(manifest.name) != manifest.sha256:
        return NoChange.OTHER_WEIGHTS
    calibration = manifest.calibration
    if calibration is None or len(calibration.residuals) < FEWEST_RESIDUALS:
        return NoChange.NOT_CALIBRATED
    difference = round(point - before, 2)
    smallest = round(smallest_detectable(calibration), 2)
    return Change(baseline.id, difference, smallest, verdict(difference, smallest))


def smallest_detectable(calibration: Calibration) -> float:
    """Return the difference that error alone exceeds once in twenty, on the 0-63 scale."""
    return QUANTILE_95 * sqrt(2) * stdev(calibration.residuals)


def verdict(difference: float, smallest: float) -> str:
    """Return what may be said of a difference."""
    if abs(difference) <= smallest:
        return NO_RELIABLE_CHANGE
    return HIGHER if difference > 0 else LOWER


def _notices(severity: tuple[SeverityEstimate, ...]) -> Iterator[str]:
    for reason, why in NOTICES.items():
        models = [one.model for one in severity if one.change_withheld == reason]
        if models:
            yield NOTICE.format(models=", ".join(models), why=why)
