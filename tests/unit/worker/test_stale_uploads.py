"""What the sweeper does about uploads that nobody will finish."""

import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.memory_uploads import MemoryUploads
from adapters.upload_files import UploadFiles
from assessment.assessment import Tenant
from assessment.faults import StoreUnavailable
from assessment.uploads import Upload, UploadId
from tests.conftest import Watch
from worker.orphans import ORPHAN_S
from worker.stale_uploads import StaleUploads

HOUR_S = 3600.0


@dataclass
class Cellar:
    """Uploads, and who cleans up after them."""

    folder: Path
    watch: Watch

    def __post_init__(self) -> None:
        self.records, self.files = MemoryUploads(self.watch), UploadFiles(self.folder)
        self.stale = StaleUploads(self.records, self.files)

    def upload(self, number: int) -> Upload:
        upload_id = UploadId(f"upl_{number:032x}")
        expires_at = self.watch() + timedelta(seconds=HOUR_S)
        upload = Upload(id=upload_id, tenant=Tenant("ours"), length=10, expires_at=expires_at)
        self.records.open(upload, most=20, room_bytes=10**9)
        self.write(upload)
        return upload

    def write(self, upload: Upload) -> None:
        file = self.files.open(upload.id)
        file.write(b"pictures", at=0)
        file.close()


@pytest.fixture
def cellar(tmp_path: Path, watch: Watch) -> Cellar:
    return Cellar(tmp_path, watch)


def test_an_upload_goes_when_its_time_is_over_and_not_before(cellar: Cellar):
    old = cellar.upload(1)
    assert cellar.stale.erase() == 0

    cellar.watch.go_on(HOUR_S / 2)
    young = cellar.upload(2)
    cellar.watch.go_on(HOUR_S / 2)

    assert cellar.stale.erase() == 1
    assert cellar.files.stored() == [young.id]
    assert list(cellar.records.stored) == [young.id]
    assert old.id in cellar.records.closed


def test_a_sweep_that_died_half_way_is_done_again(cellar: Cellar, monkeypatch: pytest.MonkeyPatch):
    upload = cellar.upload(1)
    cellar.watch.go_on(HOUR_S)

    def away(_: Upload) -> None:
        raise StoreUnavailable

    with monkeypatch.context() as patched:
        patched.setattr(cellar.records, "close", away)
        with pytest.raises(StoreUnavailable):
            cellar.stale.erase()
    assert cellar.files.stored() == []

    assert cellar.stale.erase() == 1
    assert upload.id in cellar.records.closed


def test_a_file_of_an_upload_that_is_gone_goes_at_once(cellar: Cellar):
    upload = cellar.upload(1)
    cellar.records.close(upload)

    assert cellar.stale.erase() == 1
    assert cellar.files.stored() == []


def test_a_file_that_no_record_knows_goes_when_it_is_old(cellar: Cellar):
    orphan = cellar.upload(1)
    cellar.records.stored.clear()
    assert cellar.stale.erase() == 0

    path = cellar.files.path(orphan.id)
    before = path.stat().st_mtime - ORPHAN_S - 1
    os.utime(path, (before, before))

    assert cellar.stale.erase() == 1
    assert cellar.files.stored() == []


def test_what_is_no_upload_is_left_alone(cellar: Cellar):
    (cellar.folder / "note").write_text("of an operator")

    assert cellar.stale.erase() == 0
    assert (cellar.folder / "note").exists()
