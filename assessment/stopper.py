"""Ends assessments from outside of the worker that may have them in its hands.

    queued, processing ─▶ canceled | expired ─▶ recording and unfinished work erased

The worker learns of it when it next renews its lease, within about a second.
"""

import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from assessment.assessment import Assessment, AssessmentId, Status
from assessment.blob_names import VIDEO, unkept
from assessment.faults import DeadlinePassed, Fault, Stale, StoreUnavailable
from assessment.ports import Blobs, Clock, Records

log = logging.getLogger(__name__)

TRIES: Final = 5
"""Steps of a worker that may come in between: it claims, hands back, claims again."""


@dataclass(frozen=True, slots=True)
class Stopper:
    """Cancels assessments, and lets those expire that are past their deadline."""

    records: Records
    blobs: Blobs
    clock: Clock

    def cancel(self, assessment: Assessment) -> Assessment:
        """Return it canceled, its recording erased; raises `IllegalTransition` once it ended."""
        return self._end(assessment, Status.CANCELED)

    def expire(self, assessment: Assessment) -> Assessment:
        """Return it expired, its recording erased; raises `IllegalTransition` once it ended."""
        return self._end(assessment, Status.EXPIRED, DeadlinePassed)

    def _end(
        self, assessment: Assessment, status: Status, fault: type[Fault] | None = None
    ) -> Assessment:
        code = fault.code if fault else None
        for _ in range(TRIES):
            ended = assessment.to(status, at=self.clock(), fault=code)
            try:
                self.records.save(ended, was=assessment, look_again_s=0)
            except Stale:
                assessment = self.records.get(assessment.id)
                continue
            log.info("assessment %s is %s", ended.id, status)
            erase_unkept(self.records, self.blobs, ended, self.clock)
            return ended
        raise Stale(assessment.id)


def erase_recording(
    records: Records, blobs: Blobs, assessment_id: AssessmentId, clock: Clock
) -> None:
    """Erase the recording, and note when; a note that cannot be written holds nothing up."""
    if blobs.path(assessment_id, VIDEO) is None:
        return
    blobs.remove(assessment_id, VIDEO)
    with suppress(StoreUnavailable):
        records.note_erased(assessment_id, at=clock())


def erase_unkept(records: Records, blobs: Blobs, ended: Assessment, clock: Clock) -> None:
    """Erase everything that an ended assessment must not have any more."""
    erase_recording(records, blobs, ended.id, clock)
    for name in unkept(ended):
        blobs.remove(ended.id, name)
