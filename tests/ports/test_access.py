import pytest

from assessment.assessment import Tenant
from assessment.faults import Unauthenticated
from tests.ports.conftest import Store


def test_a_key_speaks_for_its_tenant(store: Store):
    store.keys.configure("sk_live_a", Tenant("clinic"))

    assert store.keys.tenant_of("sk_live_a") == "clinic"


def test_an_unknown_key_is_nobodys(store: Store):
    store.keys.configure("sk_live_a", Tenant("clinic"))

    with pytest.raises(Unauthenticated):
        store.keys.tenant_of("sk_live_b")


def test_a_key_that_the_settings_replaced_is_nobodys(store: Store):
    store.keys.configure("sk_live_a", Tenant("clinic"))
    store.keys.configure("sk_live_b", Tenant("clinic"))

    assert store.keys.tenant_of("sk_live_b") == "clinic"
    with pytest.raises(Unauthenticated):
        store.keys.tenant_of("sk_live_a")


def test_a_worker_is_present_until_it_falls_silent(store: Store):
    store.roster.sign_in("one", {"hmhn": "ab"}, for_s=0.1)
    store.roster.sign_in("two", {}, for_s=60)
    assert dict(store.roster.present()) == {"one": {"hmhn": "ab"}, "two": {}}

    store.go_on(0.2)

    assert dict(store.roster.present()) == {"two": {}}
