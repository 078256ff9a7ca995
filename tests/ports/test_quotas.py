"""Moving windows and open assessments, in memory and in Redis."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import pytest

from adapters.memory import MemoryRecords
from adapters.memory_quotas import MemoryOpenAssessments, MemoryRates
from adapters.redis_quotas import RedisOpenAssessments, RedisRates
from adapters.redis_records import RedisRecords
from adapters.redis_store import connect
from assessment.assessment import Status, Tenant
from assessment.faults import StoreUnavailable
from assessment.ports import Records
from assessment.quotas import OpenAssessments, Policy, Rates
from tests.conftest import Watch
from tests.ports import redis_time
from tests.samples import NOON, an_assessment

CLINIC, OTHER = Tenant("clinic"), Tenant("other")
WINDOW_S = 60
THREE = Policy("requests", 3, WINDOW_S)


@dataclass(frozen=True)
class Doors:
    """Both ports, the records that one of them looks at, and a way to let time pass."""

    rates: Rates
    open: OpenAssessments
    records: Records
    go_on: Callable[[float], None]


@pytest.fixture(params=["memory", "redis"])
def doors(request: pytest.FixtureRequest, watch: Watch) -> Doors:
    if request.param == "memory":
        records = MemoryRecords(watch)
        return Doors(MemoryRates(watch), MemoryOpenAssessments(records), records, watch.go_on)
    client = connect(request.getfixturevalue("redis_url"))
    client.flushdb()
    ports = RedisRates(client), RedisOpenAssessments(client), RedisRecords(client)
    return Doors(*ports, partial(redis_time.go_on, client))


def spend(doors: Doors, tenant: Tenant = CLINIC, cost: int = 1) -> tuple[bool, int]:
    budget = doors.rates.spend(tenant, THREE, cost)
    return budget.granted, budget.remaining


def test_a_window_lets_through_so_many_and_says_how_many_are_left(doors: Doors):
    said = [spend(doors) for _ in range(5)]

    assert said == [(True, 2), (True, 1), (True, 0), (False, 0), (False, 0)]


def test_what_is_refused_does_not_count_and_the_window_moves_on(doors: Doors):
    for _ in range(10):
        spend(doors)

    refused = doors.rates.spend(CLINIC, THREE)
    assert not refused.granted
    assert refused.reset_s in range(WINDOW_S - 20, WINDOW_S + 1)
    doors.go_on(WINDOW_S + 1)

    assert spend(doors) == (True, 2)


def test_one_tenants_requests_cost_no_other_anything(doors: Doors):
    for _ in range(10):
        spend(doors)

    assert spend(doors, OTHER) == (True, 2)
    assert spend(doors, Tenant("clinic/sandbox")) == (True, 2)


def test_policies_are_counted_apart(doors: Doors):
    for _ in range(3):
        spend(doors)

    assert doors.rates.spend(CLINIC, Policy("creates", 3, WINDOW_S)).granted


def test_a_cost_fits_whole_or_not_at_all(doors: Doors):
    assert spend(doors, cost=2) == (True, 1)
    assert spend(doors, cost=2) == (False, 1)
    assert spend(doors, cost=1) == (True, 0)


def test_open_assessments_are_those_that_have_not_ended(doors: Doors):
    one, two, three = (replace(an_assessment(n), tenant=CLINIC) for n in (1, 2, 3))
    foreign = replace(an_assessment(4), tenant=OTHER)
    for assessment in (one, two, three, foreign):
        doors.records.add(assessment, look_again_s=60)
    running = two.to(Status.PROCESSING, at=NOON)
    doors.records.save(running, was=two, look_again_s=60)
    ended = three.to(Status.CANCELED, at=NOON)
    doors.records.save(ended, was=three, look_again_s=60)

    assert set(doors.open.of(CLINIC)) == {one.id, two.id}
    assert set(doors.open.of(OTHER)) == {foreign.id}
    assert list(doors.open.of(Tenant("nobody"))) == []
    doors.records.erase(one)
    assert set(doors.open.of(CLINIC)) == {two.id}


def test_fifty_at_once_get_no_more_than_the_window_has(redis_url: str):
    client = connect(redis_url)
    client.flushdb()
    rates, policy = RedisRates(client), replace(THREE, limit=20)
    granted: list[bool] = []

    def ask() -> None:
        granted.append(rates.spend(CLINIC, policy).granted)

    threads = [threading.Thread(target=ask) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (granted.count(True), granted.count(False)) == (20, 30)


def test_without_the_store_nothing_is_let_through():
    client = connect("unix:///nowhere/redis.sock?db=0")

    with pytest.raises(StoreUnavailable):
        RedisRates(client).spend(CLINIC, THREE)
    with pytest.raises(StoreUnavailable):
        RedisOpenAssessments(client).of(CLINIC)
