"""Files of uploads: private, one writer at a moment, no way around."""

import errno
import os
from pathlib import Path

import pytest

from adapters.upload_files import UploadFile, UploadFiles
from assessment.faults import Stale, StorageFull
from assessment.uploads import UploadId

ID = UploadId("upl_" + "0" * 32)


@pytest.fixture
def files(tmp_path: Path) -> UploadFiles:
    return UploadFiles(tmp_path)


@pytest.mark.parametrize("name", ["..", "upl_x", "../../etc", "", "upl_" + "g" * 32, ID + "\n"])
def test_an_id_that_is_no_id_reaches_no_path(files: UploadFiles, name: str):
    with pytest.raises(ValueError, match="no id"):
        files.open(UploadId(name))


def test_a_link_is_not_followed(files: UploadFiles, tmp_path: Path):
    target = tmp_path / "target"
    target.write_bytes(b"somebody else's")
    (tmp_path / ID).symlink_to(target)

    with pytest.raises(OSError, match="symbolic links") as fault:
        files.open(ID)
    assert fault.value.errno == errno.ELOOP


def test_one_writer_is_alone_with_the_file(files: UploadFiles, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("adapters.upload_files.LOCK_TRIES", 2)
    one, other = files.open(ID), files.open(ID)

    with one.alone(), pytest.raises(Stale), other.alone():
        pass
    with other.alone():
        other.write(b"now", at=0)

    assert one.head(10) == b"now"
    one.close()
    other.close()


def test_a_full_disk_is_one_fault():
    # Given a file that is full, always
    file = UploadFile(os.open("/dev/full", os.O_RDWR))

    with pytest.raises(StorageFull):
        file.write(b"pictures", at=0)
    file.close()


def test_of_several_that_move_a_file_one_wins(files: UploadFiles, tmp_path: Path):
    file = files.open(ID)
    file.write(b"pictures", at=0)
    file.close()

    files.move(ID, tmp_path / "mine")

    assert (tmp_path / "mine").read_bytes() == b"pictures"
    with pytest.raises(FileNotFoundError):
        files.move(ID, tmp_path / "yours")
    assert files.size(ID) == 0
