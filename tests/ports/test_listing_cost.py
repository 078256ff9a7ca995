"""What lists cost Redis, and what they leave in it."""

import time
from typing import Any

from adapters.redis_listing import LOOKED_AT, RedisListing
from adapters.redis_records import RedisRecords
from adapters.redis_store import connect
from assessment.assessment import Status
from assessment.listing import Wanted
from tests.ports.test_listing import MINUTE, TENANT, Shelf
from tests.samples import NOON


def test_a_filter_that_fits_nothing_reads_a_bounded_number_of_places(redis_url: str):
    client = connect(redis_url)
    client.flushdb()
    shelf = Shelf(RedisRecords(client), RedisListing(client))
    for number in range(1, LOOKED_AT + 12):
        shelf.add(number, minute=number, reference="ab")
    wanted = Wanted(reference="ab", status=Status.EXPIRED)

    first = shelf.listing.page(TENANT, wanted, after=None, limit=20)
    assert (list(first.items), first.resume is None) == ([], False)
    second = shelf.listing.page(TENANT, wanted, after=first.resume, limit=20)

    assert (list(second.items), second.resume) == ([], None)


def test_ten_thousand_assessments_list_about_as_fast_as_a_hundred(redis_url: str):
    def best_of_twenty(shelf: Shelf, **wanted: Any) -> float:
        times: list[float] = []
        for _ in range(20):
            started = time.perf_counter()
            shelf.listing.page(TENANT, Wanted(**wanted), after=None, limit=20)
            times.append(time.perf_counter() - started)
        return min(times)

    client = connect(redis_url)
    client.flushdb()
    shelf = Shelf(RedisRecords(client), RedisListing(client))
    asked = ({}, {"status": Status.QUEUED}, {"created_before": NOON + 60 * MINUTE})
    for number in range(1, 101):
        shelf.add(number, minute=number)
    few = [best_of_twenty(shelf, **wanted) for wanted in asked]

    for number in range(101, 10_001):
        shelf.add(number, minute=number)
    many = [best_of_twenty(shelf, **wanted) for wanted in asked]

    about_as_fast = (after < 3 * before + 0.005 for before, after in zip(few, many, strict=True))
    assert all(about_as_fast), f"seconds with 100: {few}, with 10,000: {many}"


def test_redis_holds_no_word_of_a_reference_after_its_assessment_was_erased(redis_url: str):
    client = connect(redis_url)
    client.flushdb()
    shelf = Shelf(RedisRecords(client), RedisListing(client))

    one = shelf.move(shelf.add(1, reference="0123abcd"), Status.CANCELED)
    assert client.keys("*0123abcd*") == ["mien:index:0123abcd:default"]
    shelf.records.erase(one)

    assert client.keys("*0123abcd*") == []
    assert client.keys("mien:index:*") == []
