"""Holds assessments to their terms: what is late expires, what was kept long enough is erased.

Any number may run at once; each step may be done twice.
"""

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from assessment.assessment import Assessment, AssessmentId
from assessment.faults import Gone, IllegalTransition, NotFound, Stale
from assessment.ports import Blobs, Clock, Records
from assessment.stopper import Stopper
from assessment.timetable import Timetable
from worker.unreadable import passing_over

log = logging.getLogger(__name__)

BATCH: Final = 200
MOVED_ON: Final = (Stale, IllegalTransition, NotFound, Gone)
"""It changed between two lines: somebody else has done what was to be done."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Deadlines and retention."""

    records: Records
    blobs: Blobs
    timetable: Timetable
    clock: Clock
    result_ttl_s: int

    def hold(self) -> None:
        """Look at everything whose time has come; may raise `StoreUnavailable`."""
        stopper = Stopper(self.records, self.blobs, self.clock)
        for assessment_id in self.timetable.overdue(BATCH):
            with suppress(*MOVED_ON), passing_over(assessment_id):
                stopper.expire(self.records.get(assessment_id))
        for assessment_id in self.timetable.outlived(BATCH):
            with passing_over(assessment_id):
                self._erase(assessment_id)

    def _erase(self, assessment_id: AssessmentId) -> None:
        """Erase the blobs, then the record: as long as there is one, it is found here again."""
        try:
            assessment = self.records.get(assessment_id)
        except (NotFound, Gone):
            return
        self.blobs.erase(assessment_id)
        self.records.erase(assessment)
        log.info("assessment %s was kept for its time and is erased", assessment_id)

    def catch_up(self) -> None:
        """Bring what had ended before this start under the present limit, which may be lower."""
        for assessment_id in self.blobs.stored():
            with suppress(NotFound, Gone), passing_over(assessment_id):
                self._limit(self.records.get(assessment_id))

    def _limit(self, assessment: Assessment) -> None:
        if assessment.status.final:
            ended_at = assessment.ended_at or assessment.updated_at
            erase_at = ended_at + timedelta(seconds=self.result_ttl_s)
            left_s = (erase_at - self.clock()).total_seconds()
            self.timetable.keep_at_most(assessment.id, left_s)
