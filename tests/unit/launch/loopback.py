"""A real service on a loopback port, a worker that plays the sandbox, and a line that breaks."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn

from assessment.aggregation import Aggregator
from launch.__main__ import main
from tests.conftest import Watch
from tests.samples import manifests
from tests.unit.service.conftest import KEY, House
from worker.runner import Runner
from worker.sandboxed import Sandboxed

MIB = 2**20
HEAD = b"\x00\x00\x00\x18ftypisom"


@dataclass
class Loopback:
    """A served house; `at_work` lets its worker take what is queued, `beat` paces its sandbox."""

    house: House
    port: int
    at_work: threading.Event = field(default_factory=threading.Event)
    beat: Callable[[], object] = lambda: time.sleep(0.02)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def key(self) -> str:
        return KEY

    def runner(self) -> Runner:
        sandbox = Sandboxed(manifests(), "mien test", self._pause)
        return Runner(
            records=self.house.records,
            blobs=self.house.blobs,
            measure=sandbox.measure,
            aggregate=Aggregator(manifests(), production=False, software="mien test"),
            sandbox=sandbox,
            clock=self.house.clock,
            lease_s=30,
            attempt_limit_s=60,
            draining=lambda: False,
        )

    def _pause(self, _seconds: float) -> None:
        self.beat()

    def work(self, stop: threading.Event) -> None:
        """Run what is queued, until told to stop."""
        runner = self.runner()
        while not stop.wait(0.02):
            if self.at_work.is_set() and self.house.queue.submitted:
                runner.run(self.house.queue.submitted.pop(0))

    def assessments(self) -> list[str]:
        return [str(one.status) for one in self.house.records.stored.values()]


@contextmanager
def loopback(folder: Path, watch: Watch) -> Generator[Loopback]:
    """Serve a house, its worker at work."""
    house = House(folder, watch)
    house.build(upload_max_bytes=64 * MIB)
    with served(house) as port:
        here, stop = Loopback(house, port), threading.Event()
        here.at_work.set()
        worker = threading.Thread(target=here.work, args=(stop,))
        worker.start()
        try:
            yield here
        finally:
            stop.set()
            worker.join()


@contextmanager
def served(house: House) -> Generator[int]:
    config = uvicorn.Config(house.app, port=0, log_level="critical", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    end = time.monotonic() + 30
    while not server.started:
        assert time.monotonic() < end, "the server did not start"
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


class BadLine:
    """A way to a port that is cut after so many bytes, once for each number of the list."""

    def __init__(self, port: int, cuts: list[int]) -> None:
        self._target = ("127.0.0.1", port)
        self.cuts = cuts
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        with near, socket.create_connection(self._target) as far:
            back = threading.Thread(target=self._give_back, args=(far, near), daemon=True)
            back.start()
            with contextlib.suppress(OSError):
                for content in self._until_cut(near):
                    far.sendall(content)
            for end in (near, far):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            back.join()

    def _until_cut(self, near: socket.socket) -> Iterator[bytes]:
        carried = 0
        while content := near.recv(65536):
            carried += len(content)
            yield content
            if self.cuts and carried > self.cuts[0]:
                self.cuts.pop(0)
                return

    def _give_back(self, far: socket.socket, near: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while content := far.recv(65536):
                near.sendall(content)

    def close(self) -> None:
        self._listener.close()


def assess(here: Loopback, video: Path, *more: str, port: int | None = None) -> int:
    url = f"http://127.0.0.1:{port or here.port}"
    return main(["assess", str(video), "--url", url, "--key", here.key, *more], {})
