"""The port `Listing` over Redis: a page is one script, whatever the number of assessments.

Without a reference only wanted places are read, so that a page is full. With one, its
places are read and those in another state left out, a bounded number a page.
"""

from datetime import datetime
from typing import Final

import redis

from adapters.redis_index import DIGITS, index_of, moment, read, written
from adapters.redis_records import QUEUED, RECORD, assessment_of
from adapters.redis_store import Scripts
from assessment.assessment import Tenant
from assessment.listing import Listed, Page, Place, Wanted

LOOKED_AT: Final = 500
"""Places of a reference in one page; some two milliseconds of Redis."""
FIELDS: Final = ("document", "stage", "percent", "recording_erased_at")


class RedisListing:
    """Lists what `RedisRecords` holds."""

    def __init__(self, client: "redis.Redis") -> None:
        self._run = Scripts(client, "listing.lua")

    def page(self, tenant: Tenant, wanted: Wanted, *, after: Place | None, limit: int) -> Page:
        """Return the next assessments of the tenant, at most `limit`."""
        states = [index_of(tenant, state) for state in sorted(wanted.states)]
        if not states:
            return Page([], None)
        keys, sources, most = [*states, QUEUED], len(states), limit + 1
        if wanted.reference is not None:
            keys, sources = [index_of(tenant, wanted.reference), *keys], 1
            most = max(most, LOOKED_AT)
        newest, oldest = _bounds(wanted, after)
        answer = self._run("page", keys, sources, newest, oldest, limit, most, RECORD, DIGITS)
        resume, items = answer
        return Page([_listed(item) for item in items], read(resume) if resume else None)


def _bounds(wanted: Wanted, after: Place | None) -> tuple[str, str]:
    """Return the newest and the oldest end, as Redis bounds letters."""
    newest = [moment(wanted.created_before)] if wanted.created_before else []
    newest += [written(after)] if after else []
    return (f"({min(newest)}" if newest else "+"), _oldest(wanted.created_after)


def _oldest(created_after: datetime | None) -> str:
    return f"[{moment(created_after)}" if created_after else "-"


def _listed(item: list[str | int | None]) -> Listed:
    *fields, rank = item
    known = {name: str(value) for name, value in zip(FIELDS, fields, strict=True) if value}
    return Listed(assessment_of(known), rank if isinstance(rank, int) else None)
