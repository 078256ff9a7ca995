"""Over a socket: refusals reach callers that still send; who vanishes leaves nothing."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
import uvicorn

HEAD = b"\x00\x00\x00\x18ftypisom"
PART = b'--edge\r\nContent-Disposition: form-data; name="video"; filename="a"\r\n\r\n'
MIB = 2**20
PATIENCE_S = 30.0


@pytest.fixture
def port(house) -> Iterator[int]:
    house.build(upload_max_bytes=64 * MIB)
    config = uvicorn.Config(
        house.app, port=0, log_level="critical", server_header=False, access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_until(lambda: server.started)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


def wait_until(happened: Callable[[], bool], seconds: float = PATIENCE_S) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def head(length: int, key: str = "sk_ours", more: str = "") -> bytes:
    return (
        f"POST /v1/assessments HTTP/1.1\r\nHost: mien\r\nAuthorization: Bearer {key}\r\n"
        "Content-Type: multipart/form-data; boundary=edge\r\n"
        f"Content-Length: {length}\r\n{more}\r\n"
    ).encode()


def answer_to(port: int, header: bytes, chunks: Iterator[bytes]) -> tuple[bytes, int]:
    """Send until the server says stop; return its answer and how much was sent."""
    sent = 0
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
        connection.sendall(header)
        try:
            for chunk in chunks:
                connection.sendall(chunk)
                sent += len(chunk)
        except (BrokenPipeError, ConnectionResetError):
            pass
        received = b""
        while more := connection.recv(65536):
            received += more
    return received, sent


def recording(megabytes: int, start: bytes = HEAD) -> Iterator[bytes]:
    yield PART + start
    for _ in range(megabytes):
        yield bytes(MIB)


def test_a_large_recording_arrives_whole(house, port):
    video = HEAD + bytes(range(256)) * 4096 * 40

    answer = httpx.post(
        f"http://127.0.0.1:{port}/v1/assessments",
        headers={"authorization": "Bearer sk_ours"},
        files={"video": ("a.mp4", video)},
        timeout=PATIENCE_S,
    )

    path = house.blobs.path(answer.json()["id"], "video")
    assert answer.status_code == 202
    assert "server" not in answer.headers
    assert path.read_bytes() == video


def test_a_body_that_is_announced_too_large_is_refused_before_it_is_sent(house, port):
    received, _ = answer_to(port, head(10**12, more="Expect: 100-continue\r\n"), iter(()))

    assert received.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in received.lower()
    assert b"limit_bytes" in received
    assert house.empty


def test_a_caller_that_still_sends_reads_why_it_is_refused(house, port):
    text = b"plain text" * 30
    # Not a byte more than is announced: it would be another request, and close the connection.
    length = len(PART) + len(text) + 60 * MIB

    received, _ = answer_to(port, head(length), recording(60, start=text))

    assert received.startswith(b"HTTP/1.1 415 ")
    assert b"not_a_video" in received
    assert house.empty


def test_a_caller_without_a_key_reads_why_while_it_sends(house, port):
    received, _ = answer_to(port, head(60 * MIB, key="sk_no"), recording(59))

    assert received.startswith(b"HTTP/1.1 401 ")
    assert house.empty


def test_an_unannounced_body_is_cut_at_the_limit(house, port):
    header = head(0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    chunks = (b"%x\r\n%b\r\n" % (len(one), one) for one in recording(80))

    received, _ = answer_to(port, header, chunks)

    assert received.startswith(b"HTTP/1.1 413 ")
    wait_until(lambda: house.empty)


@pytest.mark.parametrize("cut", [0, 10, len(PART), len(PART) + 5, 300_000, 3_000_000])
def test_a_caller_that_vanishes_leaves_nothing(house, port, cut):
    content = b"".join(recording(3))
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(head(len(content) + 1000) + content[:cut])
        if cut > len(PART) + len(HEAD):
            wait_until(lambda: any(house.blobs.staging.iterdir()))

    # Not before the service has ended the request: until it begins there is nothing to leave.
    wait_until(lambda: given_up(port) == 1)
    assert house.empty
    assert httpx.get(f"http://127.0.0.1:{port}/livez", timeout=PATIENCE_S).status_code == 200


def given_up(port: int) -> int:
    """Return how many creates were ended because the caller had gone."""
    page = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE_S).text
    counted = r'mien_http_requests_total{method="POST",route="/v1/assessments",status="499"} (\d+)'
    found = re.search(counted, page)
    return int(found[1]) if found else 0
