"""Tells callbacks and endpoints how assessments ended: signed, thin, tried again for a day.

    outbox ─ fan out ─▶ delivery ─ try ─▶ delivered
                            ▲        ├──▶ given up: every try used up, 410, nobody there
                            └─ later ┘

The outbox entry is written in the very step that ends the assessment; what is sent
here may be sent twice after a crash, always under the same `webhook-id`.
"""

import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

from assessment.deliveries import (
    CALLBACK,
    Deliveries,
    Delivery,
    DeliveryState,
    Settlement,
    Unreachable,
)
from assessment.endpoints import MOST_GIVE_UPS, DisabledReason, EndpointId, Endpoints
from assessment.faults import CallbackNotAllowed
from assessment.ports import Clock
from assessment.schedule import DELAYS_S, next_try_s
from assessment.signing import signed_headers
from worker.addressee import Addressee, Directory, Nobody
from worker.fan_out import FanOut

log = logging.getLogger(__name__)

LEASE_S = 60.0
"""Longer than a delivery (15 s, and the time to resolve a name), so that two senders hardly ever
work on one delivery; when they do, both have one `webhook-id`."""


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


Post = Callable[[str, bytes, dict[str, str]], Answer]
"""Posts a body with headers to an address; raises `Unreachable` or `CallbackNotAllowed`."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of one try: a status, or the kind of failure, or both."""

    status: int | None = None
    error: str | None = None
    retry_after_s: float | None = None

    @property
    def accepted(self) -> bool:
        """Whether the receiver took it."""
        return self.status is not None and HTTPStatus(200) <= self.status < HTTPStatus(300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhooks:
    """Fans endings out and makes one try at a time; any number may run at once."""

    fan_out: FanOut
    directory: Directory
    deliveries: Deliveries
    endpoints: Endpoints
    post: Post
    clock: Clock
    delays_s: Sequence[float] = DELAYS_S
    lease_s: float = LEASE_S

    def deliver_one(self) -> bool:
        """Take one step; return whether there was one. May raise `StoreUnavailable`."""
        return self.fan_out.spread_one() or self._try_one()

    def _try_one(self) -> bool:
        delivery = self.deliveries.take(lease_s=self.lease_s)
        if delivery is None:
            return False
        began = time.monotonic()
        try:
            reply = self._send(delivery, self.directory.find(delivery))
        except Nobody as nobody:
            self._settle(delivery, DeliveryState.GAVE_UP, Reply(error=str(nobody)))
            return True
        self._conclude(delivery, reply, round((time.monotonic() - began) * 1000))
        return True

    def _send(self, delivery: Delivery, addressee: Addressee) -> Reply:
        if addressee.answer is not None:
            return Reply(addressee.answer)
        timestamp = int(self.clock().timestamp())
        headers = signed_headers(delivery.message.id, timestamp, addressee.body, *addressee.secrets)
        try:
            answer = self.post(addressee.url, addressee.body, headers)
        except Unreachable as failure:
            return Reply(error=str(failure))
        except CallbackNotAllowed:
            return Reply(error="address_not_allowed")
        redirected = HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST
        return Reply(answer.status, "redirect" if redirected else None, answer.retry_after_s)

    def _conclude(self, delivery: Delivery, reply: Reply, duration_ms: int) -> None:
        """Decide what follows from the reply, for the delivery and for its endpoint."""
        again_s = self._again_s(delivery, reply)
        if reply.accepted:
            state = DeliveryState.DELIVERED
        else:
            state = DeliveryState.GAVE_UP if again_s is None else DeliveryState.FAILED
        self._tell_endpoint(delivery, reply, state)
        self._settle(delivery, state, reply, duration_ms, again_s)

    def _again_s(self, delivery: Delivery, reply: Reply) -> float | None:
        test = delivery.message.assessment_id is None  # Its sender waits and looks: one try.
        if reply.accepted or reply.status == HTTPStatus.GONE or test:
            return None
        chance = random.random()  # noqa: S311  spreads load, keeps no secret
        patience_s = reply.retry_after_s
        return next_try_s(
            delivery.tries, chance=chance, retry_after_s=patience_s, delays_s=self.delays_s
        )

    def _tell_endpoint(self, delivery: Delivery, reply: Reply, state: DeliveryState) -> None:
        if delivery.message.target == CALLBACK:
            return
        endpoint = EndpointId(delivery.message.target)
        if reply.status == HTTPStatus.GONE:
            self.endpoints.disable(endpoint, DisabledReason.GONE)
            log.warning("endpoint %s is disabled: it says that it is gone", endpoint)
        elif reply.accepted:
            self.endpoints.note_delivered(endpoint)
        elif (
            state is DeliveryState.GAVE_UP
            and delivery.message.assessment_id is not None
            and self.endpoints.note_given_up(endpoint, most=MOST_GIVE_UPS)
        ):
            log.warning("endpoint %s is disabled: nothing reaches it", endpoint)

    def _settle(
        self,
        delivery: Delivery,
        state: DeliveryState,
        reply: Reply,
        duration_ms: int | None = None,
        again_s: float | None = None,
    ) -> None:
        settlement = Settlement(
            state=state,
            status=reply.status,
            error=reply.error,
            duration_ms=duration_ms,
            again_s=again_s,
        )
        said = reply.error or reply.status
        log.info("delivery %s, try %d: %s, %s", delivery.message.id, delivery.tries, said, state)
        self.deliveries.settle(delivery, settlement)
