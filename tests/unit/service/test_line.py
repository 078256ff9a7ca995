"""Connections over a socket: each way of keeping one busy comes to an end."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from typing import ClassVar

import httpx
import pytest
import uvicorn

from service.line import HEAD_BYTES, Line
from service.patience import Credit
from tests.hostile_clients import KINDS, Kind, Slow

SOCKETS = 20
LIMIT_S = 60.0
KEYED = b"Host: mien\r\nAuthorization: Bearer sk_ours\r\n"


class Hurried(Line):
    head_s: ClassVar[float] = 0.5
    stall_s: ClassVar[float] = 0.5


@pytest.fixture
def port(house) -> Iterator[int]:
    house.build(idle_s=0.5)
    config = uvicorn.Config(
        house.app, port=0, http=Hurried, ws="none", log_level="critical", timeout_keep_alive=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    end = time.monotonic() + LIMIT_S
    while not server.started:
        assert time.monotonic() < end, "the server did not start"
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


def say(port: int, content: bytes) -> bytes:
    """Send bytes as they are, and read until the service closes the connection."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=LIMIT_S) as line:
        line.sendall(content)
        while received := line.recv(65536):
            answer += received
    return answer


def code_of(answer: bytes) -> tuple[int, str]:
    found = re.search(rb'HTTP/1.1 (\d+) .*"code":"([a-z_]+)"', answer, re.DOTALL)
    assert found, answer
    return int(found[1]), found[2].decode()


def test_every_kind_of_slow_client_is_closed(house, port):
    with_our_key = [
        Kind(
            kind.name,
            re.sub(rb"Bearer \S+", b"Bearer sk_ours", kind.greeting),
            kind.drip,
            kind.reads,
        )
        for kind in KINDS
    ]
    slow = Slow(("127.0.0.1", port), SOCKETS)

    slow.run(LIMIT_S, with_our_key)

    assert slow.left == {kind.name: 0 for kind in KINDS}
    assert httpx.get(f"http://127.0.0.1:{port}/livez", timeout=LIMIT_S).status_code == 200
    assert house.empty


def test_who_began_a_head_is_told_that_it_came_too_slowly(port):
    answer = say(port, b"GET /livez HTTP/1.1\r\nHost: mien\r\n")

    assert code_of(answer) == (408, "request_timeout")
    assert b"content-type: application/problem+json" in answer.lower()


def test_a_body_of_one_byte_now_and_then_is_refused(house, port):
    head = b"POST /v1/assessments HTTP/1.1\r\nContent-Type: video/mp4\r\nContent-Length: 999\r\n"

    answer = say(port, head + KEYED + b"\r\n" + b"\x00\x00\x00\x18ftypisom")

    assert code_of(answer) == (408, "request_timeout")
    assert house.empty


@pytest.mark.parametrize(
    "fields",
    [
        b"X-Long: " + b"a" * HEAD_BYTES + b"\r\n",
        b"X-Endless: " + b"a" * 2 * HEAD_BYTES,
        b"".join(b"X-%d: 1\r\n" % number for number in range(101)),
    ],
    ids=["one long field", "a field without an end", "many fields"],
)
def test_a_head_that_is_too_large_is_refused(port, fields: bytes):
    answer = say(port, b"GET /livez HTTP/1.1\r\nHost: mien\r\n" + fields + b"\r\n")

    assert code_of(answer) == (431, "head_too_large")


def test_what_is_no_http_is_refused_with_a_problem(port):
    assert code_of(say(port, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 client hello")) == (
        400,
        "malformed_request",
    )


def test_a_slow_but_steady_reader_gets_the_whole_answer(port):
    # given a reader that takes 14 KiB at most at a time, over longer than a stall may last
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
        line.connect(("127.0.0.1", port))
        line.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: mien\r\nConnection: close\r\n\r\n")
        answer, began = b"", time.monotonic()

        # when
        while received := line.recv(14 * 1024):
            answer += received
            time.sleep(0.05)

    # then
    head, _, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head.lower())
    assert length
    assert len(body) == int(length[1])
    assert time.monotonic() - began > 2 * Hurried.stall_s


def test_credit_is_earned_by_bytes_and_never_more_than_full():
    credit = Credit(15.0)

    credit.settle(waited_s=10.0, received_bytes=2048)
    assert credit.left_s == 7.0

    credit.settle(waited_s=0.0, received_bytes=10**9)
    assert credit.left_s == 15.0
