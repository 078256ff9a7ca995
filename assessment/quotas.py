"""How much one tenant may ask for, so that it takes nothing from the others.

requests, creates     in any minute, a moving window
assessments           queued or processing at the same time
bytes                 of recordings that wait, and of uploads
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from assessment.assessment import AssessmentId, Tenant

MINUTE_S: Final = 60


@dataclass(frozen=True, slots=True)
class Policy:
    """One limit: so much in any window of seconds, or at the same time."""

    name: str
    limit: int
    window_s: int | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """What a policy leaves a tenant, and whether it may do what it asked for."""

    policy: Policy
    remaining: int
    granted: bool
    reset_s: int | None = None
    """Seconds until some of it is free again, where that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What every tenant may do."""

    requests_per_minute: int = 600
    creates_per_minute: int = 120
    assessments: int = 500
    stored_bytes: int = 50 * 2**30

    @property
    def policies(self) -> tuple[Policy, Policy, Policy, Policy]:
        """The four policies: requests, creates, assessments, bytes."""
        return (
            Policy("requests", self.requests_per_minute, MINUTE_S),
            Policy("creates", self.creates_per_minute, MINUTE_S),
            Policy("assessments", self.assessments),
            Policy("bytes", self.stored_bytes),
        )


class Rates(Protocol):
    """Counts by moving windows. May raise `StoreUnavailable`; then nothing is let through."""

    def spend(self, tenant: Tenant, policy: Policy, cost: int = 1) -> Budget:
        """Count `cost` against the policy's window, unless it does not fit in any more."""
        ...


class OpenAssessments(Protocol):
    """Which assessments of a tenant have not ended. May raise `StoreUnavailable`."""

    def of(self, tenant: Tenant) -> Sequence[AssessmentId]:
        """Return those that are queued or processing."""
        ...
