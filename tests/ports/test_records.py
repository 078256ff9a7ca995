from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from assessment.assessment import Assessment, Outcome, Progress, Stage, Status
from assessment.faults import Gone, NotFound, Stale
from tests.ports.conftest import Store
from tests.samples import NOON, an_assessment, an_id

LEASE_S = 30.0


def claim(store: Store, assessment: Assessment) -> Assessment:
    claimed = assessment.to(Status.PROCESSING, at=NOON)
    store.records.save(claimed, was=assessment, look_again_s=LEASE_S)
    return claimed


def finish(store: Store, claimed: Assessment) -> Assessment:
    ended = claimed.to(Status.SUCCEEDED, at=NOON, outcome=Outcome.REPORTED)
    store.records.save(ended, was=claimed, look_again_s=LEASE_S)
    return ended


def add(store: Store, assessment: Assessment) -> Assessment:
    store.records.add(assessment, look_again_s=LEASE_S)
    return assessment


def test_what_was_added_comes_back_as_it_was(store: Store):
    added = add(store, an_assessment())

    assert store.records.get(added.id) == added


def test_an_unknown_id_is_not_found(store: Store):
    with pytest.raises(NotFound):
        store.records.get(an_id(99))


def test_a_saved_step_comes_back_whole(store: Store):
    ended = finish(store, claim(store, add(store, an_assessment())))

    assert store.records.get(ended.id) == ended


def test_a_step_from_an_old_state_is_stale(store: Store):
    waiting = add(store, an_assessment())
    claim(store, waiting)

    with pytest.raises(Stale):
        claim(store, waiting)


def test_the_attempt_fences_off_a_worker_given_up_for_dead(store: Store):
    first = claim(store, add(store, an_assessment()))
    back = first.to(Status.QUEUED, at=NOON, crashed=True)
    store.records.save(back, was=first, look_again_s=LEASE_S)
    claim(store, back)

    with pytest.raises(Stale):
        finish(store, first)
    with pytest.raises(Stale):
        store.records.renew(first, Progress(), lease_s=1)


def test_of_many_workers_that_claim_at_once_one_wins(store: Store):
    waiting = add(store, an_assessment())

    def try_claim(_: int) -> bool:
        try:
            claim(store, waiting)
        except Stale:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        wins = list(pool.map(try_claim, range(8)))

    assert sum(wins) == 1


def test_an_assessment_is_due_when_its_time_has_come(store: Store):
    waiting = add(store, an_assessment())
    assert list(store.records.due(10)) == []

    store.go_on(2 * LEASE_S)

    assert list(store.records.due(10)) == [waiting.id]


def test_a_renewed_lease_is_not_due_and_shows_its_progress(store: Store):
    claimed = claim(store, add(store, an_assessment()))

    store.records.renew(claimed, Progress(Stage.SCORING, 40), lease_s=100)
    store.go_on(2 * LEASE_S)

    assert list(store.records.due(10)) == []
    assert store.records.get(claimed.id).progress == Progress(Stage.SCORING, 40)


def test_of_two_sweepers_one_postpones(store: Store):
    waiting = add(store, an_assessment())
    store.go_on(2 * LEASE_S)

    store.records.postpone(waiting, look_again_s=100)
    store.records.postpone(waiting, look_again_s=0)

    assert list(store.records.due(10)) == []


def test_a_finished_assessment_is_never_due(store: Store):
    finish(store, claim(store, add(store, an_assessment())))

    store.go_on(2 * LEASE_S)

    assert list(store.records.due(10)) == []


def test_an_end_is_put_into_the_outbox_and_what_goes_on_is_not(store: Store):
    claimed = claim(store, add(store, an_assessment()))
    assert store.outbox.take(lease_s=1) is None

    finish(store, claimed)

    ending = store.outbox.take(lease_s=1)
    assert ending is not None
    assert (ending.assessment_id, ending.sequence) == (an_id(), 1)


def test_a_taken_ending_is_hidden_until_its_lease_ends(store: Store):
    finish(store, claim(store, add(store, an_assessment())))
    first = store.outbox.take(lease_s=LEASE_S)
    assert store.outbox.take(lease_s=LEASE_S) is None

    store.go_on(2 * LEASE_S)

    assert store.outbox.take(lease_s=LEASE_S) == first


def test_an_ending_is_closed_for_good(store: Store):
    finish(store, claim(store, add(store, an_assessment())))
    ending = store.outbox.take(lease_s=LEASE_S)
    assert ending is not None

    store.outbox.close(ending)
    store.go_on(2 * LEASE_S)

    assert store.outbox.take(lease_s=100) is None


def test_an_erased_assessment_is_gone_with_all_that_belongs_to_it(store: Store):
    ended = finish(store, claim(store, add(store, an_assessment())))

    store.records.erase(ended)

    with pytest.raises(Gone) as gone:
        store.records.get(ended.id)
    assert gone.value.tenant == ended.tenant
    with pytest.raises(Stale):
        store.records.renew(ended, Progress(), lease_s=1)
    assert store.outbox.take(lease_s=1) is None
    assert list(store.records.due(10)) == []


def test_the_queue_knows_who_is_ahead_and_how_many_there_are(store: Store):
    first = add(store, an_assessment(1))
    second = replace(an_assessment(2), created_at=NOON.replace(minute=1))
    add(store, second)
    assert [store.records.position(one) for one in (first, second)] == [0, 1]

    claimed = claim(store, first)

    assert store.records.position(claimed) is None
    assert store.records.position(second) == 0
    assert dict(store.records.counts()) == {Status.QUEUED: 1, Status.PROCESSING: 1}
