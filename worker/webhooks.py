"""Tells callbacks how assessments ended: signed, thin, tried again for a day.

The outbox entry is written in the very step that ends the assessment; what is sent
here may be sent twice after a crash, always under the same `webhook-id`.
"""

import json
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

from assessment import blob_names
from assessment.assessment import Assessment
from assessment.events import event_body, event_type
from assessment.faults import CallbackNotAllowed, Gone, NotFound
from assessment.ports import Blobs, Clock, Delivery, Outbox, Records
from assessment.request import AssessmentRequest, Callback
from assessment.schedule import next_try_s
from assessment.signing import signed_headers

log = logging.getLogger(__name__)

LEASE_S = 60.0
"""Longer than a delivery (15 s, and the time to resolve a name), so that two senders hardly ever
work on one event; when they do, both deliveries have one `webhook-id`."""


class Answer(Protocol):
    """What a receiver said."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...

    @property
    def retry_after_s(self) -> float | None:
        """The patience that the receiver asked for."""
        ...


Post = Callable[[str, bytes, dict[str, str]], Answer | None]
"""Posts a body with headers to an address; None when the receiver did not answer."""


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Delivers events, one at a time."""

    outbox: Outbox
    records: Records
    blobs: Blobs
    post: Post
    clock: Clock

    def deliver_one(self) -> bool:
        """Deliver one due event; return whether there was one. May raise `StoreUnavailable`."""
        delivery = self.outbox.take(lease_s=LEASE_S)
        if delivery is None:
            return False
        addressee = self._addressee(delivery)
        if addressee is None:
            self.outbox.close(delivery)
            return True
        assessment, callback = addressee
        try:
            answer = self._send(delivery, assessment, callback)
        except CallbackNotAllowed:
            log.warning("event %s: its name leads where it may not", delivery.event_id)
            answer = None
        self._settle(delivery, answer)
        return True

    def _addressee(self, delivery: Delivery) -> tuple[Assessment, Callback] | None:
        try:
            assessment = self.records.get(delivery.assessment_id)
        except (Gone, NotFound):
            return None
        content = self.blobs.get(assessment.id, blob_names.REQUEST)
        callback = AssessmentRequest.from_json(content).callback if content else None
        if callback is None:
            return None
        wanted = not callback.events or event_type(assessment) in callback.events
        return (assessment, callback) if wanted else None

    def _send(
        self, delivery: Delivery, assessment: Assessment, callback: Callback
    ) -> Answer | None:
        body = json.dumps(event_body(assessment), separators=(",", ":")).encode()
        timestamp = int(self.clock().timestamp())
        headers = signed_headers(delivery.event_id, timestamp, body, callback.secret)
        return self.post(callback.url, body, headers)

    def _settle(self, delivery: Delivery, answer: Answer | None) -> None:
        status = answer.status if answer else 0
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES or status == HTTPStatus.GONE:
            log.info("event %s delivered: %d", delivery.event_id, status)
            self.outbox.close(delivery)
            return
        retry_after_s = answer.retry_after_s if answer else None
        chance = random.random()  # noqa: S311  spreads load, keeps no secret
        after_s = next_try_s(delivery.attempts, chance=chance, retry_after_s=retry_after_s)
        if after_s is None:
            log.warning("event %s is given up after %d tries", delivery.event_id, delivery.attempts)
            self.outbox.close(delivery)
            return
        log.info("event %s not delivered (%d), again in %.0f s", delivery.event_id, status, after_s)
        self.outbox.retry(delivery, after_s=after_s)
