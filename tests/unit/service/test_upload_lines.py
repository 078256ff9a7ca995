"""Uploads over a socket: lines that break or fall silent, and two writers at once."""

import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

import httpx
import pytest
import uvicorn

from service import upload_chunks, upload_reception
from service.upload_chunks import LEASE_S, Chunk

MIB = 2**20
RECORDING = b"\x00\x00\x00\x18ftypisom" + bytes(range(251)) * 40_000
TUS = {"authorization": "Bearer sk_ours", "tus-resumable": "1.0.0"}
PATIENCE_S = 30.0


@contextmanager
def served(house, idle_s: float) -> Generator[httpx.Client]:
    """Serve the house on a socket; a line may be silent for so long."""
    house.build(upload_max_bytes=64 * MIB, idle_s=idle_s)
    config = uvicorn.Config(house.app, port=0, log_level="critical", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started)
        url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        with httpx.Client(base_url=url, headers=TUS, timeout=PATIENCE_S) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def api(house, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    monkeypatch.setattr(upload_reception, "BEAT_S", 0.05)
    with served(house, idle_s=PATIENCE_S) as client:
        yield client


def wait_until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def create(api: httpx.Client) -> str:
    answer = api.post("/v1/uploads", headers={"upload-length": str(len(RECORDING))})
    return answer.headers["location"]


def offset_of(api: httpx.Client, url: str) -> int:
    return int(api.head(url).headers["upload-offset"])


def patch(api: httpx.Client, url: str, offset: int, end: int = len(RECORDING)) -> httpx.Response:
    headers = {
        "upload-offset": str(offset),
        "content-type": "application/offset+octet-stream",
    }
    return api.patch(url, content=RECORDING[offset:end], headers=headers)


def begin(api: httpx.Client, url: str, sent: int, more: str = "") -> socket.socket:
    """Announce the whole recording, send some of it, and keep the line open."""
    line = socket.create_connection((api.base_url.host, api.base_url.port), timeout=PATIENCE_S)
    head = (
        f"PATCH {url} HTTP/1.1\r\nHost: mien\r\nAuthorization: Bearer sk_ours\r\n"
        "Tus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
        "Content-Type: application/offset+octet-stream\r\n"
        f"Content-Length: {len(RECORDING)}\r\n{more}\r\n"
    )
    line.sendall(head.encode() + RECORDING[:sent])
    return line


def status_of(line: socket.socket) -> int:
    found = re.match(rb"HTTP/1.1 (\d+)", line.recv(65536))
    assert found
    return int(found[1])


def count_what_comes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the lengths of what the service takes from its lines, as they come."""
    came: list[int] = []
    take = Chunk.add

    def add(chunk: Chunk, content: bytes) -> None:
        take(chunk, content)
        came.append(len(content))

    monkeypatch.setattr(Chunk, "add", add)
    return came


def file_of(house, url: str) -> bytes:
    path = house.blobs.uploads / url.rpartition("/")[2]
    return path.read_bytes() if path.exists() else b""


@pytest.mark.parametrize("sent", [1, 188, 189, 70_000, 5 * MIB])
def test_what_arrived_before_a_silence_is_kept(house, api, sent):
    url = create(api)
    with begin(api, url, sent):
        wait_until(lambda: house.uploads.get(url.rpartition("/")[2]).offset == sent)

    answer = patch(api, url, offset_of(api, url))

    assert answer.status_code == 204
    assert file_of(house, url) == RECORDING


@pytest.mark.parametrize("reset", [False, True])
def test_what_arrived_before_a_cut_is_kept(house, api, monkeypatch, reset):
    # Given a line that is cut between two moments at which the service would sync by itself
    monkeypatch.setattr(upload_reception, "BEAT_S", 60)
    monkeypatch.setattr(upload_chunks, "SYNC_BYTES", 2**40)
    came = count_what_comes(monkeypatch)
    url = create(api)
    line = begin(api, url, 6 * MIB)
    # All of it: what is still on its way when a line is reset is lost to everybody.
    wait_until(lambda: sum(came) == 6 * MIB)

    # When it is cut
    if reset:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.close()

    # Then nothing of it is sent again
    wait_until(lambda: offset_of(api, url) == 6 * MIB)
    assert patch(api, url, 6 * MIB).status_code == 204
    assert file_of(house, url) == RECORDING


def test_a_chunk_with_a_checksum_that_is_cut_off_is_not_kept(house, api):
    url = create(api)
    line = begin(api, url, 3 * MIB, f"Upload-Checksum: sha1 {'A' * 27}=\r\n")
    wait_until(lambda: len(file_of(house, url)) >= MIB)
    line.close()

    wait_until(lambda: file_of(house, url) == b"")
    assert offset_of(api, url) == 0


def test_while_one_writes_another_is_refused(house, api, monkeypatch):
    monkeypatch.setattr(upload_reception.UploadReception, "_looks", 5)
    url = create(api)
    with begin(api, url, 100_000):
        wait_until(lambda: house.uploads.get(url.rpartition("/")[2]).offset == 100_000)

        answer = patch(api, url, 100_000)

    assert (answer.status_code, answer.json()["code"]) == (423, "upload_locked")
    assert answer.headers["retry-after"] == "1"


def test_who_comes_back_overtakes_a_line_that_fell_silent(house, api, watch):
    # Given a dead line that the service still listens to
    url = create(api)
    with begin(api, url, 100_000) as dead:
        wait_until(lambda: house.uploads.get(url.rpartition("/")[2]).offset == 100_000)
        watch.go_on(LEASE_S)

        # When the caller comes back, and the dead line wakes up in the middle of it
        answer = patch(api, url, 100_000, 200_000)
        dead.sendall(b"late" * 300_000)

        # Then the late bytes reach nothing
        assert answer.status_code == 204
        assert status_of(dead) == 423
    assert patch(api, url, 200_000).status_code == 204
    assert file_of(house, url) == RECORDING


def test_a_slow_line_that_nobody_overtook_goes_on(house, api, watch):
    url = create(api)
    with begin(api, url, 100_000) as slow:
        wait_until(lambda: house.uploads.get(url.rpartition("/")[2]).offset == 100_000)
        watch.go_on(LEASE_S)
        slow.sendall(RECORDING[100_000:])

        assert status_of(slow) == 204
    assert file_of(house, url) == RECORDING


def test_a_silent_line_is_told_and_what_came_is_kept(house):
    with served(house, idle_s=2.0) as api:
        url = create(api)
        with begin(api, url, 100_000) as silent:
            assert status_of(silent) == 408

        assert offset_of(api, url) == 100_000


def test_an_upload_that_is_given_up_while_it_arrives_is_gone(house, api):
    url = create(api)
    with begin(api, url, 100_000) as line:
        wait_until(lambda: house.uploads.get(url.rpartition("/")[2]).offset == 100_000)
        assert api.delete(url).status_code == 204
        line.sendall(RECORDING[100_000 : 3 * MIB])

        assert status_of(line) == 410
    assert list(house.blobs.uploads.iterdir()) == []


def test_what_is_announced_too_long_is_refused_before_it_is_sent(api):
    address = (api.base_url.host, api.base_url.port)
    with socket.create_connection(address, timeout=PATIENCE_S) as line:
        line.sendall(
            b"POST /v1/uploads HTTP/1.1\r\nHost: mien\r\nAuthorization: Bearer sk_ours\r\n"
            b"Tus-Resumable: 1.0.0\r\nUpload-Length: 1000000000\r\n"
            b"Content-Type: application/offset+octet-stream\r\nContent-Length: 1000000000\r\n"
            b"Expect: 100-continue\r\n\r\n"
        )
        answer = line.recv(65536)

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer.lower()


def test_a_chunk_of_unknown_length_is_cut_at_the_length_of_the_upload(house, api):
    url = create(api)
    patch(api, url, 0, 1000)

    def endless() -> Iterator[bytes]:
        for _ in range(24):
            yield bytes(MIB)

    headers = {"upload-offset": "1000", "content-type": "application/offset+octet-stream"}
    answer = api.patch(url, content=endless(), headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    wait_until(lambda: len(file_of(house, url)) <= len(RECORDING))
    assert patch(api, url, offset_of(api, url)).status_code == 204
