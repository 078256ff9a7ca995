"""The real stack, started once: Redis, Triton, Celery worker, webhooks, sweeper and API."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from assessment.blob_names import TRANSIENT, VIDEO
from tests.stack.site import Site

PROJECT = Path(__file__).resolve().parents[2]
MEDIA = PROJECT / "weights" / "media"
READY_S = 180.0
STOPPED_S = 120.0
DONE_S = 240.0
TOLD_S = 120.0
"""Until a webhook came; most often its assessment has to be done first."""
ROOM = {
    "MIEN_QUOTA_REQUESTS_PER_MINUTE": "1000000",
    "MIEN_QUOTA_CREATES_PER_MINUTE": "1500",
    "MIEN_QUOTA_ASSESSMENTS": "5000",
}
"""Quotas that no test meets by chance; `test_keys.py` means to."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@dataclass
class Stack:
    """A running stack, spoken to as a platform would."""

    process: subprocess.Popen[bytes]
    port: int
    key: str
    data: Path
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, key: str | None = None) -> httpx.Client:
        headers = {"Authorization": f"Bearer {key or self.key}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30)

    def create(self, video: Path, **request: Any) -> dict[str, Any]:
        with self.client() as api, video.open("rb") as content:
            parts = {
                "request": (None, json.dumps(request), "application/json"),
                "video": ("recording.mp4", content, "video/mp4"),
            }
            answer = api.post("/v1/assessments", files=parts)
        assert answer.status_code == 202, answer.text
        return answer.json()

    def get(self, path: str) -> httpx.Response:
        with self.client() as api:
            return api.get(path)

    def wait(self, assessment_id: str, limit_s: float = DONE_S) -> dict[str, Any]:
        """Poll until the assessment has ended, and nothing is left that only led to its end.

        The record comes first: the recording of one that failed is erased a moment later.
        """
        end = time.monotonic() + limit_s
        path = f"/v1/assessments/{assessment_id}"
        while (body := self.get(path).json())["status"] in ("queued", "processing"):
            assert time.monotonic() < end, body
            time.sleep(0.1)
        if body["status"] == "succeeded":
            assert VIDEO not in self.blobs(assessment_id), "it outlived the result"
        while left := self.blobs(assessment_id) & set(TRANSIENT):
            assert time.monotonic() < end, left
            time.sleep(0.02)
        return body

    def assess(self, video: Path, **request: Any) -> dict[str, Any]:
        return self.wait(self.create(video, **request)["id"])

    def blobs(self, assessment_id: str) -> set[str]:
        try:
            return {path.name for path in (self.data / "blobs" / assessment_id).iterdir()}
        except FileNotFoundError:
            return set()


def start(folder: Path, **settings: str) -> Stack:
    """Start `launch up` as `make up` does, and wait until it is ready."""
    port, key, log = free_port(), f"sk_live_{secrets.token_urlsafe(32)}", folder / "log"
    environment = {**os.environ, "MIEN_API_KEY": key, **ROOM, **settings}  # noqa: TID251
    command = [sys.executable, "-m", "launch", "up", "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--data", str(folder / "data")],
            cwd=PROJECT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    stack = Stack(process, port, key, folder / "data", log)
    end = time.monotonic() + READY_S
    try:
        while not ready(stack):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.2)
    except BaseException:
        process.terminate()  # Left to itself it would slow down every test after this one.
        raise
    return stack


def ready(stack: Stack) -> bool:
    try:
        return httpx.get(f"{stack.url}/readyz", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def stop(stack: Stack) -> int:
    stack.process.send_signal(signal.SIGTERM)
    return stack.process.wait(STOPPED_S)


def elsewhere(said: Mapping[str, str]) -> Stack | None:
    """A stack that was brought up by somebody else, such as `tests.containers`."""
    if "STACK_PORT" not in said:
        return None
    nobody = cast("subprocess.Popen[bytes]", None)
    data = Path(said["STACK_DATA"])
    return Stack(nobody, int(said["STACK_PORT"]), said["STACK_KEY"], data, Path(os.devnull))


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    if found := elsewhere(os.environ):  # noqa: TID251
        yield found
        return
    running = start(
        tmp_path_factory.mktemp("stack"),
        MIEN_LEASE_S="6",
        MIEN_REQUEUE_S="3",
        MIEN_UPLOAD_MAX_BYTES=str(8 * 2**20),
    )
    yield running
    assert stop(running) == 0, running.log.read_text()[-3000:]


@pytest.fixture(scope="session")
def sad_to_happy() -> Path:
    return sample("WolfgangLanger_Pexels.mp4")


@pytest.fixture(scope="session")
def nobody() -> Path:
    return sample("no_face.mp4")


@pytest.fixture(scope="session")
def short_face() -> Path:
    return sample("single_face.mp4")


def sample(name: str) -> Path:
    path = MEDIA / name
    assert path.is_file(), f"{name} is missing: run `make weights`"
    return path


@dataclass
class Receiver:
    """A callback's other end: keeps what it got and answers as told."""

    server: ThreadingHTTPServer
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/hook"

    def wait(self, count: int, limit_s: float = TOLD_S) -> list[tuple[dict[str, str], bytes]]:
        end = time.monotonic() + limit_s
        while len(self.received) < count:
            assert time.monotonic() < end, f"{len(self.received)} of {count} webhooks came"
            time.sleep(0.1)
        return self.received


def _handler(receiver: Callable[[], Receiver]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            one = receiver()
            one.received.append((headers, body))
            self.send_response(one.answers.pop(0) if one.answers else 204)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler


@pytest.fixture
def site(nobody: Path) -> Iterator[Site]:
    one = Site(nobody.read_bytes())
    threading.Thread(target=one.server.serve_forever, daemon=True).start()
    yield one
    one.server.shutdown()
    one.server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    held: list[Receiver] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(lambda: held[0]))
    held.append(Receiver(server))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield held[0]
    server.shutdown()
    server.server_close()
