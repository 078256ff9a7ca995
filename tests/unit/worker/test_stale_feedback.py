import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from adapters.feedback_files import FOLDER, FolderFeedback
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


def test_what_can_no_longer_be_read_is_erased_by_age_too(watch: Watch, tmp_path: Path):
    store = FolderFeedback(tmp_path)
    store.put(BDI)
    [path] = (tmp_path / FOLDER).iterdir()
    path.write_bytes(path.read_bytes()[:-9])
    os.utime(path, (NOON.timestamp(), NOON.timestamp()))
    stale = StaleFeedback(store, watch, ttl_s=100)
    watch.go_on(99)
    assert stale.erase() == 0

    watch.go_on(1)

    assert stale.erase() == 1
    assert list((tmp_path / FOLDER).iterdir()) == []
