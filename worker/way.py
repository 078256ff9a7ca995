"""How an assessment is taken, as plain calls: measured, concluded, compared."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assessment.aggregation import Aggregator
from assessment.assessment import Assessment, Progress
from assessment.measurement import Measurement
from assessment.request import AssessmentRequest
from assessment.result import Result
from worker.comparison import uncompared

Report = Callable[[Progress], None]
Measure = Callable[[Path, AssessmentRequest, Report], Measurement]
Compare = Callable[[Assessment, AssessmentRequest, Result], Result]


@dataclass(frozen=True, slots=True)
class Way:
    """How an assessment is measured, concluded and compared: all three by the same versions."""

    measure: Measure
    aggregate: Aggregator
    compare: Compare = uncompared
