"""The sandbox in place of decoder, detector and Triton: plays what the reference asks for.

Everything around it is the ordinary way: claim, lease, progress, aggregation, result, outbox.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from assessment.assessment import Progress, Stage
from assessment.gates import UNSEEN
from assessment.kept_faces import SANDBOX_NOTICE
from assessment.manifest import Manifest
from assessment.measurement import Measurement
from assessment.recording_faults import AttemptTimeout
from assessment.request import DEFAULT_MODELS, Analysis, AssessmentRequest, Subject
from assessment.result import Result
from assessment.sandbox import (
    NOTICE,
    UNKNOWN_NOTICE,
    Fate,
    Reason,
    Script,
    misspelt,
    raised,
    script_of,
)
from worker.heartbeat import Report
from worker.invention import invent
from worker.pipeline import networks_of
from worker.sandbox_gates import sandbox_aggregator, stated

BEAT_S: Final = 0.5
SLOW_S: Final = 10.0
NEVER_S: Final = 3600.0
"""Even that ends: a forgotten assessment must not hold a thread for ever."""
FIRST_PERCENT, LAST_PERCENT, STUCK_PERCENT = 5, 85, 40

ONLY: Final[Mapping[Reason, Analysis]] = {
    Reason.FRAME_RATE_TOO_LOW: Analysis.MICRO_EXPRESSIONS,
    Reason.MODEL_NOT_VALIDATED: Analysis.SEVERITY,
}
"""Reasons that withhold one analysis; only that one is then taken to be asked for."""


class Vanished(Exception):
    """The worker is to behave as if it had died; never told to a caller."""


@dataclass(frozen=True, slots=True)
class Sandboxed:
    """Measures nobody and concludes from it."""

    manifests: Mapping[str, Manifest]
    software: str
    pause: Callable[[float], None] = time.sleep

    def measure(self, _recording: Path, request: AssessmentRequest, report: Report) -> Measurement:
        """Play the script's part before the numbers; raise the fault that it asks for."""
        script = script_of(request.reference)
        for percent in _percents(script):
            report(Progress(Stage.SCORING, percent))
            self.pause(BEAT_S)
        if script.fate is Fate.NEVER:
            raise AttemptTimeout("an hour is as long as the sandbox waits")
        if script.fate is Fate.CRASH:
            raise Vanished
        if script.fault is not None:
            raise raised(script.fault)
        played = self._played(request, script)
        aggregate = sandbox_aggregator(self.manifests, self.software, script.reason)
        if aggregate.gates.admit(played).nothing:
            return UNSEEN
        return invent(played, networks_of(played, self.manifests), script.reason)

    def conclude(self, measurement: Measurement, request: AssessmentRequest) -> Result:
        """Return the result, marked as one of the sandbox."""
        script = script_of(request.reference)
        aggregate = sandbox_aggregator(self.manifests, self.software, script.reason)
        played = replace(self._played(request, script), include_faces=False)
        result = aggregate(measurement, played)
        unknown = (UNKNOWN_NOTICE,) if misspelt(request.reference) else ()
        faceless = (SANDBOX_NOTICE,) if request.include_faces else ()
        return replace(
            result,
            sandbox=True,
            notices=(NOTICE, *unknown, *result.notices, *faceless),
            provenance=result.provenance | {"sandbox": True},
            kept_faces_ms=() if request.include_faces else None,
        )

    def _played(self, request: AssessmentRequest, script: Script) -> AssessmentRequest:
        """Return the request as the script has it: a reason must not depend on the rest of it."""
        request = stated(request, script.reason)
        if script.reason is Reason.MULTIPLE_PEOPLE:
            return replace(request, subject=Subject())
        analysis = ONLY.get(script.reason) if script.reason else None
        if analysis is None:
            return request
        asked = [name for name in request.models if self._does(name, analysis)]
        usual = [name for name in DEFAULT_MODELS[analysis] if name in self.manifests]
        return replace(request, analyses=(analysis,), models=tuple(asked or usual))

    def _does(self, name: str, analysis: Analysis) -> bool:
        return name in self.manifests and self.manifests[name].task == analysis


def _percents(script: Script) -> Iterator[int]:
    """Yield the progress of every beat before the end; nothing for what ends at once."""
    if script.fate is Fate.SLOW:
        beats = round(SLOW_S / BEAT_S)
        span = LAST_PERCENT - FIRST_PERCENT
        yield from (FIRST_PERCENT + span * beat // (beats - 1) for beat in range(beats))
    elif script.fate is Fate.NEVER:
        yield from (STUCK_PERCENT for _ in range(round(NEVER_S / BEAT_S)))
