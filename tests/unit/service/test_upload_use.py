"""How uploads end: used once, given up, expired."""

import hashlib

import pytest

from assessment.access import Caller, KeyId, Scope
from assessment.assessment import Tenant
from assessment.faults import Invalid, StoreUnavailable
from tests.unit.service.tus_client import RECORDING, TUS, Tus, id_of, problem


@pytest.fixture
def tus(house) -> Tus:
    return Tus(house)


def test_an_upload_that_was_given_up_is_gone(tus, house):
    url = tus.new()
    tus.patch(url, RECORDING[:1000])

    answer = house.ask("DELETE", url, headers=TUS)

    assert answer.status_code == 204
    assert list(house.blobs.uploads.iterdir()) == []
    assert tus.head(url).status_code == 410
    assert problem(tus.patch(url, b"x", offset=1000)) == (410, "upload_gone")


def test_an_expired_upload_is_gone(tus, watch):
    url = tus.new()
    watch.go_on(24 * 3600)

    assert tus.head(url).status_code == 410
    assert problem(tus.patch(url, b"x")) == (410, "upload_gone")


@pytest.mark.parametrize("cuts", [[], [1000]])
def test_a_whole_upload_becomes_a_recording_once(tus, house, cuts):
    url, offset = tus.new(), 0
    for end in [*cuts, len(RECORDING)]:
        tus.patch(url, RECORDING[offset:end], offset=offset)
        offset = end
    store = house.app.state.desk.upload_store

    recording = store.take(Tenant("ours"), id_of(url))

    assert recording.path.parent == house.blobs.staging
    assert recording.path.read_bytes() == RECORDING
    assert recording.sha256 == hashlib.sha256(RECORDING).hexdigest()
    assert recording.size == len(RECORDING)
    assert list(house.blobs.uploads.iterdir()) == []
    assert tus.head(url).status_code == 410
    with pytest.raises(Invalid):
        store.take(Tenant("ours"), id_of(url))


def test_what_cannot_be_used_is_told_by_the_pointer(tus, house):
    half, whole = tus.new(), tus.whole()
    tus.patch(half, RECORDING[:1000])
    store = house.app.state.desk.upload_store
    refused = [
        ("ours", id_of(half)),
        ("theirs", whole),
        ("ours", "upl_" + "0" * 32),
        ("ours", "../blobs"),
    ]

    for tenant, upload_id in refused:
        with pytest.raises(Invalid) as fault:
            store.take(Tenant(tenant), upload_id)
        assert fault.value.pointer == "/request/source/upload_id"
    assert list(house.blobs.staging.iterdir()) == []


def test_an_upload_survives_a_store_that_is_away_when_it_is_taken(tus, house, monkeypatch):
    whole = tus.whole()
    store = house.app.state.desk.upload_store

    def away(_):
        raise StoreUnavailable

    with monkeypatch.context() as patched:
        patched.setattr(house.uploads, "close", away)
        with pytest.raises(StoreUnavailable):
            store.take(Tenant("ours"), whole)

    assert store.take(Tenant("ours"), whole).path.read_bytes() == RECORDING


def test_a_key_that_may_only_create_may_resume(tus, house):
    caller = Caller(KeyId("key_1"), Tenant("ours"), frozenset({Scope.CREATE}))
    house.keys.caller_of = lambda _: caller

    assert tus.head(tus.new()).status_code == 200
