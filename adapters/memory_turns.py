"""Whose turn it is, in memory, for tests."""

from dataclasses import dataclass, field

from assessment.access import is_sandbox
from assessment.assessment import Assessment, AssessmentId, Status, Tenant
from assessment.faults import Gone, NotFound
from assessment.ports import Records


@dataclass
class MemoryTurns:
    """The port `Turns` over records in memory."""

    records: Records
    waiting: dict[Tenant, set[AssessmentId]] = field(default_factory=dict)
    turns: dict[Tenant, int] = field(default_factory=dict)
    taken: dict[Tenant, int] = field(default_factory=dict)
    now: int = 0

    def enter(self, assessment_id: AssessmentId) -> None:
        """Let a queued assessment wait for its turn."""
        found = self._queued(assessment_id)
        if found is None or is_sandbox(found.tenant):
            return
        self.waiting.setdefault(found.tenant, set()).add(assessment_id)
        if found.tenant not in self.turns:
            self.turns[found.tenant] = max(self.taken.get(found.tenant, 0), self.now)

    def next(self, told: AssessmentId) -> AssessmentId:
        """Return and remove whose turn it is."""
        found = self._queued(told)
        if found is not None and is_sandbox(found.tenant):
            return told
        while self.turns:
            tenant = min(self.turns, key=lambda one: (self.turns[one], one))
            served = self._oldest(tenant)
            if served is not None:
                self.now = self.turns[tenant]
                self.taken[tenant] = self.turns[tenant] = self.now + 1
            if not self.waiting[tenant]:
                del self.turns[tenant]
            if served is not None:
                return served.id
        self.taken.clear()
        self.now = 0
        return told

    def _oldest(self, tenant: Tenant) -> Assessment | None:
        """Return and remove the tenant's oldest; without those that wait no more."""
        queued = [one for one in map(self._queued, self.waiting[tenant]) if one is not None]
        oldest = min(queued, key=lambda one: (one.created_at, one.id), default=None)
        self.waiting[tenant] = {one.id for one in queued if one is not oldest}
        return oldest

    def _queued(self, assessment_id: AssessmentId) -> Assessment | None:
        try:
            found = self.records.get(assessment_id)
        except (Gone, NotFound):
            return None
        return found if found.status is Status.QUEUED else None
