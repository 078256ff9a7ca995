"""Lists in pages, over records in memory and over Redis."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.memory import MemoryRecords
from adapters.memory_listing import MemoryListing
from adapters.redis_listing import RedisListing
from adapters.redis_records import RedisRecords
from adapters.redis_store import connect
from assessment.assessment import Assessment, AssessmentId, Outcome, Progress, Stage, Status, Tenant
from assessment.listing import Listing, Place, Wanted
from assessment.ports import Records
from tests.conftest import Watch
from tests.samples import NOON, an_assessment, an_id

TENANT, OTHER = Tenant("default"), Tenant("default/sandbox")
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Shelf:
    """Records, and the lists of them."""

    records: Records
    listing: Listing

    def add(
        self, number: int, *, minute: int = 0, tenant: Tenant = TENANT, reference: str | None = None
    ) -> Assessment:
        at = NOON + minute * MINUTE
        one = replace(an_assessment(number), created_at=at, tenant=tenant, erase_after_s=60)
        self.records.add(one, look_again_s=30, reference=reference)
        return one

    def move(self, one: Assessment, status: Status, outcome: Outcome | None = None) -> Assessment:
        moved = one.to(status, at=NOON, outcome=outcome)
        self.records.save(moved, was=one, look_again_s=30)
        return moved

    def succeed(self, number: int, outcome: Outcome, **how: Any) -> Assessment:
        running = self.move(self.add(number, **how), Status.PROCESSING)
        return self.move(running, Status.SUCCEEDED, outcome)

    def numbers(self, *, limit: int = 100, tenant: Tenant = TENANT, **wanted: Any) -> list[int]:
        """Return the numbers of all assessments on all pages, in the order of the pages."""
        found: list[int] = []
        place: Place | None = None
        while True:
            page = self.listing.page(tenant, Wanted(**wanted), after=place, limit=limit)
            assert len(page.items) <= limit
            found += [number_of(one.assessment.id) for one in page.items]
            place = page.resume
            if place is None:
                return found


def number_of(assessment_id: AssessmentId) -> int:
    return int(assessment_id.removeprefix("asm_"), 16)


@pytest.fixture(params=["memory", "redis"])
def shelf(request: pytest.FixtureRequest, watch: Watch) -> Shelf:
    if request.param == "memory":
        records = MemoryRecords(watch)
        return Shelf(records, MemoryListing(records))
    client = connect(request.getfixturevalue("redis_url"))
    client.flushdb()
    return Shelf(RedisRecords(client), RedisListing(client))


def test_a_tenant_sees_its_own_assessments_newest_first(shelf: Shelf):
    for number in (1, 2, 3):
        shelf.add(number, minute=number)
    shelf.add(4, minute=4, tenant=OTHER)

    assert shelf.numbers() == [3, 2, 1]
    assert shelf.numbers(tenant=OTHER) == [4]
    assert shelf.numbers(tenant=Tenant("nobody")) == []


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8])
def test_pages_of_any_size_hold_everything_once_also_what_came_at_the_same_moment(
    shelf: Shelf, limit: int
):
    for number in range(1, 8):
        shelf.add(number, minute=number // 3)

    assert shelf.numbers(limit=limit) == [7, 6, 5, 4, 3, 2, 1]


def test_the_last_page_says_that_it_is_the_last(shelf: Shelf):
    shelf.add(1)
    shelf.add(2)

    page = shelf.listing.page(TENANT, Wanted(), after=None, limit=2)

    assert len(page.items) == 2
    assert page.resume is None


def test_a_line_is_the_record_as_it_is_now(shelf: Shelf):
    shelf.add(1, minute=1)
    waiting = shelf.add(2, minute=2)
    running = shelf.move(shelf.add(3, minute=3), Status.PROCESSING)
    shelf.records.renew(running, Progress(Stage.SCORING, 40), lease_s=30)
    shelf.records.note_erased(running.id, at=NOON)

    newest, middle, oldest = shelf.listing.page(TENANT, Wanted(), after=None, limit=9).items

    assert newest.assessment == shelf.records.get(running.id)
    assert newest.assessment.progress.percent == 40
    assert newest.assessment.recording_erased_at == NOON
    assert newest.queue_position is None
    assert (middle.assessment, middle.queue_position) == (waiting, 1)
    assert oldest.queue_position == 0


def test_status_and_outcome_choose(shelf: Shelf):
    shelf.add(1, minute=1)
    shelf.move(shelf.add(2, minute=2), Status.PROCESSING)
    shelf.succeed(3, Outcome.REPORTED, minute=3)
    shelf.succeed(4, Outcome.WITHHELD, minute=4)
    shelf.move(shelf.add(5, minute=5), Status.CANCELED)

    assert shelf.numbers(status=Status.QUEUED) == [1]
    assert shelf.numbers(status=Status.PROCESSING) == [2]
    assert shelf.numbers(status=Status.SUCCEEDED) == [4, 3]
    assert shelf.numbers(outcome=Outcome.REPORTED) == [3]
    assert shelf.numbers(outcome=Outcome.WITHHELD, status=Status.SUCCEEDED) == [4]
    assert shelf.numbers(status=Status.CANCELED) == [5]
    assert shelf.numbers(status=Status.CANCELED, outcome=Outcome.REPORTED) == []
    assert shelf.numbers(status=Status.EXPIRED) == []


def test_the_range_of_creation_holds_its_first_moment_and_not_its_last(shelf: Shelf):
    for number in range(1, 6):
        shelf.add(number, minute=number)
    second, fourth = NOON + 2 * MINUTE, NOON + 4 * MINUTE

    assert shelf.numbers(created_after=second) == [5, 4, 3, 2]
    assert shelf.numbers(created_before=fourth) == [3, 2, 1]
    assert shelf.numbers(created_after=second, created_before=fourth, limit=1) == [3, 2]
    assert shelf.numbers(created_after=fourth, created_before=second) == []


@pytest.mark.parametrize("year", [1, 1969, 2286, 2500, 9999])
def test_times_far_away_bound_nothing_or_all(shelf: Shelf, year: int):
    shelf.add(1)
    far = datetime(year, 1, 1, tzinfo=NOON.tzinfo)

    assert shelf.numbers(created_after=far) == ([1] if year < 2026 else [])
    assert shelf.numbers(created_before=far) == ([] if year < 2026 else [1])


def test_a_reference_finds_its_own_also_with_other_filters(shelf: Shelf):
    shelf.add(1, minute=1, reference="ab")
    shelf.move(shelf.add(2, minute=2, reference="ab"), Status.CANCELED)
    shelf.add(3, minute=3, reference="cd")
    shelf.add(4, minute=4)
    shelf.add(5, minute=5, tenant=OTHER, reference="ab")

    assert shelf.numbers(reference="ab") == [2, 1]
    assert shelf.numbers(reference="ab", limit=1) == [2, 1]
    assert shelf.numbers(reference="ab", status=Status.QUEUED, limit=1) == [1]
    assert shelf.numbers(reference="ab", created_after=NOON + 2 * MINUTE) == [2]
    assert shelf.numbers(reference="ef") == []


def test_what_was_erased_is_in_no_list(shelf: Shelf):
    ended = shelf.move(shelf.add(1, reference="ab"), Status.CANCELED)

    shelf.records.erase(ended)

    assert shelf.numbers() == []
    assert shelf.numbers(reference="ab") == []


def test_a_page_goes_on_behind_an_assessment_that_was_erased_meanwhile(shelf: Shelf):
    for number in (1, 2, 3):
        shelf.add(number, minute=number)
    first = shelf.listing.page(TENANT, Wanted(), after=None, limit=2)

    shelf.records.erase(shelf.records.get(an_id(2)))
    rest = shelf.listing.page(TENANT, Wanted(), after=first.resume, limit=2)

    assert [number_of(one.assessment.id) for one in rest.items] == [1]


class Reader:
    """Reads one page at a time."""

    def __init__(self, shelf: Shelf, tenant: Tenant, limit: int) -> None:
        self.shelf, self.tenant, self.limit = shelf, tenant, limit
        self.seen: list[int] = []
        self.place: Place | None = None
        self.ended = False

    def read(self) -> None:
        if not self.ended:
            page = self.shelf.listing.page(
                self.tenant, Wanted(), after=self.place, limit=self.limit
            )
            self.seen += [number_of(one.assessment.id) for one in page.items]
            self.place, self.ended = page.resume, page.resume is None


runs = iter(range(1, 1_000_000))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    before=st.lists(st.integers(0, 5), max_size=12),
    meanwhile=st.lists(st.lists(st.sampled_from(["add", "claim", "cancel"]), max_size=3)),
    limit=st.integers(1, 4),
)
def test_whatever_happens_while_paging_nothing_is_skipped_and_nothing_comes_twice(
    shelf: Shelf, before: list[int], meanwhile: list[list[str]], limit: int
):
    tenant, first = Tenant(f"tenant {next(runs)}"), next(runs) * 1000
    ones = [shelf.add(first + at, minute=minute, tenant=tenant) for at, minute in enumerate(before)]
    reader = Reader(shelf, tenant, limit)

    for happenings in meanwhile:
        reader.read()
        ones = _happen(shelf, ones, happenings, first, tenant)
    while not reader.ended:
        reader.read()

    assert len(set(reader.seen)) == len(reader.seen)
    assert {first + at for at in range(len(before))} <= set(reader.seen)


def _happen(
    shelf: Shelf, ones: list[Assessment], happenings: Sequence[str], first: int, tenant: Tenant
) -> list[Assessment]:
    for happening in happenings:
        if happening == "add":
            ones = [*ones, shelf.add(first + len(ones), minute=10, tenant=tenant)]
        elif ones and not ones[0].status.final:
            status = Status.CANCELED if happening == "cancel" else Status.PROCESSING
            if ones[0].status is not status:
                ones = [*ones[1:], shelf.move(ones[0], status)]
    return ones
