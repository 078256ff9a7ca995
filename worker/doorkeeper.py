"""Whether this worker takes an assessment now; if not, it goes back to the end of the queue."""

import logging
from dataclasses import dataclass
from typing import Final, Protocol

from assessment.assessment import AssessmentId
from assessment.ports import Queue

log = logging.getLogger(__name__)

PATIENCE_S: Final = 5.0
"""How long one waits here. A worker that takes nothing must not empty the queue for nobody."""


class Fit(Protocol):
    """Tells whether assessments may be scored; an event does."""

    def wait(self, timeout: float) -> bool:
        """Wait at most so many seconds; return whether they may."""
        ...


@dataclass(frozen=True, slots=True)
class Doorkeeper:
    """Lets assessments in while `fit` is set."""

    fit: Fit
    queue: Queue
    patience_s: float = PATIENCE_S

    def __call__(self, assessment_id: AssessmentId) -> bool:
        """Wait a moment; return whether to go on, the message sent again if not."""
        if self.fit.wait(self.patience_s):
            return True
        log.warning("assessment %s waits: no network here is known to be fit", assessment_id)
        self.queue.submit(assessment_id)
        return False
