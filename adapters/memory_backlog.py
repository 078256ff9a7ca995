"""The backlog in memory, for tests of what uses it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from adapters.memory import MemoryRecords
from adapters.memory_timetable import MemoryTimetable
from assessment.assessment import AssessmentId, Status
from assessment.backlog import WAITING, Heap, Late, Work


@dataclass
class MemoryBacklog:
    """The port `Backlog` over records in memory."""

    records: MemoryRecords
    lengths: dict[AssessmentId, float] = field(default_factory=dict)

    def announce(self, assessment_id: AssessmentId, video_s: float) -> None:
        """Note the length that the recording's container announces."""
        self.lengths[assessment_id] = video_s

    def look(self) -> Work:
        """Return what there is."""
        heaps = {status: self._heap(status) for status in WAITING}
        now = self.records.clock()
        endings = [one.assessment_id for one, _ in self.records.outbox.events.values()]
        ended = [self.records.stored[one].updated_at for one in endings]
        due = [at for at in self.records.deliveries.due.values() if at <= now]
        outlived = MemoryTimetable(self.records).outlived(10**9)
        erase_at = [self.records.stored[one].erase_at for one in outlived]
        return Work(heaps, *map(self._late, (ended, due, [at for at in erase_at if at])))

    def _heap(self, status: Status) -> Heap:
        ids = [one.id for one in self.records.stored.values() if one.status is status]
        known = [self.lengths[one] for one in ids if one in self.lengths]
        return Heap(len(ids), len(known), sum(known))

    def _late(self, since: Iterable[datetime]) -> Late:
        ages_s = [(self.records.clock() - at).total_seconds() for at in since]
        return Late(len(ages_s), max(ages_s, default=0.0))
