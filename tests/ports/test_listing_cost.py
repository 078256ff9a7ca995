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
    small = a_shelf(redis_url.replace("db=0", "db=1"), 100)
    large = a_shelf(redis_url, 10_000)

    for wanted in ({}, {"status": Status.QUEUED}, {"created_before": NOON + 60 * MINUTE}):
        # By turns, so that whatever else keeps the machine busy slows down both.
        pairs = [(seconds(small, **wanted), seconds(large, **wanted)) for _ in range(30)]
        few, many = (min(one) for one in zip(*pairs, strict=True))
        assert many < 3 * few + 0.005, f"{wanted}: {few} s with 100, {many} s with 10,000"


def a_shelf(url: str, count: int) -> Shelf:
    """Return a shelf with so many assessments, on a database of its own."""
    client = connect(url)
    client.flushdb()
    shelf = Shelf(RedisRecords(client), RedisListing(client))
    for number in range(1, count + 1):
        shelf.add(number, minute=number)
    return shelf


def seconds(shelf: Shelf, **wanted: Any) -> float:
    started = time.perf_counter()
    shelf.listing.page(TENANT, Wanted(**wanted), after=None, limit=20)
    return time.perf_counter() - started


def test_redis_holds_no_word_of_a_reference_after_its_assessment_was_erased(redis_url: str):
    client = connect(redis_url)
    client.flushdb()
    shelf = Shelf(RedisRecords(client), RedisListing(client))

    one = shelf.move(shelf.add(1, reference="0123abcd"), Status.CANCELED)
    assert client.keys("*0123abcd*") == ["mien:index:0123abcd:default"]
    shelf.records.erase(one)

    assert client.keys("*0123abcd*") == []
    assert client.keys("mien:index:*") == []
