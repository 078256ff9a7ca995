"""Marks of Idempotency-Keys: one holder at a time, one id a key, kept for a day."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from adapters.memory_idempotency import MemoryMarks
from adapters.redis_idempotency import RedisMarks
from adapters.redis_store import connect
from assessment.assessment import AssessmentId
from assessment.faults import IdempotencyInFlight
from assessment.idempotency import KEPT_S, Mark, Marks
from tests.conftest import Watch
from tests.samples import an_id


@pytest.fixture(params=["memory", "redis"])
def marks(request: pytest.FixtureRequest, watch: Watch) -> Marks:
    if request.param == "memory":
        return MemoryMarks(watch)
    client = connect(request.getfixturevalue("redis_url"))
    client.flushdb()
    return RedisMarks(client)


def take(marks: Marks, holder: str, number: int = 1, lease_s: float = 60) -> Mark:
    return marks.take("name", holder, an_id(number), lease_s=lease_s)


def test_the_first_one_takes_the_mark_and_reserves_its_id(marks: Marks):
    assert take(marks, "first") == Mark(an_id(1))


def test_while_it_is_held_nobody_else_takes_it(marks: Marks):
    take(marks, "first")

    with pytest.raises(IdempotencyInFlight):
        take(marks, "second", 2)


def test_asking_again_after_a_lost_answer_is_harmless(marks: Marks):
    take(marks, "first")

    assert take(marks, "first", 2) == Mark(an_id(1))


def test_names_are_apart(marks: Marks):
    take(marks, "first")

    assert marks.take("other", "second", an_id(2), lease_s=60) == Mark(an_id(2))


def test_a_kept_mark_is_shown_to_everybody(marks: Marks):
    take(marks, "first")
    marks.bind("name", "first", "f1", lease_s=60)
    marks.keep("name", "first")

    assert take(marks, "second", 2) == Mark(an_id(1), "f1", kept=True)
    assert take(marks, "third", 3) == Mark(an_id(1), "f1", kept=True)


def test_a_mark_that_is_let_go_is_as_if_it_had_never_been(marks: Marks):
    take(marks, "first")
    marks.bind("name", "first", "f1", lease_s=60)
    marks.release("name", "first")

    assert take(marks, "second", 2) == Mark(an_id(2))


def test_a_kept_mark_is_not_let_go(marks: Marks):
    take(marks, "first")
    marks.keep("name", "first")
    marks.release("name", "first")

    assert take(marks, "second", 2).kept


def test_somebody_elses_mark_is_neither_bound_nor_kept_nor_let_go(marks: Marks):
    take(marks, "first")
    marks.keep("name", "second")
    marks.release("name", "second")

    with pytest.raises(IdempotencyInFlight):
        marks.bind("name", "second", "f2", lease_s=60)
    with pytest.raises(IdempotencyInFlight):
        take(marks, "third", 3)
    marks.bind("name", "first", "f1", lease_s=60)


def test_when_the_lease_ends_the_next_one_goes_on_with_the_same_id(marks: Marks):
    take(marks, "first", lease_s=0)
    marks.bind("name", "first", "f1", lease_s=0)

    assert take(marks, "second", 2) == Mark(an_id(1), "f1")
    with pytest.raises(IdempotencyInFlight):
        marks.renew("name", "first", lease_s=60)


def test_a_lease_that_is_renewed_goes_on(marks: Marks):
    take(marks, "first", lease_s=0)
    marks.renew("name", "first", lease_s=60)

    with pytest.raises(IdempotencyInFlight):
        take(marks, "second", 2)


def test_fifty_at_once_are_one(marks: Marks):
    def attempt(number: int) -> AssessmentId | None:
        try:
            return take(marks, f"holder {number}", number).assessment_id
        except IdempotencyInFlight:
            return None

    with ThreadPoolExecutor(50) as pool:
        found = [one for one in pool.map(attempt, range(50)) if one is not None]

    assert len(found) == 1


def test_in_memory_a_kept_mark_is_forgotten_after_a_day(watch: Watch):
    marks = MemoryMarks(watch)
    take(marks, "first")
    marks.keep("name", "first")
    watch.go_on(KEPT_S + 1)

    assert take(marks, "second", 2) == Mark(an_id(2))


def test_in_redis_a_mark_ends_by_itself_after_a_day(redis_url: str):
    client = connect(redis_url)
    client.flushdb()
    marks = RedisMarks(client)
    take(marks, "first")
    held_s = client.ttl("mien:idempotency:name")
    marks.keep("name", "first")

    assert KEPT_S - 5 < held_s <= KEPT_S
    assert KEPT_S - 5 < client.ttl("mien:idempotency:name") <= KEPT_S
