"""Which assessments have run out of time. `Records` keeps the table with every step."""

from collections.abc import Sequence
from typing import Protocol

from assessment.assessment import AssessmentId


class Timetable(Protocol):
    """When assessments must have ended, and when ended ones are erased, by the store's time."""

    def overdue(self, limit: int) -> Sequence[AssessmentId]:
        """Return assessments that have not ended by their deadline."""
        ...

    def outlived(self, limit: int) -> Sequence[AssessmentId]:
        """Return ended assessments that were kept for as long as they were to be."""
        ...

    def keep_at_most(self, assessment_id: AssessmentId, seconds: float) -> None:
        """Have an ended assessment erased so many seconds from now, unless it is sooner."""
        ...
