"""Where the next page begins and what it holds, as a text that only this service can write."""

import json
from dataclasses import dataclass
from datetime import datetime

from assessment.assessment import AssessmentId, Outcome, Status, Tenant
from assessment.faults import Invalid
from assessment.listing import Place, Wanted
from service.seal import Seal

POINTER = "/query/cursor"


@dataclass(frozen=True, slots=True)
class Cursor:
    """The end of a page, and the filters of its list."""

    place: Place
    wanted: Wanted

    def sealed(self, seal: Seal, tenant: Tenant) -> str:
        """Return the cursor as the tenant gets it."""
        wanted = self.wanted
        content = [
            self.place.created_at.isoformat(),
            self.place.id,
            wanted.status,
            wanted.outcome,
            wanted.created_after and wanted.created_after.isoformat(),
            wanted.created_before and wanted.created_before.isoformat(),
            wanted.reference,
        ]
        return seal.sealed(tenant, json.dumps(content, separators=(",", ":")).encode())

    @classmethod
    def opened(cls, token: str, seal: Seal, tenant: Tenant) -> "Cursor":
        """Return the cursor behind the text, or raise `Invalid`: it was changed, or another's."""
        content = seal.opened(tenant, token)
        if content is None:
            raise Invalid("is no cursor of this list", pointer=POINTER)
        created_at, one, status, outcome, after, before, reference = json.loads(content)
        return cls(
            Place(datetime.fromisoformat(created_at), AssessmentId(one)),
            Wanted(
                status=Status(status) if status else None,
                outcome=Outcome(outcome) if outcome else None,
                created_after=datetime.fromisoformat(after) if after else None,
                created_before=datetime.fromisoformat(before) if before else None,
                reference=reference,
            ),
        )
