"""To whom a delivery goes, with which body and secrets: looked up anew for every try."""

import json
from dataclasses import dataclass, field
from datetime import datetime

from assessment.access import is_sandbox
from assessment.assessment import Assessment
from assessment.deliveries import CALLBACK, Delivery
from assessment.endpoints import EndpointId, Endpoints
from assessment.events import event_body, trial_body
from assessment.faults import Gone, NotFound
from assessment.ports import Blobs, Clock, Records
from assessment.sandbox import sandbox_answer
from assessment.webhook_faults import NoSuchEndpoint
from worker.fan_out import request_of


class Nobody(Exception):
    """There is nobody to tell any more; the message is the error that the log shows."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """Where to send what; `answer` is taken for the receiver's, who is not asked then."""

    url: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    body: bytes = field(repr=False)
    answer: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Finds addressees."""

    records: Records
    blobs: Blobs
    endpoints: Endpoints
    clock: Clock

    def find(self, delivery: Delivery) -> Addressee:
        """Return to whom the delivery goes, or raise `Nobody`."""
        message, now = delivery.message, self.clock()
        if message.assessment_id is None:
            test = trial_body(EndpointId(message.target), delivery.created_at)
            return self._endpoint(message.target, _bytes(test), now)
        try:
            assessment = self.records.get(message.assessment_id)
        except (Gone, NotFound):
            raise Nobody("assessment_deleted") from None
        body = _bytes(event_body(assessment, message.sequence))
        if message.target == CALLBACK:
            return self._callback(assessment, delivery, body)
        return self._endpoint(message.target, body, now)

    def _callback(self, assessment: Assessment, delivery: Delivery, body: bytes) -> Addressee:
        request = request_of(self.blobs, assessment.id)
        if request is None or request.callback is None:
            raise Nobody("callback_deleted")
        answer = None
        if is_sandbox(assessment.tenant) and not delivery.replays:
            answer = sandbox_answer(request.reference)
        return Addressee(request.callback.url, (request.callback.secret,), body, answer)

    def _endpoint(self, target: str, body: bytes, now: datetime) -> Addressee:
        try:
            endpoint = self.endpoints.get(EndpointId(target))
        except NoSuchEndpoint:
            raise Nobody("endpoint_deleted") from None
        if not endpoint.enabled:
            raise Nobody("endpoint_disabled")
        return Addressee(endpoint.url, endpoint.secrets(now), body)


def _bytes(body: dict[str, object]) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()
