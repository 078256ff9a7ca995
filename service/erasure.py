"""Erasing an assessment with everything that hangs on it, and signing for it. Plain Python."""

from dataclasses import dataclass
from typing import Any, Final

from assessment.assessment import Assessment
from assessment.feedback import FeedbackStore
from service.archive import Archive, Erased
from service.notary import Notary

FEEDBACK: Final = "feedback"
"""What receipts of deletion call it."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """Erases what the archive has of an assessment, and its feedback."""

    archive: Archive
    feedback: FeedbackStore
    notary: Notary

    def __call__(self, assessment: Assessment) -> dict[str, Any]:
        """Erase everything and return the signed receipt of it.

        Feedback goes first, so that a death in between leaves none without its assessment,
        and again at the end, because some may have come until the record was gone.
        """
        self.notary.require_a_key()
        had_feedback = self.feedback.erase(assessment.id)
        erased = list(self.archive.erase(assessment))
        if self.feedback.erase(assessment.id) or had_feedback:
            erased.append(Erased(FEEDBACK, self.archive.clock()))
        erased.sort(key=lambda one: one.what)
        return self.notary.of_deletion(assessment, erased)
