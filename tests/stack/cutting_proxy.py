"""A line between a client and the service that breaks, in the ways that lines break."""

import random
import socket
import struct
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final, Literal

PIECE: Final = 64 * 2**10
Break = Literal["closed", "reset", "silent"]
"""`silent`: the service's end stays open, and nothing comes any more."""


@dataclass
class Line:
    """Passes bytes on, and breaks whenever as many have passed as a mark says."""

    target: int
    marks: list[int]
    breaks: tuple[Break, ...] = ("closed", "reset", "silent")
    passed: int = 0
    happened: list[Break] = field(default_factory=list)
    listener: socket.socket = field(init=False)
    ends: list[socket.socket] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))

    @property
    def port(self) -> int:
        return self.listener.getsockname()[1]

    def serve(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            service = socket.create_connection(("127.0.0.1", self.target))
            self.ends += [client, service]
            for act, ends in ((self._up, (client, service)), (_down, (service, client))):
                thread = threading.Thread(target=act, args=ends)
                thread.start()
                self.threads.append(thread)

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for one in self.ends:
            _end(one, reset=True)
        for thread in self.threads:
            thread.join()

    def _up(self, client: socket.socket, service: socket.socket) -> None:
        with suppress(OSError):
            while content := client.recv(PIECE):
                allowed, how = self._allow(len(content))
                service.sendall(content[:allowed])
                if how is not None:
                    self._break(how, client, service)
                    return
            service.shutdown(socket.SHUT_WR)

    def _allow(self, size: int) -> tuple[int, Break | None]:
        with self.lock:
            left = self.marks[0] - self.passed if self.marks else size + 1
            if size < left:
                self.passed += size
                return size, None
            self.passed = self.marks.pop(0)
            how = self.breaks[len(self.happened) % len(self.breaks)]
            self.happened.append(how)
            return left, how

    def _break(self, how: Break, client: socket.socket, service: socket.socket) -> None:
        if how != "silent":
            _end(service, reset=how == "reset")
        _end(client, reset=True)


def _down(service: socket.socket, client: socket.socket) -> None:
    with suppress(OSError):
        while content := service.recv(PIECE):
            client.sendall(content)
        client.shutdown(socket.SHUT_WR)


def _end(one: socket.socket, *, reset: bool) -> None:
    """Wake up whoever reads from it, and close it; a socket that is closed stays so."""
    with suppress(OSError):
        if reset:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@contextmanager
def breaking_line(target: int, size: int, breaks: int, seed: int) -> Generator[Line]:
    """Give a line to the port that breaks so often while so many bytes pass."""
    marks = sorted(random.Random(seed).sample(range(1000, size), breaks))
    line = Line(target, marks)
    thread = threading.Thread(target=line.serve)
    thread.start()
    try:
        yield line
    finally:
        line.close()
        thread.join()
