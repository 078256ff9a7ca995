"""The log of deliveries, in memory and in Redis."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import pytest

from adapters.memory import MemoryRecords
from adapters.redis_deliveries import RedisDeliveries
from adapters.redis_records import RedisOutbox, RedisRecords
from adapters.redis_store import connect
from assessment.assessment import Assessment, Status
from assessment.deliveries import (
    CALLBACK,
    MOST_AT_ONCE,
    MOST_ATTEMPTS,
    MOST_LISTED,
    Deliveries,
    Delivery,
    DeliveryState,
    Message,
    Settlement,
)
from assessment.endpoints import EndpointId
from assessment.events import message
from assessment.ports import Outbox, Records
from assessment.webhook_faults import NoSuchDelivery
from tests.conftest import Watch
from tests.ports import redis_time
from tests.samples import NOON, an_assessment, an_id

SOON_S = 30.0
ENDPOINT = EndpointId(f"whe_{1:032x}")
FAILED = Settlement(state=DeliveryState.FAILED, status=500, duration_ms=12, again_s=SOON_S)
DELIVERED = Settlement(state=DeliveryState.DELIVERED, status=204, duration_ms=7)


@dataclass(frozen=True)
class Office:
    """One implementation of the log, the records and the outbox beside it."""

    records: Records
    outbox: Outbox
    deliveries: Deliveries
    go_on: Callable[[float], None]

    def ended(self, number: int = 1, status: Status = Status.CANCELED) -> Assessment:
        waiting = an_assessment(number)
        self.records.add(waiting, look_again_s=30)
        ended = waiting.to(status, at=NOON)
        self.records.save(ended, was=waiting, look_again_s=30)
        return ended

    def take(self, lease_s: float = 100) -> Delivery:
        delivery = self.deliveries.take(lease_s=lease_s)
        assert delivery is not None
        return delivery

    def none_is_due(self) -> bool:
        return self.deliveries.take(lease_s=100) is None


@pytest.fixture(params=["memory", "redis"])
def office(request: pytest.FixtureRequest, watch: Watch) -> Office:
    if request.param == "memory":
        records = MemoryRecords(watch)
        return Office(records, records.outbox, records.deliveries, watch.go_on)
    client = connect(request.getfixturevalue("redis_url"))
    client.flushdb()
    return Office(
        RedisRecords(client),
        RedisOutbox(client),
        RedisDeliveries(client),
        partial(redis_time.go_on, client),
    )


def a_test_send(number: int = 1, endpoint: EndpointId = ENDPOINT) -> Message:
    return Message(
        id=f"evt_{number:032x}_test",
        tenant=an_assessment().tenant,
        assessment_id=None,
        type="webhook.test",
        target=endpoint,
        sequence=0,
    )


def test_every_end_gets_an_outbox_entry_numbered_within_its_tenant(office: Office):
    for number, status in enumerate((Status.CANCELED, Status.EXPIRED, Status.FAILED), 1):
        office.ended(number, status)

    endings = [office.outbox.take(lease_s=10) for _ in range(3)]

    assert [(one.assessment_id, one.sequence) for one in endings if one] == [
        (an_id(number), number) for number in (1, 2, 3)
    ]
    assert office.outbox.take(lease_s=10) is None


def test_a_delivery_is_due_at_once_and_comes_back_as_it_was(office: Office):
    told = message(office.ended(), CALLBACK, 3)
    office.deliveries.add(told)

    taken = office.take()

    assert taken.message == told
    assert (taken.state, taken.tries, taken.replays) == (DeliveryState.PENDING, 1, 0)
    assert [(one.number, one.status, one.error) for one in taken.attempts] == [(1, None, None)]
    assert office.deliveries.get(told.id) == taken
    assert list(office.deliveries.of_assessment(an_id())) == [taken]
    assert office.none_is_due()


def test_what_is_known_is_not_added_again_however_it_stands(office: Office):
    told = message(office.ended(), ENDPOINT, 1)
    office.deliveries.add(told)
    office.deliveries.settle(office.take(), DELIVERED)

    office.deliveries.add(told)

    assert office.none_is_due()
    assert len(office.deliveries.of_endpoint(ENDPOINT)) == 1


def test_of_an_assessment_that_is_gone_nothing_is_logged(office: Office):
    ended = office.ended()
    office.records.erase(ended)

    office.deliveries.add(message(ended, CALLBACK, 1))

    assert list(office.deliveries.of_assessment(ended.id)) == []
    assert office.none_is_due()


def test_a_try_that_failed_is_logged_and_comes_again_later(office: Office):
    office.deliveries.add(message(office.ended(), CALLBACK, 1))
    office.deliveries.settle(office.take(), FAILED)
    failed = office.deliveries.of_assessment(an_id())[0]
    assert failed.state is DeliveryState.FAILED
    assert office.none_is_due()

    office.go_on(2 * SOON_S)
    office.deliveries.settle(office.take(), DELIVERED)

    (done,) = office.deliveries.of_assessment(an_id())
    first, second = done.attempts
    assert (done.state, done.tries) == (DeliveryState.DELIVERED, 2)
    assert (first.number, first.status, first.duration_ms) == (1, 500, 12)
    assert (second.number, second.status, second.next_at) == (2, 204, None)
    assert first.next_at is not None
    assert first.at < first.next_at <= second.at


def test_a_sender_that_died_is_seen_in_the_log(office: Office):
    office.deliveries.add(message(office.ended(), CALLBACK, 1))
    office.take(lease_s=SOON_S)  # and then it died
    office.go_on(2 * SOON_S)

    second = office.take()

    assert [one.error for one in second.attempts] == ["interrupted", None]
    assert second.tries == 2


def test_a_sender_that_is_overtaken_is_logged_and_changes_nothing_else(office: Office):
    office.deliveries.add(message(office.ended(), CALLBACK, 1))
    slow = office.take(lease_s=SOON_S)
    office.go_on(2 * SOON_S)
    fast = office.take()
    office.deliveries.settle(fast, DELIVERED)

    office.deliveries.settle(slow, FAILED)

    (logged,) = office.deliveries.of_assessment(an_id())
    assert logged.state is DeliveryState.DELIVERED
    assert [one.status for one in logged.attempts] == [500, 204]
    office.go_on(2 * SOON_S)
    assert office.none_is_due()


@pytest.mark.parametrize("state", [DeliveryState.DELIVERED, DeliveryState.GAVE_UP])
def test_a_delivery_that_ended_is_replayed_with_all_its_tries(office: Office, state: DeliveryState):
    told = message(office.ended(), CALLBACK, 1)
    office.deliveries.add(told)
    office.deliveries.settle(office.take(), replace(DELIVERED, state=state))

    office.deliveries.replay(told.id)

    again = office.take()
    assert (again.message, again.tries, again.replays) == (told, 1, 1)
    assert [one.number for one in again.attempts] == [1, 2]


def test_a_replay_during_a_try_is_not_lost(office: Office):
    told = message(office.ended(), CALLBACK, 1)
    office.deliveries.add(told)
    running = office.take()
    office.deliveries.replay(told.id)

    office.deliveries.settle(running, DELIVERED)

    assert office.take().message == told


def test_a_receiver_that_says_nothing_holds_up_nobody_else(office: Office):
    for number in range(MOST_AT_ONCE + 3):
        office.deliveries.add(a_test_send(number))
    office.go_on(0.001)
    other = a_test_send(99, EndpointId(f"whe_{2:032x}"))
    office.deliveries.add(other)
    office.deliveries.add(message(office.ended(), CALLBACK, 1))

    taken = [office.take(lease_s=SOON_S) for _ in range(MOST_AT_ONCE + 2)]

    lanes = Counter(one.message.lane for one in taken)
    assert lanes == {ENDPOINT: MOST_AT_ONCE, other.target: 1, an_assessment().tenant: 1}
    assert office.none_is_due()
    office.deliveries.settle(taken[0], DELIVERED)
    assert office.take(lease_s=SOON_S).message.target == ENDPOINT
    office.go_on(2 * SOON_S)
    assert office.take().message.target == ENDPOINT


def test_a_long_row_for_one_receiver_holds_up_nobody_else(office: Office):
    row = [replace(a_test_send(n), target=CALLBACK) for n in range(1200)]
    for one in row:
        office.deliveries.add(one)
    office.go_on(0.001)
    other = a_test_send(9999)
    office.deliveries.add(other)

    taken = [office.take().message for _ in range(MOST_AT_ONCE + 1)]

    assert taken[:-1] == row[:MOST_AT_ONCE]
    assert taken[-1] == other
    assert office.none_is_due()


def test_the_log_keeps_the_last_tries(office: Office):
    told = message(office.ended(), CALLBACK, 1)
    office.deliveries.add(told)
    for _ in range(MOST_ATTEMPTS + 5):
        office.deliveries.settle(office.take(), DELIVERED)
        office.deliveries.replay(told.id)

    numbers = [one.number for one in office.deliveries.get(told.id).attempts]

    assert numbers == list(range(6, MOST_ATTEMPTS + 6))


def test_an_endpoint_shows_its_last_deliveries_the_newest_first(office: Office):
    for number in range(MOST_LISTED + 2):
        office.deliveries.add(a_test_send(number))
        office.go_on(0.001)

    ids = [one.message.id for one in office.deliveries.of_endpoint(ENDPOINT)]

    assert ids == [f"evt_{number:032x}_test" for number in range(MOST_LISTED + 1, 1, -1)]
    with pytest.raises(NoSuchDelivery):
        office.deliveries.get(a_test_send(0).id)


def test_an_endpoint_that_is_forgotten_takes_its_test_sends_along(office: Office):
    kept = message(office.ended(), ENDPOINT, 1)
    office.deliveries.add(kept)
    office.deliveries.add(a_test_send())

    office.deliveries.forget(ENDPOINT)

    assert list(office.deliveries.of_endpoint(ENDPOINT)) == []
    assert office.take().message == kept
    assert office.none_is_due()


def test_an_erased_assessment_takes_its_log_and_what_is_due_along(office: Office):
    ended = office.ended()
    for target in (CALLBACK, ENDPOINT):
        office.deliveries.add(message(ended, target, 1))
    running = office.take()

    office.records.erase(ended)
    office.deliveries.settle(running, FAILED)

    assert list(office.deliveries.of_assessment(ended.id)) == []
    assert list(office.deliveries.of_endpoint(ENDPOINT)) == []
    assert office.none_is_due()
    for one in (running.message.id, message(ended, ENDPOINT, 1).id):
        with pytest.raises(NoSuchDelivery):
            office.deliveries.replay(one)
