"""The delivery log in memory, for tests of what uses it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from assessment.assessment import AssessmentId
from assessment.deliveries import (
    CALLBACK,
    INTERRUPTED,
    MOST_AT_ONCE,
    MOST_ATTEMPTS,
    MOST_LISTED,
    Attempt,
    Delivery,
    DeliveryState,
    Message,
    Settlement,
)
from assessment.endpoints import EndpointId
from assessment.ports import Clock
from assessment.webhook_faults import NoSuchDelivery


@dataclass
class MemoryDeliveries:
    """Deliveries in dictionaries; the clock is the store's time."""

    clock: Clock
    exists: Callable[[AssessmentId], bool]
    stored: dict[str, Delivery] = field(default_factory=dict)
    due: dict[str, datetime] = field(default_factory=dict)
    listed: dict[str, list[str]] = field(default_factory=dict)
    sending: dict[str, datetime] = field(default_factory=dict)

    def add(self, message: Message) -> None:
        """Store a new delivery that is due now, unless it is known or its assessment gone."""
        gone = message.assessment_id is not None and not self.exists(message.assessment_id)
        if gone or message.id in self.stored:
            return
        self.stored[message.id] = Delivery(message=message, created_at=self.clock())
        self.due[message.id] = self.clock()
        if message.target != CALLBACK:
            log = self.listed.setdefault(message.target, [])
            log.append(message.id)
            self._erase_tests(log[:-MOST_LISTED])
            del log[:-MOST_LISTED]

    def take(self, *, lease_s: float) -> Delivery | None:
        """Return a due delivery with a new attempt noted, hidden from others for a while."""
        now = self.clock()
        ready = [one for one, at in self.due.items() if at <= now and self._has_room(one, now)]
        if not ready:
            return None
        delivery = self.stored[min(ready, key=lambda one: self.due[one])]
        before = [
            one if one.status or one.error else replace(one, error=INTERRUPTED)
            for one in delivery.attempts
        ]
        number = before[-1].number + 1 if before else 1
        attempts = (*before, Attempt(number, now))[-MOST_ATTEMPTS:]
        taken = replace(delivery, tries=delivery.tries + 1, attempts=attempts)
        self.stored[taken.message.id] = taken
        self.due[taken.message.id] = now + timedelta(seconds=lease_s)
        self.sending[taken.message.id] = self.due[taken.message.id]
        return taken

    def settle(self, delivery: Delivery, settlement: Settlement) -> None:
        """Note how the last attempt ended; no harm when the delivery is gone."""
        one = delivery.message.id
        stored = self.stored.get(one)
        if stored is None:
            return
        number, latest = delivery.attempts[-1].number, stored.attempts[-1].number
        current = (number, delivery.replays) == (latest, stored.replays)
        next_at = None
        if settlement.again_s is not None and current:
            next_at = self.clock() + timedelta(seconds=settlement.again_s)
        outcome = (settlement.status, settlement.error, settlement.duration_ms, next_at)
        attempts = tuple(
            Attempt(number, past.at, *outcome) if past.number == number else past
            for past in stored.attempts
        )
        state = settlement.state if current else stored.state
        self.stored[one] = replace(stored, attempts=attempts, state=state)
        if next_at is not None:
            self.due[one] = next_at
        elif current:
            self.due.pop(one, None)
        if current:
            self.sending.pop(one, None)

    def replay(self, delivery_id: str) -> None:
        """Have it delivered again now, with all tries before it."""
        old = self.get(delivery_id)
        again = replace(old, state=DeliveryState.PENDING, tries=0, replays=old.replays + 1)
        self.stored[delivery_id] = again
        self.due[delivery_id] = self.clock()

    def get(self, delivery_id: str) -> Delivery:
        """Return the delivery, or raise `NoSuchDelivery`."""
        if delivery_id not in self.stored:
            raise NoSuchDelivery
        return self.stored[delivery_id]

    def of_assessment(self, assessment_id: AssessmentId) -> Sequence[Delivery]:
        """Return the assessment's deliveries, the oldest first."""
        every = self.stored.values()
        return [one for one in every if one.message.assessment_id == assessment_id]

    def of_endpoint(self, endpoint_id: EndpointId) -> Sequence[Delivery]:
        """Return the last deliveries to the endpoint, the newest first."""
        log = self.listed.get(endpoint_id, [])
        return [self.stored[one] for one in reversed(log) if one in self.stored]

    def forget(self, endpoint_id: EndpointId) -> None:
        """Erase the endpoint's log; what assessments know of it stays with them."""
        self._erase_tests(self.listed.pop(endpoint_id, []))

    def erase(self, assessment_id: AssessmentId) -> None:
        """Erase the assessment's log; `MemoryRecords.erase` calls it."""
        for one in self.of_assessment(assessment_id):
            self._erase(one.message.id)

    def _erase_tests(self, ids: Sequence[str]) -> None:
        for one in ids:
            if one in self.stored and self.stored[one].message.assessment_id is None:
                self._erase(one)

    def _has_room(self, delivery_id: str, now: datetime) -> bool:
        lane = self.stored[delivery_id].message.lane
        sent = [one for one, until in self.sending.items() if until > now and one in self.stored]
        return sum(self.stored[one].message.lane == lane for one in sent) < MOST_AT_ONCE

    def _erase(self, delivery_id: str) -> None:
        self.stored.pop(delivery_id, None)
        self.due.pop(delivery_id, None)
