"""Keys in memory and in Redis: issued, listed, rotated, revoked, and who they let in."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from adapters.memory_keys import MemoryKeys
from adapters.redis_keys import RedisKeys
from adapters.redis_store import connect
from assessment.access import (
    EVERY_SCOPE,
    Issued,
    Key,
    KeyId,
    KeyOrder,
    Keys,
    Scope,
    is_sandbox,
    sandbox_of,
)
from assessment.access_faults import (
    KeyOfSettings,
    LastAdminKey,
    NoSuchKey,
    TooManyKeys,
    Unauthenticated,
)
from assessment.assessment import Tenant
from assessment.faults import StoreUnavailable
from assessment.key_rules import FORGET_AFTER, MOST_KEYS
from tests.conftest import Watch

CLINIC, OTHER = Tenant("clinic"), Tenant("other")


@pytest.fixture(params=["memory", "redis"])
def keys(request: pytest.FixtureRequest, watch: Watch) -> Keys:
    if request.param == "memory":
        return MemoryKeys(clock=watch)
    client = connect(request.getfixturevalue("redis_url"))
    client.flushdb()
    return RedisKeys(client, watch)


def order(
    *scopes: Scope, tenant: Tenant = CLINIC, name: str = "backend", expires_in_s: int | None = None
) -> KeyOrder:
    return KeyOrder(
        tenant=tenant,
        name=name,
        scopes=frozenset(scopes) or EVERY_SCOPE,
        expires_in_s=expires_in_s,
    )


def admin(keys: Keys, tenant: Tenant = CLINIC) -> Issued:
    return keys.issue(order(Scope.ADMIN, tenant=tenant))


def eventually(found: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while not found():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def test_the_key_of_the_settings_speaks_for_its_tenant_with_every_scope(keys: Keys):
    keys.configure("sk_live_a", CLINIC)

    caller = keys.caller_of("sk_live_a")

    assert (caller.tenant, caller.scopes) == (CLINIC, EVERY_SCOPE)
    assert [key.of_settings for key in keys.list(CLINIC)] == [True]


def test_a_test_key_of_the_settings_speaks_for_the_sandbox(keys: Keys):
    keys.configure("sk_test_a", CLINIC)

    assert keys.caller_of("sk_test_a").tenant == sandbox_of(CLINIC)


def test_a_key_that_the_settings_replaced_is_nobodys(keys: Keys):
    keys.configure("sk_live_a", CLINIC)
    keys.configure("sk_live_b", CLINIC)

    assert keys.caller_of("sk_live_b").tenant == CLINIC
    assert [key.hint for key in keys.list(CLINIC)] == ["ve_b"]
    with pytest.raises(Unauthenticated):
        keys.caller_of("sk_live_a")


def test_the_same_settings_again_keep_the_keys_id(keys: Keys):
    keys.configure("sk_live_a", CLINIC)
    before = keys.list(CLINIC)

    keys.configure("sk_live_a", CLINIC)

    assert keys.list(CLINIC) == before


def test_an_unknown_key_is_nobodys(keys: Keys):
    admin(keys)

    with pytest.raises(Unauthenticated):
        keys.caller_of("sk_live_b")


def test_an_issued_key_lets_in_with_its_scopes(keys: Keys):
    issued = keys.issue(order(Scope.READ))

    caller = keys.caller_of(issued.secret)

    assert (caller.key_id, caller.tenant) == (issued.key.id, CLINIC)
    assert caller.scopes == {Scope.READ}
    assert caller.may(Scope.READ)
    assert not caller.may(Scope.CREATE)


def test_admin_implies_every_scope(keys: Keys):
    caller = keys.caller_of(admin(keys).secret)

    assert all(caller.may(scope) for scope in Scope)


def test_keys_are_long_random_and_say_what_they_are(keys: Keys):
    live, test = admin(keys), admin(keys, sandbox_of(CLINIC))

    assert live.secret.startswith("sk_live_")
    assert test.secret.startswith("sk_test_")
    assert len(live.secret) == len("sk_live_") + 43
    assert live.key.hint == live.secret[-4:]
    assert live.secret not in repr(live)
    assert is_sandbox(keys.caller_of(test.secret).tenant)


def test_a_tenants_keys_are_listed_with_its_test_keys_and_nobody_elses(keys: Keys, watch: Watch):
    live = admin(keys).key
    watch.go_on(1)
    test = admin(keys, sandbox_of(CLINIC)).key
    admin(keys, OTHER)

    assert list(keys.list(CLINIC)) == [live, test]


def test_an_expired_key_lets_nobody_in_and_is_listed_for_a_while(keys: Keys, watch: Watch):
    issued = keys.issue(order(expires_in_s=60))
    keys.caller_of(issued.secret)

    watch.go_on(60)

    with pytest.raises(Unauthenticated):
        keys.caller_of(issued.secret)
    assert [key.id for key in keys.list(CLINIC)] == [issued.key.id]
    watch.go_on(FORGET_AFTER.total_seconds() + 1)
    newer = admin(keys).key
    assert list(keys.list(CLINIC)) == [newer]


def test_a_revoked_key_lets_nobody_in(keys: Keys):
    issued, _ = keys.issue(order(Scope.READ)), admin(keys)

    revoked = keys.revoke(CLINIC, issued.key.id, keep_an_admin=True)

    assert revoked == issued.key
    with pytest.raises(Unauthenticated):
        keys.caller_of(issued.secret)
    with pytest.raises(NoSuchKey):
        keys.revoke(CLINIC, issued.key.id, keep_an_admin=True)


def test_a_tenant_cannot_touch_anothers_key(keys: Keys):
    theirs = admin(keys, OTHER)

    with pytest.raises(NoSuchKey):
        keys.revoke(CLINIC, theirs.key.id, keep_an_admin=False)
    with pytest.raises(NoSuchKey):
        keys.rotate(CLINIC, theirs.key.id, overlap_s=0)
    assert keys.caller_of(theirs.secret).tenant == OTHER


def test_both_keys_let_in_during_the_overlap_of_a_rotation_and_then_the_new_one(
    keys: Keys, watch: Watch
):
    old = keys.issue(order(Scope.READ, Scope.CREATE, name="kiosk"))

    new = keys.rotate(CLINIC, old.key.id, overlap_s=100)

    assert keys.caller_of(old.secret).key_id == old.key.id
    assert keys.caller_of(new.secret).scopes == {Scope.READ, Scope.CREATE}
    assert new.key.name == "kiosk"
    assert by_id(keys)[old.key.id].replaced_by == new.key.id
    watch.go_on(100)
    assert keys.caller_of(new.secret).key_id == new.key.id
    with pytest.raises(Unauthenticated):
        keys.caller_of(old.secret)


def test_a_rotation_does_not_lengthen_the_old_keys_life_and_gives_the_new_one_as_long(
    keys: Keys, watch: Watch
):
    old = keys.issue(order(expires_in_s=100))
    watch.go_on(40)

    new = keys.rotate(CLINIC, old.key.id, overlap_s=1000)

    assert by_id(keys)[old.key.id].expires_at == old.key.expires_at
    assert new.key.expires_at == watch() + timedelta(seconds=100)


def by_id(keys: Keys) -> dict[KeyId, Key]:
    return {key.id: key for key in keys.list(CLINIC)}


def test_the_last_admin_key_stays_unless_the_operator_takes_it(keys: Keys):
    last = admin(keys)
    keys.issue(order(Scope.READ, Scope.CREATE))
    admin(keys, sandbox_of(CLINIC))

    with pytest.raises(LastAdminKey):
        keys.revoke(CLINIC, last.key.id, keep_an_admin=True)
    assert keys.caller_of(last.secret)
    keys.revoke(CLINIC, last.key.id, keep_an_admin=False)


def test_a_key_that_is_rotated_out_does_not_stand_in_for_the_last_admin(keys: Keys):
    old = admin(keys)
    new = keys.rotate(CLINIC, old.key.id, overlap_s=1000)

    with pytest.raises(LastAdminKey):
        keys.revoke(CLINIC, new.key.id, keep_an_admin=True)
    keys.revoke(CLINIC, old.key.id, keep_an_admin=True)


def test_only_the_settings_end_their_key(keys: Keys):
    keys.configure("sk_live_a", CLINIC)
    [key] = keys.list(CLINIC)

    with pytest.raises(KeyOfSettings):
        keys.revoke(CLINIC, key.id, keep_an_admin=False)
    with pytest.raises(KeyOfSettings):
        keys.rotate(CLINIC, key.id, overlap_s=0)


def test_a_tenant_has_a_bounded_number_of_keys(keys: Keys):
    for _ in range(MOST_KEYS):
        admin(keys)

    with pytest.raises(TooManyKeys):
        admin(keys)
    assert admin(keys, OTHER)


def test_the_last_use_is_noted_once_a_minute(keys: Keys, watch: Watch):
    issued = admin(keys)

    def noted() -> list[object]:
        return [key.last_used_at for key in keys.list(CLINIC)]

    assert noted() == [None]
    first = watch()
    keys.caller_of(issued.secret)
    assert eventually(lambda: noted() == [first])
    watch.go_on(59)
    keys.caller_of(issued.secret)
    watch.go_on(1)
    keys.caller_of(issued.secret)
    # Notes are written one after another: had there been one after 59 s, this one would not be.
    assert eventually(lambda: noted() == [first + timedelta(seconds=60)])


# What only Redis can show.


def test_a_key_of_an_earlier_release_still_lets_in(redis_url: str, watch: Watch):
    client = connect(redis_url)
    client.flushdb()
    keys = RedisKeys(client, watch)
    keys.configure("sk_live_old", CLINIC)
    [digest] = [*client.hgetall("mien:keys")]
    client.flushdb()
    client.hset("mien:keys", digest, "clinic")
    client.set("mien:configured-key", digest)

    caller = keys.caller_of("sk_live_old")

    assert (caller.tenant, caller.scopes) == (CLINIC, EVERY_SCOPE)
    keys.configure("sk_live_old", CLINIC)
    assert [key.of_settings for key in keys.list(CLINIC)] == [True]
    keys.configure("sk_live_new", CLINIC)
    with pytest.raises(Unauthenticated):
        keys.caller_of("sk_live_old")


def test_no_key_is_written_anywhere(redis_url: str, watch: Watch):
    client = connect(redis_url)
    client.flushdb()
    issued = admin(RedisKeys(client, watch))

    stored = [client.hgetall(name) for name in client.scan_iter("*")]

    assert len(stored) == 2
    assert issued.secret not in str(stored)
    assert issued.secret.removeprefix("sk_live_") not in str(stored)


def test_of_two_admins_who_revoke_each_other_at_once_one_stays(redis_url: str, watch: Watch):
    client = connect(redis_url)
    client.flushdb()
    keys, refused = RedisKeys(client, watch), list[Exception]()
    pair = [admin(keys).key.id, admin(keys).key.id]

    def revoke(key_id: KeyId) -> None:
        try:
            keys.revoke(CLINIC, key_id, keep_an_admin=True)
        except LastAdminKey as fault:
            refused.append(fault)

    threads = [threading.Thread(target=revoke, args=(one,)) for one in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert len(keys.list(CLINIC)) == 1


def test_a_store_that_is_away_is_one_fault(watch: Watch):
    keys = RedisKeys(connect("unix:///nowhere/redis.sock?db=0"), watch)

    with pytest.raises(StoreUnavailable):
        keys.caller_of("sk_live_a")
    with pytest.raises(StoreUnavailable):
        admin(keys)
    with pytest.raises(StoreUnavailable):
        keys.list(CLINIC)
