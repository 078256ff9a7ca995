"""The port `Timetable` over the records in memory."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from adapters.memory import MemoryRecords
from assessment.assessment import AssessmentId


@dataclass
class MemoryTimetable:
    """Reads what `MemoryRecords` holds; `sooner` overrules what a record says."""

    records: MemoryRecords
    sooner: dict[AssessmentId, datetime] = field(default_factory=dict)

    def overdue(self, limit: int) -> list[AssessmentId]:
        """Return assessments that have not ended by their deadline."""
        now = self.records.clock()
        return [key for key, one in self.records.stored.items() if one.overdue(now)][:limit]

    def outlived(self, limit: int) -> list[AssessmentId]:
        """Return ended assessments that were kept for as long as they were to be."""
        now = self.records.clock()
        bounded = [key for key, at in self.sooner.items() if at <= now]
        own = [key for key, one in self.records.stored.items() if one.outlived(now)]
        return [key for key in dict.fromkeys((*own, *bounded)) if key in self.records.stored][
            :limit
        ]

    def keep_at_most(self, assessment_id: AssessmentId, seconds: float) -> None:
        """Have an ended assessment erased so many seconds from now, unless it is sooner."""
        at = self.records.clock() + timedelta(seconds=seconds)
        self.sooner[assessment_id] = min(self.sooner.get(assessment_id, at), at)
