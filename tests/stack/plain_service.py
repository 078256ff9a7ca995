"""The service and its Redis alone, as processes of their own: what uploads need."""

import os
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from launch.redis_server import find_redis_server
from tests.stack.conftest import PROJECT, free_port

KEY = "sk_live_" + "k" * 40


@dataclass
class Service:
    """A running service."""

    process: subprocess.Popen[bytes]
    port: int
    data: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {KEY}"}

    def resident_bytes(self, what: str = "VmRSS") -> int:
        """Return the resident memory, or with `VmHWM` the most there ever was."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        (line,) = [line for line in lines if line.startswith(f"{what}:")]
        return int(line.split()[1]) * 1024


@contextmanager
def plain_service(
    folder: Path, redis_socket: Path, *, http: str = "service.line:Line", **settings: str
) -> Generator[Service]:
    """Run both until the end; the socket's path must be short."""
    environment = {
        **os.environ,  # noqa: TID251
        "MIEN_REDIS_URL": f"unix://{redis_socket}?db=0",
        "MIEN_DATA": str(folder / "data"),
        "MIEN_API_KEY": KEY,
        **settings,
    }
    store = [find_redis_server(os.environ), "--port", "0", "--unixsocket", str(redis_socket)]  # noqa: TID251
    redis = subprocess.Popen(
        [*store, "--dir", str(folder), "--save", ""], stdout=subprocess.DEVNULL
    )
    port = free_port()
    uvicorn = [sys.executable, "-m", "uvicorn", "service.app:create_app", "--factory"]
    options = [
        "--timeout-graceful-shutdown",
        "5",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--http",
        http,
    ]
    with (folder / "log").open("wb") as log:
        api = subprocess.Popen(
            [*uvicorn, *options, "--no-access-log"],
            cwd=PROJECT,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        service = Service(api, port, folder / "data")
        _wait(service, folder / "log")
        yield service
    finally:
        for process in (api, redis):
            process.terminate()
            process.wait(30)


def _wait(service: Service, log: Path) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            if httpx.get(f"{service.url}/livez", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        assert service.process.poll() is None, log.read_text()
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.2)
