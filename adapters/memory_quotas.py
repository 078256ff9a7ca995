"""The ports `Rates` and `OpenAssessments` in memory, for tests of what uses them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil

from adapters.memory import MemoryRecords
from assessment.assessment import AssessmentId, Tenant
from assessment.ports import Clock
from assessment.quotas import Budget, Policy


@dataclass
class MemoryRates:
    """The times of what was let through."""

    clock: Clock
    spent: dict[tuple[Tenant, str], list[float]] = field(default_factory=dict)

    def spend(self, tenant: Tenant, policy: Policy, cost: int = 1) -> Budget:
        """Count `cost` against the policy's window, unless it does not fit in any more."""
        now, window_s = self.clock().timestamp(), policy.window_s or 1
        times = [at for at in self.spent.get((tenant, policy.name), []) if at >= now - window_s]
        granted = len(times) + cost <= policy.limit
        times += [now] * cost if granted else []
        self.spent[tenant, policy.name] = times
        reset_s = ceil(min(times, default=now) + window_s - now)
        return Budget(policy, max(0, policy.limit - len(times)), granted, max(1, reset_s))


@dataclass
class MemoryOpenAssessments:
    """Looks through all records."""

    records: MemoryRecords

    def of(self, tenant: Tenant) -> Sequence[AssessmentId]:
        """Return those that are queued or processing."""
        stored = self.records.stored.values()
        return [one.id for one in stored if one.tenant == tenant and not one.status.final]
