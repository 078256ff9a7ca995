"""Measuring that is metered and traced: one span, one note of where the time went."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from adapters.tracing import STAGE, Tracing
from assessment.measurement import Measurement
from assessment.request import AssessmentRequest
from worker.heartbeat import Report
from worker.way import Measure

MOST_CALLS: Final = 100
"""Calls to Triton that one measurement's trace shows; an hour of video takes thousands."""


@dataclass(frozen=True, slots=True)
class Metered:
    """Measures as `measure` does."""

    measure: Measure
    note: Callable[[Measurement], None]
    tracing: Tracing

    def __call__(self, video: Path, request: AssessmentRequest, report: Report) -> Measurement:
        """Measure one recording; raises what `measure` raises."""
        with self.tracing.span("measure", most_within=MOST_CALLS) as span:
            measurement = self.measure(video, request, report)
            stages = measurement.timings_ms.items()
            span.note({f"{STAGE}{stage}": spent_ms for stage, spent_ms in stages})
        self.note(measurement)
        return measurement
