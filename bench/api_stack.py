"""A stack as its users start it, apart from any other: whole, or the API with Redis alone.

stack(...)    `python -m launch up` ─▶ every part; more workers beside it if asked for
api_alone()   Redis and the API      ─▶ for what needs no worker
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

import httpx
import psutil

from adapters.redis_access import RedisRoster
from adapters.redis_store import connect
from bench.api_processes import name_of
from launch import data_folder, redis_server
from launch.embedded import plan_for
from launch.part_process import yield_to_others
from launch.parts import HOST, MEASURING, application_parts
from launch.ports import free_ports

PROJECT: Final = Path(__file__).resolve().parents[1]
READY_S: Final = 300.0
STOP_S: Final = 60.0
NO_LIMIT: Final[Mapping[str, str]] = {
    "MIEN_QUOTA_REQUESTS_PER_MINUTE": "10000000",
    "MIEN_QUOTA_CREATES_PER_MINUTE": "1000000",
    "MIEN_QUOTA_ASSESSMENTS": "1000000",
}
"""Quotas that no measurement meets."""


@dataclass(frozen=True, slots=True)
class Served:
    """A running API: its address, its key, its folder, and the processes behind it."""

    url: str
    key: str
    data: Path
    roots: tuple[int, ...]

    def client(self) -> httpx.Client:
        """Return a client with the key."""
        headers = {"Authorization": f"Bearer {self.key}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=120, trust_env=False)

    def processes(self) -> list[psutil.Process]:
        """Return every process of it that lives now."""
        roots = [psutil.Process(one) for one in self.roots if psutil.pid_exists(one)]
        return [*roots, *(child for root in roots for child in root.children(recursive=True))]


@contextmanager
def stack(*, workers: int = 1, **settings: str) -> Generator[Served]:
    """Start the embedded stack with these settings, yield it when it is ready, and stop it."""
    (port,) = free_ports(HOST, 1)
    key = f"sk_live_{secrets.token_urlsafe(32)}"
    environment = {**os.environ, **NO_LIMIT, **settings, "MIEN_API_KEY": key}
    with _folder() as folder, ExitStack() as parts:
        data = folder / "data"
        command = (sys.executable, "-m", "launch", "up", "--port", str(port), "--data", str(data))
        main = parts.enter_context(_process(command, environment, folder / "log"))
        served = Served(f"http://{HOST}:{port}", key, data, (main.pid,))
        _until(lambda: _answers(f"{served.url}/readyz"), main, folder / "log")
        for number in range(2, workers + 1):
            log = folder / f"log-{number}"
            more = parts.enter_context(_process(*_another_worker(served, number), log, MEASURING))
            served = replace(served, roots=(*served.roots, more.pid))
            _until(partial(_has_workers, data, number), more, log)
        yield served


@contextmanager
def api_alone(**settings: str) -> Generator[Served]:
    """Start Redis and the API, and stop them; nothing that is sent is measured."""
    caller = {**os.environ, **NO_LIMIT, **settings}
    with (
        _folder() as folder,
        plan_for(PROJECT, folder / "data", None, None, caller) as plan,
        data_folder.held(plan.data),
        ExitStack() as parts,
    ):
        program = redis_server.find_redis_server(plan.caller)
        api = next(part for part in application_parts(plan) if part.name == "api")
        roots: list[subprocess.Popen[bytes]] = []
        for part in (redis_server.redis_part(program, plan), api):
            log = folder / part.name
            roots.append(parts.enter_context(_process(part.command, part.environment, log)))
            _until(lambda: redis_server.answers(plan.redis_socket), roots[0], log)
        _until(lambda: _answers(f"{plan.url}/livez"), roots[1], folder / "api")
        yield Served(plan.url, plan.api_key, plan.data, tuple(one.pid for one in roots))


def _another_worker(served: Served, number: int) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """Return the command and the environment of one more worker: the first one's, but its name."""
    first = next(one for one in served.processes() if name_of(one) == "worker")
    return (*first.cmdline(), "-n", f"worker{number}@%h"), first.environ()


def _has_workers(data: Path, count: int) -> bool:
    """Say whether so many workers have signed in."""
    with connect(data_folder.redis_url_of(data) or "") as client:
        return len(RedisRoster(client).present()) >= count


@contextmanager
def beside(command: tuple[str, ...], environment: Mapping[str, str], port: int) -> Generator[None]:
    """Run another server beside, and wait until it listens."""
    with _folder() as folder, _process(command, environment, folder / "log") as process:
        _until(lambda: _listens(port), process, folder / "log")
        yield


@contextmanager
def background(command: tuple[str, ...]) -> Generator[None]:
    """Run a command beside; raise `RuntimeError` with what it said when it ended by itself."""
    with _folder() as folder, _process(command, os.environ, folder / "log") as process:
        yield
        if process.poll() is not None:
            raise RuntimeError((folder / "log").read_text()[-3000:])


@contextmanager
def _folder() -> Generator[Path]:
    with tempfile.TemporaryDirectory(prefix="mien-bench-") as folder:
        yield Path(folder)


@contextmanager
def _process(
    command: tuple[str, ...], environment: Mapping[str, str], log: Path, niceness: int = 0
) -> Generator["subprocess.Popen[bytes]"]:
    """Run a command, in a session of its own if it is to yield to others."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=niceness > 0,
            preexec_fn=partial(yield_to_others, niceness) if niceness else None,
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _until(ready: Callable[[], bool], process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until it is ready; raise `RuntimeError` with the end of its log when it is not."""
    end = time.monotonic() + READY_S
    while not ready():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"the stack does not come up:\n{log.read_text()[-3000:]}")
        time.sleep(0.2)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0
