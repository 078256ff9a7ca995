"""Looks for what should not be there any more; erases nothing.

It is another pair of eyes on the sweeper: what that fails to erase, whatever the reason, is
counted here from the files themselves and raises an alarm.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from assessment.assessment import AssessmentId
from assessment.blob_names import unkept
from assessment.faults import Gone, NewerDocument, NotFound
from assessment.feedback import FeedbackStore
from assessment.ports import Blobs, Clock, Records
from assessment.uploads import UploadId, UploadRecords
from worker.orphans import ORPHAN_S
from worker.unreadable import DAMAGED

GRACE: Final = timedelta(minutes=5)
"""The sweeper's own time: it comes by every second, and for leftovers every minute."""
UPLOADS_LOOKED_AT: Final = 1000
KINDS: Final = ("assessment", "recording", "orphan", "upload", "feedback")


@dataclass(frozen=True, slots=True)
class Overdue:
    """Counts the objects with a person's data that have outlived their time, by kind.

    assessment   kept longer than its retention      recording   still there after the end
    orphan       files of no known assessment        upload, feedback   kept too long
    """

    records: Records
    blobs: Blobs
    uploads: UploadRecords
    feedback: FeedbackStore
    feedback_ttl_s: int
    clock: Clock

    def look(self) -> Mapping[str, int]:
        """Return how many there are of each kind; may raise `StoreUnavailable`."""
        kinds = (self._kind(one) for one in self.blobs.stored())
        found = Counter(kind for kind in kinds if kind is not None)
        found["upload"] = sum(map(self._is_late, self.uploads.expired(UPLOADS_LOOKED_AT)))
        then = self.clock() - GRACE
        late = (one.erase_at(self.feedback_ttl_s) <= then for one in self.feedback.all())
        found["feedback"] = sum(late)
        return {kind: found[kind] for kind in KINDS}

    def _is_late(self, upload_id: UploadId) -> bool:
        try:
            return self.uploads.get(upload_id).expires_at <= self.clock() - GRACE
        except (Gone, NotFound):
            return False  # The sweeper was here meanwhile.

    def _kind(self, assessment_id: AssessmentId) -> str | None:
        then = self.clock() - GRACE
        try:
            assessment = self.records.get(assessment_id)
        except NewerDocument:
            return None  # The eyes of that release are on it.
        except (Gone, NotFound, *DAMAGED) as error:
            kept_s = 0.0 if isinstance(error, Gone) else ORPHAN_S
            old = self.blobs.age_s(assessment_id) > kept_s + GRACE.total_seconds()
            return "orphan" if old else None
        if assessment.outlived(then):
            return "assessment"
        ended_at = assessment.ended_at or assessment.updated_at
        if not assessment.status.final or ended_at > then:
            return None
        left = any(self.blobs.path(assessment_id, name) for name in unkept(assessment))
        return "recording" if left else None
