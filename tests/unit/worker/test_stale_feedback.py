from dataclasses import replace
from datetime import timedelta

from adapters.memory_feedback import MemoryFeedback
from tests.conftest import NOON, Watch
from tests.ports.test_feedback import BDI, PHQ
from worker.stale_feedback import StaleFeedback


def test_feedback_is_erased_when_its_own_time_is_over_and_not_before(watch: Watch):
    store, later = MemoryFeedback(), replace(PHQ, received_at=NOON + timedelta(seconds=50))
    store.put(BDI)
    store.put(later)
    stale = StaleFeedback(store, watch, ttl_s=100)
    watch.go_on(99)
    assert stale.erase() == 0

    watch.go_on(1)

    assert stale.erase() == 1
    assert list(store.all()) == [later]
