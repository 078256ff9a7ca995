"""Turns the end of an assessment into one delivery for each who is to be told.

    outbox entry ─▶ callback of the request ─▶ delivery
                 └▶ each endpoint of the tenant that wants it ─▶ delivery

The ids follow from the ending and the target, so doing it twice, after a crash, adds nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from assessment import blob_names
from assessment.assessment import Assessment, AssessmentId
from assessment.deliveries import CALLBACK, Deliveries
from assessment.endpoints import Endpoints
from assessment.events import event_type, message
from assessment.faults import Gone, NotFound
from assessment.ports import Blobs, Outbox, Records
from assessment.request import AssessmentRequest

LEASE_S = 60.0
"""How long an ending is hidden from other senders; long, for a few reads and writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FanOut:
    """Empties the outbox into the delivery log."""

    outbox: Outbox
    records: Records
    blobs: Blobs
    endpoints: Endpoints
    deliveries: Deliveries

    def spread_one(self) -> bool:
        """Spread one ending; return whether there was one. May raise `StoreUnavailable`."""
        ending = self.outbox.take(lease_s=LEASE_S)
        if ending is None:
            return False
        try:
            assessment = self.records.get(ending.assessment_id)
        except (Gone, NotFound):
            self.outbox.close(ending)  # It was deleted: nobody is told.
            return True
        for target in self._targets(assessment):
            self.deliveries.add(message(assessment, target, ending.sequence))
        self.outbox.close(ending)
        return True

    def _targets(self, assessment: Assessment) -> Iterator[str]:
        told = event_type(assessment)
        request = request_of(self.blobs, assessment.id)
        callback = request.callback if request else None
        if callback is not None and (not callback.events or told in callback.events):
            yield CALLBACK
        for endpoint in self.endpoints.of(assessment.tenant):
            if endpoint.wants(told):
                yield endpoint.id


def request_of(blobs: Blobs, assessment_id: AssessmentId) -> AssessmentRequest | None:
    """Return what was asked for, or None once its blob is gone."""
    content = blobs.get(assessment_id, blob_names.REQUEST)
    return AssessmentRequest.from_json(content) if content else None
