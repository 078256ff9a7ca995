"""The files of the audit stream when the machine around them misbehaves."""

import os
import resource
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.audit_files import FolderAudit, kept
from tests.conftest import Watch
from tests.samples import ENTRY


def until(holds: Callable[[], bool]) -> bool:
    """Wait for a condition; say whether it came."""
    end = time.monotonic() + 10
    while not holds() and time.monotonic() < end:
        time.sleep(0.01)
    return holds()


@pytest.fixture
def audit(tmp_path: Path, watch: Watch) -> FolderAudit:
    return FolderAudit(tmp_path / "audit", watch, keep_days=30)


def test_a_clock_that_is_set_back_over_midnight_breaks_no_chain(audit: FolderAudit, watch: Watch):
    for days in (0, 1, -1, 1):
        watch.go_on(timedelta(days=days).total_seconds())
        audit.note(ENTRY)
        audit.note(replace(ENTRY, status=404))

    assert [holds for *_, holds in kept(audit.folder)] == [True] * 8


def test_a_line_that_is_no_text_is_told_as_damage(audit: FolderAudit):
    for _ in range(3):
        audit.note(ENTRY)
    (path,) = audit.folder.iterdir()
    first, second, third = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + b"\xff" + second + third)

    broken = [number for _, number, _, holds in kept(audit.folder) if not holds]

    assert broken[0] == 2


@contextmanager
def no_more_descriptors() -> Generator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest_free = os.dup(0)
    os.close(lowest_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_entries_go_to_the_disk_again_when_there_are_descriptors_again(
    tmp_path: Path, watch: Watch, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    # given
    monkeypatch.setattr("adapters.audit_files.SYNC_EVERY_S", 0.01)
    audit = FolderAudit(tmp_path / "audit", watch, keep_days=30)
    audit.note(ENTRY)
    synced(audit)

    # when
    with no_more_descriptors():
        audit.note(ENTRY)
        synced(audit)
        told = until(lambda: "may not be on the disk" in caplog.text)
    audit.note(ENTRY)

    # then
    assert told
    assert synced(audit)


def synced(audit: FolderAudit) -> bool:
    """Say whether the thread took up what there is to be synced."""
    return until(lambda: not audit._unsynced.is_set())
