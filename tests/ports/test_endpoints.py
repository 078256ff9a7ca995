from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.memory_endpoints import MemoryEndpoints
from adapters.redis_endpoints import RedisEndpoints
from adapters.redis_store import connect
from assessment.assessment import Tenant
from assessment.endpoints import (
    MOST_ENDPOINTS,
    DisabledReason,
    Endpoint,
    EndpointId,
    Endpoints,
)
from assessment.faults import Stale
from assessment.signing import new_secret
from assessment.webhook_faults import NoSuchEndpoint, TooManyEndpoints
from tests.samples import NOON


def an_endpoint(number: int = 1, tenant: str = "ours") -> Endpoint:
    return Endpoint(
        id=EndpointId(f"whe_{number:032x}"),
        tenant=Tenant(tenant),
        url="https://example.org/hook",
        secret=new_secret(bytes(32)),
        created_at=NOON + timedelta(seconds=number),
        events=("assessment.failed",),
        description="the clinic's inbox",
    )


@pytest.fixture(params=["memory", "redis"])
def endpoints(request: pytest.FixtureRequest) -> Endpoints:
    if request.param == "memory":
        return MemoryEndpoints()
    client = connect(request.getfixturevalue("redis_url"))
    client.flushdb()
    return RedisEndpoints(client)


def test_what_was_added_comes_back_as_it_was(endpoints: Endpoints):
    one = an_endpoint().rotated(new_secret(bytes(24)), at=NOON, overlap_s=60)

    endpoints.add(one)

    assert endpoints.get(one.id) == one


def test_each_tenant_has_its_own_the_oldest_first(endpoints: Endpoints):
    for number, tenant in ((2, "ours"), (1, "ours"), (3, "theirs"), (4, "ours/sandbox")):
        endpoints.add(an_endpoint(number, tenant))

    assert list(endpoints.of(Tenant("ours"))) == [an_endpoint(1), an_endpoint(2)]


def test_one_more_than_there_can_be_is_refused(endpoints: Endpoints):
    for number in range(MOST_ENDPOINTS):
        endpoints.add(an_endpoint(number))

    with pytest.raises(TooManyEndpoints):
        endpoints.add(an_endpoint(99))
    assert len(endpoints.of(Tenant("ours"))) == MOST_ENDPOINTS


def test_a_change_from_an_old_version_is_stale(endpoints: Endpoints):
    endpoints.add(an_endpoint())
    read = endpoints.get(an_endpoint().id)
    endpoints.save(replace(read, description="changed"))

    with pytest.raises(Stale):
        endpoints.save(replace(read, description="lost"))
    assert endpoints.get(read.id) == replace(read, description="changed", version=1)


def test_what_the_sender_disabled_is_not_enabled_by_who_had_not_seen_it(endpoints: Endpoints):
    endpoints.add(an_endpoint())
    read = endpoints.get(an_endpoint().id)
    endpoints.disable(read.id, DisabledReason.GONE)

    with pytest.raises(Stale):
        endpoints.save(replace(read, description="changed"))
    assert endpoints.get(read.id).disabled_reason is DisabledReason.GONE


def test_an_erased_endpoint_is_gone_and_stays_so(endpoints: Endpoints):
    endpoints.add(an_endpoint())
    endpoints.erase(an_endpoint())

    endpoints.disable(an_endpoint().id, DisabledReason.GONE)
    endpoints.note_delivered(an_endpoint().id)
    assert endpoints.note_given_up(an_endpoint().id, most=1) is False

    assert list(endpoints.of(Tenant("ours"))) == []
    with pytest.raises(NoSuchEndpoint):
        endpoints.get(an_endpoint().id)
    with pytest.raises(NoSuchEndpoint):
        endpoints.save(an_endpoint())


def test_give_ups_in_a_row_disable_and_a_success_begins_anew(endpoints: Endpoints):
    one = an_endpoint()
    endpoints.add(one)

    assert endpoints.note_given_up(one.id, most=2) is False
    endpoints.note_delivered(one.id)
    assert endpoints.note_given_up(one.id, most=2) is False
    assert endpoints.note_given_up(one.id, most=2) is True

    assert endpoints.get(one.id).disabled_reason is DisabledReason.GAVE_UP


def test_an_endpoint_that_is_enabled_again_has_all_its_chances(endpoints: Endpoints):
    endpoints.add(an_endpoint())
    endpoints.note_given_up(an_endpoint().id, most=1)

    read = endpoints.get(an_endpoint().id)
    endpoints.save(replace(read, disabled_reason=None))

    assert endpoints.get(read.id).enabled
    assert endpoints.note_given_up(read.id, most=2) is False
