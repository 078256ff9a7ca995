"""How an assessment is taken, as plain calls: measured, concluded, compared."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assessment.aggregation import Aggregator
from assessment.assessment import Assessment
from assessment.measurement import Measurement
from assessment.request import AssessmentRequest
from assessment.result import Result
from worker.comparison import uncompared
from worker.heartbeat import Report

Measure = Callable[[Path, AssessmentRequest, Report], Measurement]
"""Measures the recording of that file, and reports its progress on the way."""
Compare = Callable[[Assessment, AssessmentRequest, Result], Result]
"""Returns the result with its change since the baseline that the request names, if it does."""


@dataclass(frozen=True, slots=True)
class Way:
    """How an assessment is measured, concluded and compared: all three by the same versions."""

    measure: Measure
    aggregate: Aggregator
    compare: Compare = uncompared
