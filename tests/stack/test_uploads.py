"""Resumable uploads by a client that others wrote, over lines that break."""

import hashlib
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tusclient.client import TusClient

from tests.stack.conftest import Stack
from tests.stack.cutting_proxy import breaking_line
from tests.stack.plain_service import Service, plain_service

MIB = 2**20
HEAD = b"\x00\x00\x00\x18ftypisom"


def upload(port: int, headers: dict[str, str], file: Path, **options) -> str:
    """Upload the file as the library does it and return the upload's id."""
    client = TusClient(f"http://127.0.0.1:{port}/v1/uploads", headers=headers)
    with file.open("rb") as stream:
        uploader = client.uploader(file_stream=stream, retries=100, retry_delay=0.05, **options)
        uploader.upload()
    assert uploader.url is not None
    return uploader.url.rpartition("/")[2]


def a_file(path: Path, size: int) -> Path:
    """Write a file that begins like a recording; no two of its MiB are the same."""
    with path.open("wb") as file:
        file.write(HEAD)
        for number in range(size // MIB):
            file.write(hashlib.shake_256(str(number).encode()).digest(4096) * (MIB // 4096))
        file.truncate(size)
    return path


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    limit = str(2048 * MIB)
    with (
        tempfile.TemporaryDirectory(prefix="mien-") as short,
        plain_service(tmp_path, Path(short) / "redis", MIEN_UPLOAD_MAX_BYTES=limit) as running,
    ):
        yield running


@pytest.mark.stack
@pytest.mark.parametrize("checksum", [False, True])
def test_an_upload_over_a_breaking_line_becomes_an_assessment(
    stack: Stack, nobody: Path, checksum: bool
):
    headers = {"Authorization": f"Bearer {stack.key}"}
    before = set((stack.data / "uploads").iterdir())  # of tests that ran first
    size = nobody.stat().st_size
    with breaking_line(stack.port, size, 6, seed=size) as line:
        upload_id = upload(
            line.port, headers, nobody, chunk_size=size // 5, upload_checksum=checksum
        )

    with stack.client() as api:
        request = {"source": {"upload_id": upload_id}, "sha256": digest(nobody)}
        answer = api.post("/v1/assessments", json=request)
        again = api.post("/v1/assessments", json=request)

    assert len(line.happened) == 6
    assert answer.status_code == 202, answer.text
    assert again.status_code == 422
    assert set((stack.data / "uploads").iterdir()) <= before
    ended = stack.wait(answer.json()["id"])
    assert ended["status"] == "succeeded"
    assert ended["result"]["provenance"]["video_sha256"] == digest(nobody)


@pytest.mark.slow
def test_300_mb_over_a_line_that_breaks_20_times_arrive_unchanged(
    service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = a_file(tmp_path / "recording", 300_000_000)
    began = time.monotonic()
    with breaking_line(service.port, 300_000_000, 20, seed=300) as line:
        upload_id = upload(line.port, service.headers, file, chunk_size=64 * MIB)

    with capsys.disabled():
        seconds, resent = time.monotonic() - began, line.passed / 300_000_000 - 1
        said = f"{len(line.happened)} breaks: {seconds:.1f} s, {resent:.1%} sent again"
        sys.stdout.write(f"\n300 MB, {said}\n")
    assert len(line.happened) == 20
    assert digest(service.data / "uploads" / upload_id) == digest(file)


@pytest.mark.slow
def test_an_upload_of_1_gib_does_not_grow_the_service(
    service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    small, large = a_file(tmp_path / "small", 8 * MIB), a_file(tmp_path / "large", 1024 * MIB)
    upload(service.port, service.headers, small, chunk_size=4 * MIB)
    before = service.resident_bytes()
    began = time.monotonic()

    upload_id = upload(service.port, service.headers, large, chunk_size=128 * MIB)

    growth = service.resident_bytes("VmHWM") - before
    with capsys.disabled():
        seconds = time.monotonic() - began
        sys.stdout.write(f"\n1 GiB in {seconds:.1f} s, grew by {growth / MIB:.1f} MiB at most\n")
    assert growth <= 32 * MIB
    assert digest(service.data / "uploads" / upload_id) == digest(large)
