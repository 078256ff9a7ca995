"""Lists a tenant's assessments. Plain Python."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from assessment.assessment import Tenant
from assessment.faults import Invalid
from assessment.listing import Listing, Place, Wanted
from service.answers import summary_body
from service.archive import Archive
from service.cursor import Cursor
from service.list_options import ListOptions
from service.seal import Seal

PATH: Final = "/v1/assessments"


@dataclass(frozen=True, slots=True)
class Lister:
    """Answers with one page at a time."""

    listing: Listing
    archive: Archive
    seal: Seal

    def page(self, tenant: Tenant, options: ListOptions) -> dict[str, Any]:
        """Return the page that is asked for, or raise `Invalid`."""
        wanted, after = self._asked(tenant, options)
        page = self.listing.page(tenant, wanted, after=after, limit=options.limit)
        views = [self.archive.outline(one.assessment, one.queue_position) for one in page.items]
        token = page.resume and Cursor(page.resume, wanted).sealed(self.seal, tenant)
        query = urlencode({"limit": options.limit, "cursor": token})
        return {
            "data": [summary_body(view) for view in views],
            "next": f"{PATH}?{query}" if token else None,
            "next_cursor": token,
        }

    def _asked(self, tenant: Tenant, options: ListOptions) -> tuple[Wanted, Place | None]:
        wanted = self._wanted(tenant, options)
        if options.cursor is None:
            return wanted, None
        cursor = Cursor.opened(options.cursor, self.seal, tenant)
        for name in (one.name for one in fields(Wanted)):
            given = getattr(wanted, name)
            if given is not None and given != getattr(cursor.wanted, name):
                raise Invalid("is not what the cursor was made for", pointer=f"/query/{name}")
        return cursor.wanted, cursor.place

    def _wanted(self, tenant: Tenant, options: ListOptions) -> Wanted:
        reference = options.reference
        return Wanted(
            status=options.status,
            outcome=options.outcome,
            created_after=_moment(options.created_after),
            created_before=_moment(options.created_before),
            reference=None if reference is None else self.seal.reference_digest(tenant, reference),
        )


def _moment(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written)
