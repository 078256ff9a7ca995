"""Whose turn it is, in memory and in Redis."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from adapters.memory import MemoryRecords
from adapters.memory_turns import MemoryTurns
from adapters.redis_records import RedisRecords
from adapters.redis_store import connect
from adapters.redis_turns import RedisTurns
from assessment.assessment import AssessmentId, Status, Tenant
from assessment.ports import Records
from assessment.turns import Turns
from tests.conftest import Watch
from tests.samples import NOON, an_assessment, an_id


@dataclass(frozen=True)
class House:
    records: Records
    turns: Turns

    def waits(self, number: int, tenant: str) -> AssessmentId:
        """Have a tenant's assessment wait; a higher number came later."""
        one = replace(
            an_assessment(number),
            tenant=Tenant(tenant),
            created_at=NOON + timedelta(seconds=number),
        )
        self.records.add(one, look_again_s=30)
        self.turns.enter(one.id)
        return one.id

    def taken(self, *told: AssessmentId) -> Sequence[str]:
        """Return whose turn it is for each message, as tenants."""
        return [self.records.get(self.turns.next(one)).tenant for one in told]


@pytest.fixture(params=["memory", "redis"])
def house(request: pytest.FixtureRequest, watch: Watch) -> House:
    if request.param == "memory":
        records = MemoryRecords(watch)
        return House(records, MemoryTurns(records))
    client = connect(request.getfixturevalue("redis_url"))
    client.flushdb()
    return House(RedisRecords(client), RedisTurns(client))


def test_one_tenants_five_hundred_delay_anothers_first_by_one_turn(house: House):
    # given
    many = [house.waits(number, "heavy") for number in range(500)]
    house.turns.next(many[0])
    first = house.waits(1000, "light")

    # when, by messages that all tell of the heavy tenant's
    order = [house.turns.next(one) for one in many[1:4]]

    # then
    assert first in order[:2]


def test_tenants_take_turns_and_each_oldest_comes_first(house: House):
    told = [house.waits(n, tenant) for n, tenant in enumerate("aaabbc")]

    order = [house.turns.next(one) for one in told]

    assert order == [an_id(n) for n in (0, 3, 5, 1, 4, 2)]


def test_one_that_always_has_one_waiting_starves_nobody(house: House):
    # given a tenant whose name comes first, and who is back as soon as it was served
    told = [house.waits(n, "z") for n in range(100, 104)]
    served = []

    # when
    for number in range(8):
        own = house.waits(number, "a")
        served += house.taken(own)

    # then
    assert served.count("z") == 4
    assert len(told) == 4


def test_who_was_away_has_no_claim_to_the_turns_it_did_not_use(house: House):
    # given
    busy = [house.waits(n, "busy") for n in range(20)]
    house.taken(*busy[:10])

    # when
    back = [house.waits(n, "back") for n in range(100, 110)]

    # then
    assert sorted(set(house.taken(*back[:4]))) == ["back", "busy"]


def test_what_waits_no_more_is_passed_over(house: House):
    first, second = house.waits(1, "a"), house.waits(2, "a")
    waiting = house.records.get(first)
    house.records.save(waiting.to(Status.CANCELED, at=NOON), was=waiting, look_again_s=30)

    assert house.turns.next(first) == second
    assert house.turns.next(second) == second


def test_entering_twice_is_one_turn(house: House):
    one = house.waits(1, "a")
    house.turns.enter(one)
    other = house.waits(2, "b")

    assert [house.turns.next(one), house.turns.next(other)] == [one, other]
    assert house.turns.next(an_id(9)) == an_id(9)


def test_a_sandbox_waits_for_nobody_and_takes_no_turn(house: House):
    live = house.waits(1, "a")
    trial = house.waits(2, "a/sandbox")

    assert house.turns.next(trial) == trial
    assert house.turns.next(live) == live


def test_a_message_is_a_turn_when_nothing_is_known_of_others(house: House):
    house.records.add(an_assessment(7), look_again_s=30)

    assert house.turns.next(an_id(7)) == an_id(7)
