"""The port `Listing` over the records in memory."""

from dataclasses import dataclass

from adapters.memory import MemoryRecords
from assessment.assessment import Assessment, Tenant
from assessment.listing import Listed, Page, Place, Wanted


@dataclass
class MemoryListing:
    """Lists what `MemoryRecords` holds."""

    records: MemoryRecords

    def page(self, tenant: Tenant, wanted: Wanted, *, after: Place | None, limit: int) -> Page:
        """Return the next assessments of the tenant, at most `limit`."""
        found = [
            one
            for one in self.records.stored.values()
            if one.tenant == tenant and self._is(wanted, one)
        ]
        newest_first = sorted(found, key=_place, reverse=True)
        behind = [one for one in newest_first if after is None or _place(one) < after]
        items = [Listed(one, self.records.position(one)) for one in behind[:limit]]
        return Page(items, _place(behind[limit - 1]) if len(behind) > limit else None)

    def _is(self, wanted: Wanted, one: Assessment) -> bool:
        if wanted.reference not in (None, self.records.references.get(one.id)):
            return False
        after, before = wanted.created_after, wanted.created_before
        in_range = (not after or one.created_at >= after) and (
            not before or one.created_at < before
        )
        return in_range and (one.outcome or one.status) in wanted.states


def _place(one: Assessment) -> Place:
    return Place(one.created_at, one.id)
