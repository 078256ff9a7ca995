from assessment.fitness import Unfit
from tests.ports.conftest import Store


def test_a_worker_is_present_until_it_falls_silent(store: Store):
    store.roster.sign_in("one", {"hmhn": "ab"}, for_s=30)
    store.roster.sign_in("two", {}, for_s=600)
    assert dict(store.roster.present()) == {"one": {"hmhn": "ab"}, "two": {}}

    store.go_on(31)

    assert dict(store.roster.present()) == {"two": {}}


def test_why_a_worker_does_not_score_is_kept_as_long_as_the_worker_says_so(store: Store):
    drift = Unfit("hmhn", "golden_drift", "expected 20, got 25", 20.0, 25.0, 0.05)
    store.roster.sign_in("one", {"expression": "ab"}, for_s=60, unfit=[drift])
    store.roster.sign_in("two", {"hmhn": "cd"}, for_s=60)

    assert {name: list(found) for name, found in store.roster.unfit().items()} == {"one": [drift]}

    store.roster.sign_in("one", {"expression": "ab", "hmhn": "cd"}, for_s=60)
    assert dict(store.roster.unfit()) == {}


def test_the_reasons_of_a_worker_that_fell_silent_are_gone(store: Store):
    missing = Unfit("", "misconfigured", "no face detector")
    store.roster.sign_in("one", {}, for_s=30, unfit=[missing])

    store.go_on(31)

    assert dict(store.roster.unfit()) == {}
