"""Five kinds of slow client at once: when is each closed, and what does a normal one notice?

    python -m tests.hostile_clients --sockets 200

Starts the service and its Redis, nothing else. Exit status 0 means that every socket was closed
within 30 s, and that meanwhile the 99th percentile of a normal client's answers was below 1 s.
"""

import argparse
import resource
import select
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Final

import httpx

from tests.stack.plain_service import KEY, plain_service

CLOSED_WITHIN_S: Final = 30.0
P99_S: Final = 1.0
DRIP_EVERY_S: Final = 1.0
SPARE_DESCRIPTORS: Final = 200
PAUSE_S: Final = 0.02
HOST: Final = "Host: localhost\r\n"
KEYED: Final = f"{HOST}Authorization: Bearer {KEY}\r\n"
MP4: Final = b"\x00\x00\x00\x18ftypisom" + bytes(300)
QUOTAS: Final = {
    "MIEN_QUOTA_REQUESTS_PER_MINUTE": "1000000",
    "MIEN_QUOTA_CREATES_PER_MINUTE": "1000000",
    "MIEN_QUOTA_ASSESSMENTS": "1000000",
}
"""Out of the way: it is the service's patience that is to end these, not a quota."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One way of being slow: what is said at first, and what a second later, again and again."""

    name: str
    greeting: bytes
    drip: bytes = b""
    reads: int = 65536
    """Bytes that are read a second; few of them are another way to hold a connection."""


KINDS: Final = (
    Kind("slow head", f"GET /v1/assessments HTTP/1.1\r\n{KEYED}".encode(), b"X-Slow: 1\r\n"),
    Kind(
        "slow body",
        f"POST /v1/assessments HTTP/1.1\r\n{KEYED}Content-Type: video/mp4\r\n"
        "Content-Length: 1000000\r\n\r\n".encode()
        + MP4,
        b"x",
    ),
    Kind("slow reader", f"GET /openapi.json HTTP/1.1\r\n{HOST}\r\n".encode() * 20, reads=1),
    Kind("idle keep-alive", f"GET /livez HTTP/1.1\r\n{HOST}\r\n".encode()),
    Kind("silent", b""),
)


@dataclass(slots=True)
class Slow:
    """Sockets of every kind, opened at once, and when each was closed by the service."""

    address: tuple[str, int]
    count: int
    closed_s: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    _open: dict[int, tuple[Kind, socket.socket, float]] = field(
        default_factory=dict[int, tuple[Kind, socket.socket, float]]
    )
    _drip_at: float = 0.0

    def run(self, limit_s: float, kinds: Sequence[Kind] = KINDS) -> None:
        """Open, drip and read until all are closed or the time is up."""
        poller = select.epoll()
        self.closed_s = {kind.name: [] for kind in kinds}
        for kind in list(kinds) * self.count:
            line = self._connect(kind)
            poller.register(line, select.EPOLLRDHUP | select.EPOLLHUP | select.EPOLLERR)
            self._open[line.fileno()] = (kind, line, time.monotonic())
            self._look(poller, 0.0)
        end = time.monotonic() + limit_s
        while self._open and time.monotonic() < end:
            self._look(poller, DRIP_EVERY_S)
        for _, line, _ in self._open.values():
            line.close()
        poller.close()

    def _connect(self, kind: Kind) -> socket.socket:
        line = socket.socket()
        if kind.reads == 1:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.settimeout(10)
        line.connect(self.address)
        line.sendall(kind.greeting)
        line.setblocking(False)
        return line

    def _look(self, poller: select.epoll, wait_s: float) -> None:
        """Note which were closed; drip, when it is time."""
        for descriptor, _ in poller.poll(wait_s):
            self._close(descriptor)
        if time.monotonic() >= self._drip_at:
            self._drip_at = time.monotonic() + DRIP_EVERY_S
            self._drip()

    def _drip(self) -> None:
        for kind, line, _ in list(self._open.values()):
            try:
                if kind.drip:
                    line.send(kind.drip)
                line.recv(kind.reads)
            except OSError:
                continue  # Nothing to read, or closed: the poller says which.

    def _close(self, descriptor: int) -> None:
        kind, line, began = self._open.pop(descriptor)
        self.closed_s[kind.name].append(time.monotonic() - began)
        line.close()

    @property
    def left(self) -> Mapping[str, int]:
        """How many of each kind were never closed."""
        return {name: self.count - len(closed) for name, closed in self.closed_s.items()}


def ask_meanwhile(url: str, stop: threading.Event, took_s: list[float]) -> None:
    """Be a normal client: list assessments, one request after another, each on its own line."""
    headers = {"Authorization": f"Bearer {KEY}", "Connection": "close"}
    with httpx.Client(base_url=url, headers=headers, timeout=30) as client:
        while not stop.wait(PAUSE_S):
            began = time.monotonic()
            answer = client.get("/v1/assessments?limit=5")
            took_s.append(time.monotonic() - began)
            assert answer.status_code == 200, answer.text


def measure(port: int, sockets: int, limit_s: float) -> tuple[Slow, list[float]]:
    """Let the slow and the normal clients loose on a service; return what both saw."""
    slow, took_s, stop = Slow(("127.0.0.1", port), sockets), [], threading.Event()
    normal = threading.Thread(
        target=ask_meanwhile, args=(f"http://127.0.0.1:{port}", stop, took_s), daemon=True
    )
    normal.start()
    try:
        slow.run(limit_s)
    finally:
        stop.set()
        normal.join()
    return slow, took_s


def report(
    slow: Slow, took_s: Sequence[float], files_left: int, say: Callable[[str], object] = print
) -> bool:
    """Tell the numbers; return whether they are as promised."""
    for name, closed in slow.closed_s.items():
        spread = f"{min(closed):5.1f} to {max(closed):5.1f} s" if closed else "-"
        say(f"{name:16} {len(closed):4} of {slow.count} closed, after {spread}")
    p99 = quantiles(took_s, n=100)[98]
    times = f"median {median(took_s):.3f} s, p99 {p99:.3f} s"
    say(f"{'normal client':16} {len(took_s):4} answers, {times}")
    say(f"{'files left':16} {files_left:4}")
    late = max((max(closed, default=0.0) for closed in slow.closed_s.values()), default=0.0)
    held = not any(slow.left.values()) and late <= CLOSED_WITHIN_S and p99 < P99_S
    say("every promise held" if held and not files_left else "BROKEN")
    return held and not files_left


def allow_descriptors(count: int) -> None:
    """Let this process, and what it starts, hold so many sockets."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, count)), hard))


def main(arguments: Sequence[str] | None = None) -> int:
    """Start the service, measure and print; 0 when every promise held."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile_clients", description=__doc__)
    parser.add_argument("--sockets", type=int, default=200, help="of each kind")
    parser.add_argument(
        "--without-line",
        action="store_true",
        help="the negative control: uvicorn's own connections instead of ours",
    )
    options = parser.parse_args(arguments)
    allow_descriptors(len(KINDS) * options.sockets + SPARE_DESCRIPTORS)
    with tempfile.TemporaryDirectory(prefix="mien-slow-") as name:
        folder = Path(name)
        http = "httptools" if options.without_line else "service.line:Line"
        with plain_service(folder, folder / "redis.sock", http=http, **QUOTAS) as service:
            slow, took_s = measure(service.port, options.sockets, CLOSED_WITHIN_S + 15.0)
            left = len(list((folder / "data" / "staging").glob("*")))
    return 0 if report(slow, took_s, left) else 1


if __name__ == "__main__":
    sys.exit(main())
