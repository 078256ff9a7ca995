"""Whether a tenant may do what it asks for, and the header fields that say how much is left.

The fields follow draft-ietf-httpapi-ratelimit-headers. Everything is looked at before a
body is read. The number of open assessments can exceed its limit by the requests that
were let in at the same time and have no record yet; the limit of creates bounds those.
"""

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass

from assessment.assessment import AssessmentId, Tenant
from assessment.blob_names import VIDEO
from assessment.ports import Blobs
from assessment.quota_faults import QuotaExceeded, RateLimited
from assessment.quotas import Allowance, Budget, OpenAssessments, Policy, Rates

Fields = MutableMapping[str, str]
"""Header fields of the answer to come."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What a request would add."""

    assessments: int = 0
    incoming_bytes: int = 0
    counted: int = 0
    """So many creates of these were counted before the body was read."""


@dataclass(frozen=True, slots=True)
class Quotas:
    """Looks at a tenant's limits before work is done for it."""

    allowance: Allowance
    rates: Rates
    open: OpenAssessments
    blobs: Blobs
    uploaded: Callable[[Tenant], int]
    """Bytes of a tenant's uploads that no assessment has taken yet."""

    def admit_request(self, tenant: Tenant, fields: Fields) -> None:
        """Count a request, or raise `RateLimited`."""
        fields["RateLimit-Policy"] = ", ".join(map(_policy, self.allowance.policies))
        requests = self.allowance.policies[0]
        self._require([self.rates.spend(tenant, requests)], fields)

    def admit_work(self, tenant: Tenant, demand: Demand, fields: Fields) -> None:
        """Count what is to be made and stored, or raise `RateLimited` or `QuotaExceeded`."""
        _, creates, assessments, stored = self.allowance.policies
        count = max(1, demand.assessments - demand.counted)
        # Of a batch larger than the limit itself, as much is counted as can be.
        self._require([self.rates.spend(tenant, creates, min(count, creates.limit))], fields)
        waiting = self.open.of(tenant)
        in_use = sum(map(self._size, waiting)) + self.uploaded(tenant)
        budgets = [_budget(stored, in_use, demand.incoming_bytes)]
        if demand.assessments:
            budgets.append(_budget(assessments, len(waiting), demand.assessments))
        self._require(budgets, fields)

    def _require(self, budgets: Sequence[Budget], fields: Fields) -> None:
        left = {budget.policy.name: _left(budget) for budget in budgets}
        said = fields.get("RateLimit", "").split(", ")
        kept = [one for one in said if one and one.split('"')[1] not in left]
        fields["RateLimit"] = ", ".join([*kept, *left.values()])
        for budget in budgets:
            if budget.granted:
                continue
            if budget.reset_s is None:
                raise QuotaExceeded(budget.policy.name)
            raise RateLimited(budget.policy.name, retry_after_s=budget.reset_s)

    def _size(self, assessment_id: AssessmentId) -> int:
        recording = self.blobs.path(assessment_id, VIDEO)
        try:
            return recording.stat().st_size if recording else 0
        except FileNotFoundError:
            return 0  # a worker was done with it just now


def _budget(policy: Policy, in_use: int, wanted: int) -> Budget:
    """Return what is left when the tenant got what it wants, even if that is next to nothing."""
    left = max(0, policy.limit - in_use)
    granted = max(1, wanted) <= left
    return Budget(policy, left - wanted if granted else left, granted)


def _policy(policy: Policy) -> str:
    window = f";w={policy.window_s}" if policy.window_s else ""
    unit = ';qu="content-bytes"' if policy.name == "bytes" else ""
    return f'"{policy.name}";q={policy.limit}{window}{unit}'


def _left(budget: Budget) -> str:
    reset = f";t={budget.reset_s}" if budget.reset_s is not None else ""
    return f'"{budget.policy.name}";r={budget.remaining}{reset}'
