"""A web site on loopback that answers as told, and counts what it is asked."""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from adapters.fetch import Fetch
from assessment.faults import Fault

MP4 = b"\x00\x00\x00\x18ftypisom" + bytes(range(256)) * 40

LIMIT = 100_000

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """A server that answers each path as told, and counts."""

    answers: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    sent: int = 0
    port: int = 0

    def url(self, path: str = "/a.mp4") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def gives(self, *answers: Answer, path: str = "/a.mp4") -> str:
        """Have the path answer so, the last one again and again."""
        self.answers[path] = list(answers)
        return self.url(path)


def status(code: int, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in ({"content-length": "0"} | headers).items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()

    return answer


def content(body: bytes = MP4, *, announced: bool = True, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        if announced:
            handler.send_header("content-length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def redirect(location: str) -> Answer:
    return status(302, location=location)


def endless(site: Site) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(MP4)
        for _ in range(2000):
            handler.wfile.write(bytes(65_536))
            site.sent += 65_536

    return answer


def dripping(pause_s: float, meanwhile: Answer = lambda _: None) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("content-length", str(len(MP4)))
        handler.end_headers()
        for byte in MP4:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            meanwhile(handler)
            time.sleep(pause_s)

    return answer


@contextmanager
def running_site() -> Generator[Site]:
    """Serve until the block ends."""
    one = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            one.asked.append(self.path)
            one.headers.append({name.lower(): value for name, value in self.headers.items()})
            answers = one.answers[self.path]
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            try:
                answer(self)
            except OSError:
                self.close_connection = True  # the other side had enough, as it should

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    one.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield one
    server.shutdown()
    server.server_close()


MakeFetch = Callable[..., Fetch]


def fails(fetch: Fetch, url: str, fault: type[Fault]) -> None:
    with pytest.raises(fault):
        fetch(url, threading.Event())
    assert list(fetch.staging.iterdir()) == []
