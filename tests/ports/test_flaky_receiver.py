"""Two hundred webhooks, a receiver that fails half the time, the real log and real HTTP.

No model is needed: records are moved to their end through their port.
"""

import json
import threading
from itertools import pairwise
from pathlib import Path

import pytest

from adapters.redis_endpoints import RedisEndpoints
from assessment.deliveries import INTERRUPTED, Delivery, DeliveryState
from assessment.request import Callback
from tests.ports.sending import (
    ASSESSMENTS,
    SECRET,
    SENDERS,
    Assassin,
    FlakyReceiver,
    House,
    Killed,
    an_endpoint,
    report,
    serving,
    wait_for,
)
from tests.samples import an_id


@pytest.mark.timeout(240)
def test_two_hundred_webhooks_to_a_receiver_that_fails_half_the_time_all_arrive(
    redis_url: str, tmp_path: Path
):
    house, receiver, done = House(redis_url, tmp_path), FlakyReceiver(), threading.Event()
    with serving(receiver):
        endpoint = an_endpoint(f"{receiver.url}/endpoint")
        RedisEndpoints(house.client).add(endpoint)
        for number in range(ASSESSMENTS):
            house.end(number, Callback(f"{receiver.url}/callback", SECRET))

        threads = [threading.Thread(target=house.send_until, args=(done,)) for _ in range(SENDERS)]
        for thread in threads:
            thread.start()
        wait_for(house, done)
        for thread in threads:
            thread.join()

    deliveries = house.deliveries()
    report(receiver, deliveries)
    assert len(deliveries) == 2 * ASSESSMENTS
    assert all(one.state is DeliveryState.DELIVERED for one in deliveries)
    assert set(receiver.arrived) == {one.message.id for one in deliveries}
    assert all(receiver.accepted[one.message.id] for one in deliveries)
    assert all(len(bodies) == 1 for bodies in receiver.bodies.values())
    for one in deliveries:
        assert_told_in_order(one, arrived=receiver.arrived[one.message.id])
    assert_numbered(receiver, deliveries)


@pytest.mark.timeout(240)
def test_senders_that_are_killed_fifty_times_in_mid_delivery_lose_nothing(
    redis_url: str, tmp_path: Path
):
    house, receiver, done = House(redis_url, tmp_path), FlakyReceiver(), threading.Event()
    assassin = Assassin(50)

    def send() -> None:
        while not done.is_set():
            try:
                house.send_until(done, assassin)
            except Killed as killed:
                house.end_lease(str(killed))

    with serving(receiver):
        for number in range(ASSESSMENTS):
            house.end(number, Callback(f"{receiver.url}/callback", SECRET))
        threads = [threading.Thread(target=send) for _ in range(SENDERS)]
        for thread in threads:
            thread.start()
        wait_for(house, done)
        for thread in threads:
            thread.join()

    deliveries = house.deliveries()
    report(receiver, deliveries)
    errors = [attempt.error for one in deliveries for attempt in one.attempts]
    assert len(deliveries) == ASSESSMENTS
    assert all(one.state is DeliveryState.DELIVERED for one in deliveries)
    assert set(receiver.arrived) == {one.message.id for one in deliveries}
    assert errors.count(INTERRUPTED) == 50


def assert_told_in_order(delivery: Delivery, *, arrived: int) -> None:
    """Every try is in the log, numbered, in time, each failure with when it was tried again."""
    tries = delivery.attempts
    assert len(tries) == delivery.tries == arrived
    assert [one.number for one in tries] == list(range(1, arrived + 1))
    assert [one.status for one in tries] == [500] * (arrived - 1) + [204]
    for before, after in pairwise(tries):
        assert before.next_at is not None
        assert before.at < before.next_at <= after.at
    assert tries[-1].next_at is None


def assert_numbered(receiver: FlakyReceiver, deliveries: list[Delivery]) -> None:
    """The number in the body gives the order in which the assessments ended."""
    bodies = [json.loads(body) for (body,) in receiver.bodies.values()]
    assert {body["data"]["id"]: body["sequence"] for body in bodies} == {
        an_id(number): number + 1 for number in range(ASSESSMENTS)
    }
    assert all(one.message.sequence in range(1, ASSESSMENTS + 1) for one in deliveries)
