from tests.samples import an_id
from worker.clean import MARGIN_S, TRUSTED_S, Clean


class Clock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def test_what_did_not_change_since_it_was_found_clean_is_not_looked_at_again():
    clock = Clock()
    clean = Clean(clock)
    clean.note(an_id())

    clock.now_s += 60

    assert clean.is_still(an_id(), unchanged_s=60 + MARGIN_S)
    assert not clean.is_still(an_id(2), unchanged_s=60 + MARGIN_S)


def test_what_changed_after_or_just_before_it_was_found_clean_is_looked_at_again():
    clock = Clock()
    clean = Clean(clock)
    clean.note(an_id())

    clock.now_s += 60

    assert not clean.is_still(an_id(), unchanged_s=59)
    assert not clean.is_still(an_id(), unchanged_s=60 + MARGIN_S / 2)


def test_what_took_a_step_or_was_clean_long_ago_is_looked_at_again():
    clock = Clock()
    clean = Clean(clock)
    clean.note(an_id(1))
    clean.note(an_id(2))
    clean.forget(an_id(1))
    assert not clean.is_still(an_id(1), unchanged_s=9000)
    assert clean.is_still(an_id(2), unchanged_s=9000)

    clock.now_s += TRUSTED_S

    assert not clean.is_still(an_id(2), unchanged_s=9000)


def test_what_is_stored_no_more_is_forgotten():
    clean = Clean(Clock())
    clean.note(an_id(1))
    clean.note(an_id(2))

    clean.keep([an_id(2)])

    assert not clean.is_still(an_id(1), unchanged_s=9000)
    assert clean.is_still(an_id(2), unchanged_s=9000)
