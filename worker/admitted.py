"""Measuring behind the gates: a network whose analysis is withheld beforehand is not even run."""

from dataclasses import dataclass
from pathlib import Path

from assessment.gates import Gates
from assessment.measurement import Measurement
from assessment.request import AssessmentRequest
from worker.heartbeat import Report
from worker.way import Measure


@dataclass(frozen=True, slots=True)
class Admitted:
    """Measures the part of a request that the gates let through."""

    measure: Measure
    gates: Gates

    def __call__(self, video: Path, request: AssessmentRequest, report: Report) -> Measurement:
        """Measure one recording; raises what `measure` raises."""
        return self.measure(video, self.gates.admit(request).request, report)
