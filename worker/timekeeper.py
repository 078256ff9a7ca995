"""Notes how long assessments take, so that the others' remaining time can be estimated."""

import logging
from dataclasses import dataclass

from assessment.access import is_sandbox
from assessment.assessment import Assessment
from assessment.faults import StoreUnavailable
from assessment.pace import Pace, Run
from assessment.ports import Clock
from assessment.result import Result

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Timekeeper:
    """Notes every success but those of sandboxes, which measure nothing."""

    pace: Pace
    clock: Clock

    def note(self, claimed: Assessment, result: Result) -> None:
        """Note the seconds since the assessment was claimed; what cannot be noted is let go."""
        if is_sandbox(claimed.tenant):
            return
        processing_s = max(0.0, (self.clock() - claimed.updated_at).total_seconds())
        try:
            self.pace.note(Run(processing_s, result.quality.duration_ms / 1000))
        except StoreUnavailable:
            log.warning("the pace could not be noted")
