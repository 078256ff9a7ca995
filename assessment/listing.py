"""A tenant's assessments as pages, newest first: what is asked for, and what comes back.

A page ends at a `Place`; the next one begins behind it. Places are times of creation, so
what arrives meanwhile comes before the first page and shifts nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from assessment.assessment import Assessment, AssessmentId, Outcome, Status, Tenant


class Place(NamedTuple):
    """Where an assessment stands in every list: by creation, then by id."""

    created_at: datetime
    id: AssessmentId


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which assessments are listed; `reference` is a keyed digest, never the words.

    `created_after` is the first moment that counts, `created_before` the first that does not.
    """

    status: Status | None = None
    outcome: Outcome | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    reference: str | None = None

    @property
    def states(self) -> frozenset[str]:
        """How the wanted assessments stand: a success by its outcome, all others by status."""
        if self.outcome is not None:
            return frozenset({self.outcome} if self.status in (None, Status.SUCCEEDED) else ())
        if self.status is Status.SUCCEEDED:
            return frozenset(Outcome)
        if self.status is not None:
            return frozenset({self.status})
        return frozenset(Status) - {Status.SUCCEEDED} | frozenset(Outcome)


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a list; `queue_position` counts the assessments ahead, None once it began."""

    assessment: Assessment
    queue_position: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some assessments, and the place behind which there may be more; None at the end.

    A page may hold fewer than were asked for, even none, and still have a `resume`.
    """

    items: Sequence[Listed]
    resume: Place | None


class Listing(Protocol):
    """Lists what `Records` holds. May raise `StoreUnavailable`."""

    def page(self, tenant: Tenant, wanted: Wanted, *, after: Place | None, limit: int) -> Page:
        """Return the next assessments of the tenant, at most `limit`."""
        ...
