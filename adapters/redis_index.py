"""The names behind the list of a tenant's assessments, and of the sets of times beside it.

mien:index:STATE:TENANT        the places of the tenant's assessments in that state
mien:index:DIGEST:TENANT       the places of those that share a reference
mien:deadlines, mien:erasures  ids by when they must have ended, and by when they are erased

All places have the score 0, so that Redis sorts them by their letters, which is by time.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from adapters.redis_store import PREFIX
from assessment.assessment import Assessment, AssessmentId, Tenant
from assessment.listing import Place

DEADLINES: Final = PREFIX + "deadlines"
ERASURES: Final = PREFIX + "erasures"
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
DIGITS: Final = 16
"""Microseconds since 1970 have so many digits until the year 2286."""


def index_of(tenant: Tenant, listed_as: str) -> str:
    """Return the set of places of a state, or of a reference's digest."""
    return f"{PREFIX}index:{listed_as}:{tenant}"


def index(assessment: Assessment) -> str:
    """Return the set in which the assessment stands in its present state."""
    return index_of(assessment.tenant, assessment.outcome or assessment.status)


def place_of(assessment: Assessment) -> str:
    """Return where the assessment stands in every set."""
    return written(Place(assessment.created_at, assessment.id))


def written(place: Place) -> str:
    """Return the place as its sets hold it."""
    return f"{moment(place.created_at)}{place.id}"


def read(place: str) -> Place:
    """Return the place that `written` wrote."""
    microseconds = int(place[:DIGITS])
    return Place(EPOCH + timedelta(microseconds=microseconds), AssessmentId(place[DIGITS:]))


def moment(at: datetime) -> str:
    """Return the time so that letters sort it: microseconds since 1970, within bounds."""
    microseconds = (at - EPOCH) // timedelta(microseconds=1)
    return f"{min(max(microseconds, 0), 10**DIGITS - 1):0{DIGITS}d}"
