"""Finds what was lost: messages, workers, leftovers.

Any number may run at once; each step may be done twice.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from assessment.assessment import Assessment, AssessmentId, Status
from assessment.faults import Gone, IllegalTransition, NotFound, Stale, WorkerCrashed
from assessment.ports import Blobs, Clock, Queue, Records
from assessment.stopper import erase_unkept
from worker.clean import Clean
from worker.orphans import ORPHAN_S
from worker.unreadable import passing_over

log = logging.getLogger(__name__)

BATCH = 200
LONGEST_PATIENCE_S = 600.0


@dataclass(frozen=True, slots=True)
class Sweeper:
    """Sends again what waits without a message, and takes back what a dead worker held."""

    records: Records
    blobs: Blobs
    queue: Queue
    clock: Clock
    requeue_s: float
    max_crashes: int
    clear_staging: Callable[[], int]
    erase_uploads: Callable[[], int]
    clean: Clean = field(default_factory=Clean)

    def sweep(self) -> None:
        """Look at everything whose time has come; may raise `StoreUnavailable`."""
        for assessment_id in self.records.due(BATCH):
            # What moved on between two lines is just what is wanted.
            with suppress(Stale, IllegalTransition, NotFound, Gone), passing_over(assessment_id):
                self._recover(self.records.get(assessment_id))

    def _recover(self, assessment: Assessment) -> None:
        if assessment.status is Status.QUEUED:
            self.queue.submit(assessment.id)
            self.records.postpone(assessment, look_again_s=self._patience_s(assessment))
        elif assessment.crashes + 1 >= self.max_crashes:
            code = WorkerCrashed.code
            failed = assessment.to(Status.FAILED, at=self.clock(), fault=code, crashed=True)
            self.records.save(failed, was=assessment, look_again_s=self.requeue_s, only_if_due=True)
            log.warning("assessment %s failed: every worker that took it died", assessment.id)
        else:
            waiting = assessment.to(Status.QUEUED, at=self.clock(), crashed=True)
            self.records.save(
                waiting, was=assessment, look_again_s=self.requeue_s, only_if_due=True
            )
            self.queue.submit(assessment.id)
            log.warning("assessment %s taken back from a worker that died", assessment.id)

    def _patience_s(self, assessment: Assessment) -> float:
        """Wait as long again as it has waited: a backlog must not multiply its messages."""
        waited_s = (self.clock() - assessment.updated_at).total_seconds()
        return min(max(self.requeue_s, waited_s), LONGEST_PATIENCE_S)

    def erase_leftovers(self) -> None:
        """Erase recordings of finished assessments, blobs without a record, broken uploads."""
        stored = self.blobs.stored()
        self.clean.keep(stored)
        for assessment_id in stored:
            unchanged_s = self.blobs.age_s(assessment_id)
            if not self.clean.is_still(assessment_id, unchanged_s=unchanged_s):
                with passing_over(assessment_id):
                    self._erase_leftovers_of(assessment_id)
        self.clear_staging()
        self.erase_uploads()

    def _erase_leftovers_of(self, assessment_id: AssessmentId) -> None:
        try:
            assessment = self.records.get(assessment_id)
            if assessment.status.final:
                erase_unkept(self.records, self.blobs, assessment, self.clock)
                self.clean.note(assessment_id)
        except Gone:
            self.blobs.erase(assessment_id)
        except NotFound:
            if self.blobs.age_s(assessment_id) > ORPHAN_S:
                self.blobs.erase(assessment_id)
