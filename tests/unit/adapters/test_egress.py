import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from adapters import egress
from adapters.egress import Egress, Unreachable
from assessment.faults import CallbackNotAllowed
from tests.collector import closed_port
from tests.internet import certificate

Serve = Callable[[bytes, float], int]


@pytest.fixture
def receivers() -> Iterator[Callable[..., tuple[int, list[bytes]]]]:
    """Start receivers on loopback that answer with given bytes, in pieces if told."""
    sockets: list[socket.socket] = []

    def start(*pieces: bytes, pause_s: float = 0.0) -> tuple[int, list[bytes]]:
        listener = socket.create_server(("127.0.0.1", 0))
        sockets.append(listener)
        requests: list[bytes] = []
        serving = threading.Thread(
            target=_serve, args=(listener, pieces, pause_s, requests), daemon=True
        )
        serving.start()
        return listener.getsockname()[1], requests

    yield start
    for listener in sockets:
        listener.close()


def _serve(
    listener: socket.socket, pieces: tuple[bytes, ...], pause_s: float, requests: list[bytes]
) -> None:
    try:
        connection, _ = listener.accept()
    except OSError:
        return
    with closing(connection):
        requests.append(whole_request(connection))
        try:
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(pause_s)
        except OSError:
            return  # The sender had enough, as it should.


def whole_request(line: socket.socket) -> bytes:
    """Read to the end of the body: to answer and close before it has come voids the answer."""
    seen = b""
    while piece := line.recv(65536):
        seen += piece
        head, ended, body = seen.partition(b"\r\n\r\n")
        length = re.search(rb"\r\ncontent-length: (\d+)", head, re.IGNORECASE)
        if ended and len(body) >= (int(length[1]) if length else 0):
            break
    return seen


OPEN = Egress(allow_loopback=True)


def post(port: int, host: str = "127.0.0.1", sender: Egress = OPEN) -> egress.Answer:
    return sender.post(f"http://{host}:{port}/hook", b'{"a":1}', {"webhook-id": "evt_1"})


def test_the_body_and_the_headers_arrive_and_the_answer_comes_back(receivers: Callable[..., tuple]):
    port, requests = receivers(b"HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n")

    answer = post(port)

    assert (answer.status, answer.retry_after_s) == (503, 7.0)
    assert requests[0].startswith(b"POST /hook HTTP/1.1\r\n")
    assert b"webhook-id: evt_1" in requests[0]


@pytest.mark.parametrize(
    "asked",
    [
        b"Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
        b"Mon, 01 Jan 2026 00:00:00 +99999999999999999999",
    ],
)
def test_a_time_that_is_none_asks_for_nothing_and_the_answer_stands(
    receivers: Callable[..., tuple], asked: bytes
):
    date = b"\r\nDate: Mon, 01 Jan 2026 00:00:00 GMT"
    port, _ = receivers(
        b"HTTP/1.1 200 OK\r\nRetry-After: " + asked + date + b"\r\nContent-Length: 0\r\n\r\n"
    )

    answer = post(port)

    assert (answer.status, answer.retry_after_s) == (200, None)


def test_a_redirect_is_not_followed(receivers: Callable[..., tuple]):
    other, seen = receivers(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    location = f"http://127.0.0.1:{other}/".encode()
    port, _ = receivers(
        b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n"
    )

    assert post(port).status == 302
    assert seen == []


def test_loopback_is_not_called_unless_it_is_allowed(receivers: Callable[..., tuple]):
    port, requests = receivers(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with pytest.raises(CallbackNotAllowed):
        Egress(allow_loopback=False).post(f"http://127.0.0.1:{port}/", b"", {})
    assert requests == []


def test_a_public_name_that_leads_to_loopback_is_not_called(
    receivers: Callable[..., tuple], monkeypatch: pytest.MonkeyPatch
):
    port, requests = receivers(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    rebound = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: rebound)

    with pytest.raises(CallbackNotAllowed):
        Egress(allow_loopback=False).post("https://hooks.example.org:8443/", b"", {})
    assert requests == []


def test_an_endless_answer_is_cut(receivers: Callable[..., tuple]):
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n"
    port, _ = receivers(head, *[b"x" * 65536] * 1000)

    assert post(port).status == 200


def test_a_dripping_receiver_is_left_at_the_deadline(
    receivers: Callable[..., tuple], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(egress, "TOTAL_S", 1.0)
    port, _ = receivers(*[b"H"] * 500, pause_s=0.2)
    begun = time.monotonic()

    with pytest.raises(Unreachable):
        post(port)
    assert time.monotonic() - begun < 30


def test_a_receiver_that_is_not_there_is_unreachable():
    with closed_port() as url, pytest.raises(Unreachable):
        OPEN.post(f"{url}/hook", b"{}", {})


@pytest.mark.parametrize("names", [("localhost",), ("elsewhere.example",)], ids=["unknown", "name"])
def test_a_certificate_that_nobody_vouches_for_is_refused(names: tuple[str], tmp_path: Path):
    server, trusting = certificate(names, tmp_path)
    known = names == ("localhost",)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = threading.Thread(target=_serve_over_tls, args=(listener, server), daemon=True)
        serving.start()
        url = f"https://localhost:{listener.getsockname()[1]}/hook"

        # A stranger's certificate is refused, and so is a known one under another name;
        doubtful = Egress(allow_loopback=True) if known else trusting_in(trusting)
        with pytest.raises(Unreachable, match="tls"):
            doubtful.post(url, b"{}", {})

        # the same one is taken where it is trusted and its name is right.
        if known:
            assert trusting_in(trusting).post(url, b"{}", {}).status == 204


def trusting_in(trust: ssl.SSLContext) -> Egress:
    return Egress(allow_loopback=True, tls=trust)


def _serve_over_tls(listener: socket.socket, tls: ssl.SSLContext) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with (
            closing(connection),
            suppress(OSError),
            tls.wrap_socket(connection, server_side=True) as secured,
        ):
            whole_request(secured)
            secured.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
