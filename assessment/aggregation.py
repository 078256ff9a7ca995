"""From what was measured to what is said: numbers, or the reasons why there are none."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from assessment import withholding
from assessment.expression import summarise
from assessment.ledger import Ledger
from assessment.manifest import Manifest
from assessment.measurement import Measurement
from assessment.request import Analysis, AssessmentRequest
from assessment.result import DOES_NOT_ASSESS, Quality, Result, Withheld
from assessment.severity import estimate

EXPRESSION_MODEL = "expression"
DEMONSTRATION_NOTICE = (
    "The severity weights are a demonstration fitted on synthetic faces. "
    "Their numbers carry no clinical meaning."
)
RESEARCH_NOTICE = "Research use. Not a medical device, not a diagnosis."


@dataclass(frozen=True, slots=True)
class Aggregator:
    """Turns a measurement into a result with the networks that this worker serves."""

    manifests: Mapping[str, Manifest]
    production: bool
    software: str

    def __call__(self, measurement: Measurement, request: AssessmentRequest) -> Result:
        """Return the result. The same input gives the same result, but for the timings."""
        reasons = self._reasons(measurement, request)
        models = [self.manifests[name] for name in request.models]
        severity = Analysis.SEVERITY in request.analyses and Analysis.SEVERITY not in reasons
        expression = Analysis.EXPRESSION in request.analyses and Analysis.EXPRESSION not in reasons
        labels = self.manifests[EXPRESSION_MODEL].labels
        return Result(
            severity=tuple(estimate(measurement, model) for model in models) if severity else None,
            expression=summarise(measurement, EXPRESSION_MODEL, labels) if expression else None,
            withheld=tuple(reasons.values()),
            quality=_quality(measurement),
            does_not_assess=DOES_NOT_ASSESS,
            intended_use="clinical_support" if self.production else "research",
            notices=self._notices(models, severity=severity),
            provenance=self._provenance(request),
            timeline_rows=len(measurement.observations),
            timings_ms=measurement.timings_ms,
        )

    def _reasons(
        self, measurement: Measurement, request: AssessmentRequest
    ) -> dict[Analysis, Withheld]:
        reasons: dict[Analysis, Withheld] = {}
        for analysis in request.analyses:
            reason = withholding.of_the_recording(analysis, measurement, request)
            if reason is None and analysis is Analysis.SEVERITY:
                models = [self.manifests[name] for name in request.models]
                reason = withholding.of_the_models(models, production=self.production)
            if reason is not None:
                reasons[analysis] = reason
        return reasons

    def _notices(self, models: list[Manifest], *, severity: bool) -> tuple[str, ...]:
        notices = [] if self.production else [RESEARCH_NOTICE]
        if severity and any(model.demonstration for model in models):
            notices.append(DEMONSTRATION_NOTICE)
        return tuple(notices)

    def _provenance(self, request: AssessmentRequest) -> dict[str, object]:
        names = list(request.models) if Analysis.SEVERITY in request.analyses else []
        if Analysis.EXPRESSION in request.analyses:
            names.append(EXPRESSION_MODEL)
        return {
            "video_sha256": request.video_sha256,
            "models": [_model(self.manifests[name]) for name in names],
            "settings_sha256": settings_digest(request),
            "software": self.software,
        }


def settings_digest(request: AssessmentRequest) -> str:
    """Return the SHA-256 of what the caller chose that can change a result."""
    chosen = {
        "analyses": request.analyses,
        "models": request.models,
        "sampling": asdict(request.sampling),
        "subject": asdict(request.subject),
    }
    return hashlib.sha256(json.dumps(chosen, sort_keys=True).encode()).hexdigest()


def _model(manifest: Manifest) -> dict[str, object]:
    return {
        "name": manifest.name,
        "version": manifest.version,
        "sha256": manifest.sha256,
        "licence": manifest.licence,
        "demonstration": manifest.demonstration,
    }


def _quality(measurement: Measurement) -> Quality:
    return Quality(
        frames=Ledger.of(row.verdict for row in measurement.observations),
        face_time_ms=withholding.face_time_ms(measurement),
        duration_ms=measurement.media.duration_ms,
        width=measurement.media.width,
        height=measurement.media.height,
    )
