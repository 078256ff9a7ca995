"""From what was measured to what is said: numbers, or the reasons why there are none."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from assessment import kept_faces, micro_expression, withholding
from assessment.expression import summarise
from assessment.expressivity import expressed
from assessment.gates import Gates, Policy
from assessment.ledger import Ledger
from assessment.manifest import Manifest
from assessment.measurement import Measurement
from assessment.movement import movement
from assessment.request import Analysis, AssessmentRequest, Context
from assessment.result import DOES_NOT_ASSESS, Quality, Result, Withheld
from assessment.severity import estimate, scores_of
from assessment.stretches import showings

DEMONSTRATION_NOTICE = (
    "These networks have demonstration weights, fitted on synthetic faces: {names}. "
    "Their numbers carry no clinical meaning."
)
NOTICE = "Not a medical device, not a diagnosis."
RESEARCH_NOTICE = f"Research use. {NOTICE}"
LOW_RESOLUTION_NOTICE = (
    "Micro-expressions were sought at {rate:.0f} frames per second, below 60: "
    "low temporal resolution."
)


@dataclass(frozen=True, slots=True)
class Answers:
    """The networks that may speak for each analysis, and why others may not."""

    networks: Mapping[Analysis, tuple[Manifest, ...]]
    withheld: tuple[Withheld, ...]
    notices: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[Manifest, ...]:
        """Every network whose numbers are reported."""
        return tuple(one for networks in self.networks.values() for one in networks)


@dataclass(frozen=True, slots=True)
class Aggregator:
    """Turns a measurement into a result with the networks that this worker serves."""

    manifests: Mapping[str, Manifest]
    production: bool
    software: str
    policy: Policy = field(default_factory=Policy)

    @property
    def gates(self) -> Gates:
        """What may be done at all; also asked before a recording is opened."""
        return Gates(self.manifests, self.production, self.policy)

    def __call__(self, measurement: Measurement, request: AssessmentRequest) -> Result:
        """Return the result. The same input gives the same result, but for the timings."""
        answers = self._answers(measurement, request)
        severity = answers.networks.get(Analysis.SEVERITY)
        micro = answers.networks.get(Analysis.MICRO_EXPRESSIONS)
        shown = [
            summarise(measurement, one.name, one.labels)
            for one in answers.networks.get(Analysis.EXPRESSION, ())
        ]
        faces = kept_faces.kept(
            measurement.kept_faces, asked=request.include_faces, reported=bool(answers.all)
        )
        return Result(
            severity=tuple(estimate(measurement, one) for one in severity) if severity else None,
            expression=shown[0] if shown else None,
            more_expressions=tuple(shown[1:]),
            micro_expressions=tuple(
                event
                for one in micro
                for event in micro_expression.summarise(measurement, one.name, one.labels)
            )
            if micro
            else None,
            withheld=answers.withheld,
            quality=_quality(measurement),
            does_not_assess=DOES_NOT_ASSESS,
            intended_use="clinical_support" if self.production else "research",
            notices=(*self._notices(measurement, answers), *kept_faces.notices(faces)),
            provenance=self._provenance(request, measurement),
            timeline_rows=len(measurement.observations),
            timings_ms=measurement.timings_ms,
            expressivity=expressed(measurement, shown),
            movement=movement(measurement) if answers.all else None,
            kept_faces_ms=kept_faces.times_ms(faces),
        )

    def _answers(self, measurement: Measurement, request: AssessmentRequest) -> Answers:
        networks: dict[Analysis, tuple[Manifest, ...]] = {}
        admission = self.gates.admit(request)
        withheld = list(admission.withheld)
        for analysis in admission.request.analyses:
            asked = self._asked(analysis, admission.request)
            reason = withholding.of_the_recording(analysis, measurement, request)
            if reason is not None:
                withheld.append(reason)
                continue
            spoke = tuple(one for one in asked if _spoke(one, measurement))
            networks[analysis] = spoke
            withheld += [
                withholding.of_a_silent_network(analysis, one, measurement)
                for one in asked
                if one not in spoke
            ]
        return Answers(networks, tuple(withheld), admission.notices)

    def _asked(self, analysis: Analysis, request: AssessmentRequest) -> list[Manifest]:
        asked = [self.manifests[name] for name in request.models]
        return [manifest for manifest in asked if manifest.task == analysis]

    def _notices(self, measurement: Measurement, answers: Answers) -> tuple[str, ...]:
        notices = [NOTICE if self.production else RESEARCH_NOTICE]
        names = [manifest.name for manifest in answers.all if manifest.demonstration]
        if names:
            notices.append(DEMONSTRATION_NOTICE.format(names=", ".join(names)))
        rate = micro_expression.frame_rate(measurement)
        low = rate < micro_expression.FINE_FRAME_RATE * micro_expression.ROUNDING
        if answers.networks.get(Analysis.MICRO_EXPRESSIONS) and low:
            notices.append(LOW_RESOLUTION_NOTICE.format(rate=rate))
        return (*notices, *answers.notices)

    def _provenance(
        self, request: AssessmentRequest, measurement: Measurement
    ) -> dict[str, object]:
        named = [self.manifests[name] for name in request.models]
        asked = [one for one in named if one.task in request.analyses]
        behind = [self.manifests[one.features] for one in asked if one.features]
        return {
            "video_sha256": request.video_sha256 or None,
            "models": [_model(manifest, request.context) for manifest in (*asked, *behind)],
            "policy": self.gates.provenance(),
            "settings_sha256": settings_digest(request),
            "thresholds": measurement.thresholds,
            "software": self.software,
        }


def _spoke(manifest: Manifest, measurement: Measurement) -> bool:
    """Return whether the network answered; one that found no event has."""
    if manifest.task == Analysis.SEVERITY:
        return bool(scores_of(measurement, manifest.name))
    if manifest.task == Analysis.EXPRESSION:
        return bool(showings(measurement, manifest.name))
    return True


def settings_digest(request: AssessmentRequest) -> str:
    """Return the SHA-256 of what the caller chose that can change a result."""
    chosen: dict[str, object] = {
        "analyses": request.analyses,
        "models": request.models,
        "sampling": asdict(request.sampling),
        "subject": asdict(request.subject),
    }
    if request.include_faces:  # Absent otherwise, so that digests of before stay what they were.
        chosen["include_faces"] = True
    return hashlib.sha256(json.dumps(chosen, sort_keys=True).encode()).hexdigest()


def _model(manifest: Manifest, context: Context | None) -> dict[str, object]:
    return {
        "name": manifest.name,
        "version": manifest.version,
        "sha256": manifest.sha256,
        "licence": manifest.licence,
        "demonstration": manifest.demonstration,
        "applicability": manifest.applicability.standing(context),
    }


def _quality(measurement: Measurement) -> Quality:
    return Quality(
        frames=Ledger.of(row.verdict for row in measurement.observations),
        face_time_ms=withholding.face_time_ms(measurement),
        duration_ms=measurement.media.duration_ms,
        width=measurement.media.width,
        height=measurement.media.height,
    )
