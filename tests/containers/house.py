"""The compose file brought up by podman-compose, as a person would, on these images."""

import json
import shutil
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.request import urlopen

from tests.containers.workshop import CannotRun, Workshop

SERVICES: Final = (
    "redis", "service", "worker", "webhooks", "sweeper", "triton-cpu", "prometheus",
)  # fmt: skip
"""All of the profile `cpu` but Grafana, for which Debian has no package to stand in."""
FILES: Final = ("docker-compose.yml", "deploy")
READY_S: Final = 240.0
PAUSE_S: Final = 1.0
OWNER: Final = 10001


@dataclass(frozen=True, slots=True)
class House:
    """The folder that the compose file lies in, and how to ask for what it describes."""

    one: Workshop
    folder: Path
    port: int

    @property
    def url(self) -> str:
        """The address of the service."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def key(self) -> str:
        """The first API key."""
        return (self.folder / "deploy/secrets/api_key").read_text()

    def compose(self, *words: str, limit_s: float = 600) -> str:
        """Run podman-compose to the end."""
        return self.one.run("podman-compose", *words, cwd=self.folder, limit_s=limit_s)

    def attempt(self, *words: str) -> tuple[int, str]:
        """Run podman-compose, however it ends; return its status and what it said."""
        done = self.one.attempt("podman-compose", *words, cwd=self.folder)
        return done.returncode, done.stdout + done.stderr

    def container(self, service: str) -> dict[str, Any]:
        """Return what Podman knows of a service's container."""
        found: list[dict[str, Any]] = json.loads(
            self.one.run("podman", "inspect", f"mien_{service}_1")
        )
        return found[0]

    def healthy(self, service: str) -> bool:
        """Run the health check of a service's container; Podman has no timer without systemd."""
        check = ("podman", "healthcheck", "run", f"mien_{service}_1")
        return self.one.attempt(*check).returncode == 0

    def volume(self, name: str) -> Path:
        """Return where a named volume lies on this machine."""
        place = ("podman", "volume", "inspect", "--format", "{{.Mountpoint}}", f"mien_{name}")
        return Path(self.one.run(*place).strip())

    def logs(self, service: str) -> str:
        """Return what a service said last."""
        done = self.one.attempt("podman", "logs", "--tail", "40", f"mien_{service}_1")
        return done.stdout + done.stderr


def furnish(one: Workshop, project: Path, port: int, extra: Mapping[str, str]) -> House:
    """Lay out the compose file in a folder of its own; nothing is prepared yet."""
    folder = one.folder / "house"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in FILES:
        source, target = project / name, folder / name
        shutil.copytree(source, target, dirs_exist_ok=True) if source.is_dir() else shutil.copy(
            source, target
        )
    shutil.rmtree(folder / "deploy/secrets", ignore_errors=True)
    environment = {
        **one.environment, **extra,
        "REGISTRY": "localhost/", "PORT": str(port), "COMPOSE": "podman-compose",
        "MIEN_CALLBACK_ALLOW_LOOPBACK": "false",
    }  # fmt: skip
    return House(replace(one, environment=environment), folder, port)


def prepare(house: House, project: Path) -> None:
    """Run `deploy/prepare.sh` over volumes that hold the weights that are built already.

    It then only looks whether they are right; without them it would fit for minutes.
    """
    for volume, source in (("models", "model_repository"), ("weights", "weights")):
        house.one.run("podman", "volume", "create", f"mien_{volume}")
        place = house.volume(volume)
        shutil.copytree(project / source, place, dirs_exist_ok=True)
        house.one.run("chown", "-R", f"{OWNER}:{OWNER}", place)
    house.one.run("sh", "deploy/prepare.sh", cwd=house.folder)


@contextmanager
def up(house: House) -> Generator[House]:
    """Bring it up, wait until it takes work, and take it down with its volumes."""
    try:
        house.compose("up", "--detach", "--no-build", *SERVICES)
        wait_until_ready(house)
        yield house
    finally:
        house.attempt("down", "--volumes", "--timeout", "20")


def wait_until_ready(house: House) -> None:
    """Return when `/readyz` says 200; raises `CannotRun` with the logs when it never does."""
    end = time.monotonic() + READY_S
    while not ready(house.url):
        if time.monotonic() > end:
            said = "\n".join(f"--- {name}\n{house.logs(name)}" for name in SERVICES)
            raise CannotRun(f"not ready after {READY_S:.0f} s:\n{said}")
        time.sleep(PAUSE_S)


def ready(url: str) -> bool:
    """Say whether the service takes work."""
    try:
        with urlopen(f"{url}/readyz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False
