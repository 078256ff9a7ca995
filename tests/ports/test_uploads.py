"""The record of uploads, in memory and in Redis."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from adapters.memory_uploads import MemoryUploads
from adapters.redis_store import connect
from adapters.redis_uploads import RedisUploads
from assessment.assessment import Tenant
from assessment.faults import Gone, NotFound, Stale, StorageFull, StoreUnavailable
from assessment.quota_faults import TooManyUploads
from assessment.uploads import Hold, Upload, UploadId, UploadRecords
from tests.ports import redis_time

OURS, THEIRS = Tenant("ours"), Tenant("theirs/sandbox")
ROOM = 10**12


@dataclass(frozen=True)
class Office:
    """One implementation, its time, and a way to let time pass."""

    records: UploadRecords
    now: Callable[[], datetime]
    go_on: Callable[[float], None]

    def open(self, number: int = 1, tenant: Tenant = OURS, *, length: int = 100, **more) -> Upload:
        upload = self.upload(number, tenant, length=length, lasts_s=more.pop("lasts_s", 60))
        self.records.open(upload, most=more.get("most", 20), room_bytes=more.get("room", ROOM))
        return upload

    def upload(self, number: int, tenant: Tenant, *, length: int, lasts_s: float) -> Upload:
        expires_at = self.now() + timedelta(seconds=lasts_s)
        upload_id = UploadId(f"upl_{number:032x}")
        return Upload(id=upload_id, tenant=tenant, length=length, expires_at=expires_at)

    def hold(self, upload: Upload, lease_s: float = 60) -> Hold:
        hold = self.records.hold(upload.id, lease_s=lease_s)
        assert hold is not None
        return hold


@pytest.fixture(params=["memory", "redis"])
def office(request: pytest.FixtureRequest, watch) -> Office:
    if request.param == "memory":
        return Office(MemoryUploads(watch), watch, watch.go_on)
    client = connect(request.getfixturevalue("redis_url"))
    client.flushdb()
    go_on = partial(redis_time.go_on, client)
    return Office(RedisUploads(client), lambda: datetime.now(UTC), go_on)  # noqa: TID251


def test_an_upload_comes_back_as_it_was_opened(office):
    upload = office.open()

    assert office.records.get(upload.id) == upload


def test_what_was_never_opened_is_not_found(office):
    upload_id = UploadId("upl_" + "0" * 32)

    with pytest.raises(NotFound):
        office.records.get(upload_id)
    with pytest.raises(Stale):
        office.records.hold(upload_id, lease_s=1)
    assert office.records.held(upload_id) is False


def test_a_tenant_may_have_so_many_uploads_and_others_are_not_counted(office):
    first = office.open(1, most=2)
    office.open(2, THEIRS, most=2)
    office.open(3, most=2)

    with pytest.raises(TooManyUploads):
        office.open(4, most=2)
    office.records.close(first)
    office.open(4, most=2)


def test_what_open_uploads_still_expect_counts_against_the_room(office):
    one = office.open(1, length=600, room=1000)
    with pytest.raises(StorageFull):
        office.open(2, THEIRS, length=500, room=1000)

    # When 200 bytes of the first have arrived, they take room on the disk instead.
    office.records.advance(office.hold(one), 200)
    office.open(2, THEIRS, length=500, room=1000)

    with pytest.raises(StorageFull):
        office.open(3, length=101, room=1000)
    office.records.close(one)
    office.open(3, length=500, room=1000)


def test_the_announced_bytes_of_a_tenant_are_counted_until_their_uploads_close(office):
    one = office.open(1, length=600)
    office.open(2, length=50)
    office.open(3, THEIRS, length=7)
    office.records.advance(office.hold(one), 600)

    assert office.records.announced_bytes(OURS) == 650
    office.records.close(one)
    assert office.records.announced_bytes(OURS) == 50
    assert office.records.announced_bytes(Tenant("nobody")) == 0


def test_what_is_still_to_come_is_counted_for_all_tenants_together(office):
    begun = office.open(1, OURS, length=100)
    office.open(2, THEIRS, length=50)
    office.records.advance(office.hold(begun), 60)

    assert office.records.missing_bytes() == 90
    office.records.close(begun)
    assert office.records.missing_bytes() == 50


def test_one_writer_at_a_time(office):
    upload = office.open()
    hold = office.hold(upload)

    assert office.records.held(upload.id)
    assert office.records.hold(upload.id, lease_s=60) is None

    office.records.release(hold)
    assert not office.records.held(upload.id)
    assert office.hold(upload).writer > hold.writer


def test_what_a_writer_made_safe_is_on_record(office):
    upload = office.open()
    hold = office.hold(upload)

    office.records.advance(hold, 60)
    office.records.advance(hold, 100, sha256="ab" * 32)

    stored = office.records.get(upload.id)
    assert stored == replace(upload, offset=100, sha256="ab" * 32)
    assert stored.complete


def test_a_silent_writer_is_overtaken_and_can_change_nothing_any_more(office):
    upload = office.open()
    silent = office.hold(upload, lease_s=30)
    office.go_on(31)

    later = office.hold(upload)

    for act in (
        lambda: office.records.renew(silent, lease_s=60),
        lambda: office.records.advance(silent, 50),
    ):
        with pytest.raises(Stale):
            act()
    office.records.release(silent)
    assert office.records.held(upload.id)
    office.records.advance(later, 10)
    assert office.records.get(upload.id).offset == 10


def test_a_silent_writer_that_nobody_overtook_goes_on(office):
    upload = office.open()
    hold = office.hold(upload, lease_s=30)
    office.go_on(31)

    office.records.renew(hold, lease_s=60)

    assert office.records.hold(upload.id, lease_s=60) is None


def test_a_closed_upload_is_gone_for_its_tenant_and_its_writer(office):
    upload = office.open()
    hold = office.hold(upload)

    office.records.close(upload)
    office.records.close(upload)

    with pytest.raises(Gone) as gone:
        office.records.get(upload.id)
    assert gone.value.tenant == OURS
    with pytest.raises(Stale):
        office.records.renew(hold, lease_s=60)
    with pytest.raises(Stale):
        office.records.advance(hold, 1)
    office.records.release(hold)


def test_expired_uploads_are_found_oldest_first(office):
    later, sooner = office.open(1, lasts_s=40), office.open(2, lasts_s=30)
    office.open(3, lasts_s=600)
    assert office.records.expired(10) == []

    office.go_on(41)

    assert office.records.expired(10) == [sooner.id, later.id]
    assert office.records.expired(1) == [sooner.id]
    office.records.close(sooner)
    assert office.records.expired(10) == [later.id]


def test_a_redis_that_is_away_is_one_fault():
    records = RedisUploads(connect("unix:///nowhere/redis.sock?db=0"))

    with pytest.raises(StoreUnavailable):
        records.get(UploadId("upl_x"))
    with pytest.raises(StoreUnavailable):
        records.expired(1)


def test_redis_keeps_ids_and_counts_only(redis_url: str):
    client = connect(redis_url)
    client.flushdb()
    office = Office(RedisUploads(client), lambda: datetime(2026, 1, 1, tzinfo=UTC), lambda _: None)
    office.open()

    fields = client.hgetall("mien:upload:upl_" + f"{1:032x}")

    assert set(fields) == {
        "tenant", "length", "expires", "offset", "sha256", "writer", "held_until"
    }  # fmt: skip
