from tests.ports.conftest import Store


def test_a_worker_is_present_until_it_falls_silent(store: Store):
    store.roster.sign_in("one", {"hmhn": "ab"}, for_s=0.1)
    store.roster.sign_in("two", {}, for_s=60)
    assert dict(store.roster.present()) == {"one": {"hmhn": "ab"}, "two": {}}

    store.go_on(0.2)

    assert dict(store.roster.present()) == {"two": {}}
