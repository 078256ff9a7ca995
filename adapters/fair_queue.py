"""A queue whose messages say that there is work, and not whose: see `assessment.turns`."""

import logging
from dataclasses import dataclass

from assessment.assessment import AssessmentId
from assessment.faults import StoreUnavailable
from assessment.ports import Queue
from assessment.turns import Turns

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FairQueue:
    """The port `Queue`: lets an assessment wait for its turn, and tells a worker of work."""

    queue: Queue
    turns: Turns

    def submit(self, assessment_id: AssessmentId) -> None:
        """Ask for the assessment to be run when its tenant's turn has come."""
        try:
            self.turns.enter(assessment_id)
        except StoreUnavailable:
            log.warning("an assessment waits for no turn; its message is its turn")
        self.queue.submit(assessment_id)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The other end: which assessment a message is taken for."""

    turns: Turns

    def __call__(self, told: AssessmentId) -> AssessmentId:
        """Return whose turn it is; without a store to ask, the one that the message told of."""
        try:
            return self.turns.next(told)
        except StoreUnavailable:
            return told
