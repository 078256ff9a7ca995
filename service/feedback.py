"""Feedback as its owner gives, reads and erases it. Plain Python."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assessment.assessment import ID_PATTERN, Assessment, AssessmentId, Tenant
from assessment.faults import Gone, NotFound
from assessment.feedback import Feedback, FeedbackStore, Instrument, reported_by
from assessment.ports import Clock
from service.archive import Archive, Erased
from service.erasure import FEEDBACK
from service.notary import Notary


@dataclass(frozen=True, slots=True)
class Total:
    """What a questionnaire gave, checked."""

    instrument: Instrument
    total: int
    obtained_at: datetime


@dataclass(frozen=True, slots=True)
class FeedbackBook:
    """Keeps totals beside what was reported, each for its own tenant only."""

    archive: Archive
    store: FeedbackStore
    notary: Notary
    clock: Clock
    ttl_s: int

    def note(self, assessment: Assessment, given: Total) -> tuple[Feedback, bool]:
        """Keep the total instead of an earlier one of its instrument, and say whether it is new.

        Raises `NotReady` unless the assessment succeeded, `Gone` if it is deleted meanwhile.
        """
        feedback = Feedback(
            assessment_id=assessment.id,
            tenant=assessment.tenant,
            instrument=given.instrument,
            total=given.total,
            obtained_at=given.obtained_at,
            received_at=self.clock(),
            assessed_at=assessment.created_at,
            reported=reported_by(self.archive.result(assessment)),
        )
        new = self.store.put(feedback)
        try:
            self.archive.find(assessment.tenant, assessment.id)
        except (Gone, NotFound):
            # Its deletion may have looked for feedback before this was there. What was told
            # before is not touched: it outlives an assessment whose time is over.
            self.store.remove(feedback)
            raise
        return feedback, new

    def read(self, tenant: Tenant, assessment_id: str) -> Sequence[Feedback]:
        """Return what is kept, also when the assessment is erased; else `NotFound` or `Gone`."""
        kept = self._kept(tenant, assessment_id)
        if not kept:
            self.archive.find(tenant, assessment_id)
        return kept

    def erase(self, tenant: Tenant, assessment_id: str) -> dict[str, Any]:
        """Erase what is kept and return the signed receipt of it; raises as `read` does."""
        self.notary.require_a_key()
        kept = self.read(tenant, assessment_id)
        owner = AssessmentId(assessment_id)
        if kept:
            self.store.erase(owner)
        erased = [Erased(FEEDBACK, self.clock())] if kept else []
        return self.notary.of_feedback_deletion(owner, tenant, erased)

    def _kept(self, tenant: Tenant, assessment_id: str) -> Sequence[Feedback]:
        if not ID_PATTERN.fullmatch(assessment_id):
            raise NotFound
        now = self.clock()
        return [
            one
            for one in self.store.of(AssessmentId(assessment_id))
            if one.tenant == tenant and one.erase_at(self.ttl_s) > now
        ]
