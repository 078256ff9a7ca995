import errno
import os
from pathlib import Path

import pytest

from adapters.blobs import FolderBlobs
from assessment.assessment import AssessmentId
from tests.samples import an_id


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    store = FolderBlobs(tmp_path / "data")
    store.prepare()
    return store


def test_a_blob_comes_back_and_only_its_owner_may_read_it(blobs: FolderBlobs):
    blobs.put(an_id(), "request.json", b"{}")

    path = blobs.path(an_id(), "request.json")
    assert blobs.get(an_id(), "request.json") == b"{}"
    assert path is not None
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    assert list(blobs.staging.iterdir()) == []


def test_what_was_never_stored_is_none(blobs: FolderBlobs):
    assert blobs.get(an_id(), "video") is None
    assert blobs.path(an_id(), "video") is None
    blobs.remove(an_id(), "video")
    assert blobs.erase(an_id()) == []


def test_erasing_names_what_was_there_and_leaves_nothing(blobs: FolderBlobs):
    blobs.put(an_id(), "video", b"pictures")
    blobs.put(an_id(), "request.json", b"{}")

    assert blobs.erase(an_id()) == ["request.json", "video"]
    assert blobs.stored() == []


def test_what_the_disk_does_not_let_go_is_not_said_to_be_erased(
    blobs: FolderBlobs, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    blobs.put(an_id(), "video", b"pictures")
    blobs.put(an_id(), "request.json", b"{}")
    unlink = os.unlink

    def keeps_videos(path: str, **how: int) -> None:
        if path == "video":
            raise PermissionError(errno.EROFS, "read-only", path)
        unlink(path, **how)

    monkeypatch.setattr(os, "unlink", keeps_videos)

    assert blobs.erase(an_id()) == ["request.json"]
    assert "1 blobs could not be erased" in caplog.text
    monkeypatch.undo()
    assert blobs.erase(an_id()) == ["video"]
    assert blobs.stored() == []


@pytest.mark.parametrize("name", ["..", "asm_x", "../../etc", "", "asm_" + "g" * 32])
def test_an_id_that_is_no_id_reaches_no_path(blobs: FolderBlobs, name: str):
    with pytest.raises(ValueError, match="no id"):
        blobs.put(AssessmentId(name), "video", b"")


def test_a_write_that_fails_leaves_nothing(blobs: FolderBlobs):
    with pytest.raises(TypeError):
        blobs.put(an_id(), "video", "text")  # pyright: ignore[reportArgumentType]

    assert list(blobs.staging.iterdir()) == []
    assert blobs.stored() == []


def test_broken_uploads_are_cleared_when_they_are_old(blobs: FolderBlobs):
    (blobs.staging / "half").write_bytes(b"x")

    assert blobs.clear_staging(older_than_s=60) == 0
    assert blobs.clear_staging(older_than_s=-1) == 1
