"""What is shown of the stack that was brought up: it works, it is closed, it refuses."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from tests.containers.house import SERVICES, House
from tests.containers.workshop import CannotRun

WEBHOOKS_NEED_LOOPBACK: Final = "not webhook"
CONTRACT: Final = ("tests/stack/test_assessment.py", "tests/stack/test_generated_client.py")
VIDEO: Final = "weights/media/WolfgangLanger_Pexels.mp4"
HEALTH_S: Final = 120.0
JOBS: Final = {"mien-service", "mien-worker", "mien-sweeper", "mien-webhooks", "triton"}
ASK_PROMETHEUS: Final = """
import json
from urllib.request import urlopen
found = json.load(urlopen("http://prometheus:9090/api/v1/query?query=up==1", timeout=5))
print(*{one["metric"]["job"] for one in found["data"]["result"]})
"""
NO_WRITING: Final = "import pathlib; pathlib.Path('/opt/app/written').touch()"
NO_WAY_OUT: Final = "import socket; socket.create_connection(('192.0.2.1', 443), timeout=3)"


def assess(house: House, project: Path) -> str:
    """Run `mien assess` on the sample recording and return what it prints."""
    command = [sys.executable, "-m", "launch", "assess", VIDEO, "--url", house.url]
    done = subprocess.run(
        [*command, "--key", house.key], cwd=project, capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise CannotRun(f"mien assess ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def contract(house: House, project: Path) -> str:
    """Run the tests of the embedded stack on this one; return pytest's last line."""
    environment = {
        **os.environ,  # noqa: TID251  pytest's own
        "STACK_PORT": str(house.port),
        "STACK_KEY": house.key,
        "STACK_DATA": str(house.volume("blobs")),
    }
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "-k", WEBHOOKS_NEED_LOOPBACK, *CONTRACT],
        cwd=project, env=environment, capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    if done.returncode:
        raise CannotRun(f"tests of the contract fail:\n{done.stdout[-6000:]}")
    return done.stdout.strip().splitlines()[-1]


def health(house: House) -> None:
    """Raise `CannotRun` unless the health check of every container passes in time."""
    end = time.monotonic() + HEALTH_S
    # Debian's promtool is too old to know of health; what Prometheus scrapes is looked at instead.
    waiting = set(SERVICES) - {"prometheus"}
    while waiting := {name for name in waiting if not house.healthy(name)}:
        if time.monotonic() > end:
            raise CannotRun(f"not healthy: {', '.join(sorted(waiting))}")
        time.sleep(2)


def scraped(house: House) -> str:
    """Return which jobs Prometheus reads; raises `CannotRun` when one of ours is not among them."""
    ask = ("podman", "exec", "mien_service_1", "python3", "-c", ASK_PROMETHEUS)
    end = time.monotonic() + HEALTH_S
    while True:
        answer = house.one.attempt(*ask)
        up = set(answer.stdout.split())
        if up >= JOBS:
            return ", ".join(sorted(up))
        if time.monotonic() > end:
            raise CannotRun(f"Prometheus reads {up or 'nothing'}: {answer.stderr[-300:]}")
        time.sleep(5)


def closed(house: House) -> None:
    """Raise `CannotRun` for a container of root's, one that writes its own files, or a way out."""
    for name in SERVICES:
        found = house.container(name)
        host, user = found["HostConfig"], found["Config"]["User"]
        if (
            host["Privileged"]
            or not host["ReadonlyRootfs"]
            or user.split(":")[0] in ("", "0", "root")
        ):
            raise CannotRun(f"{name} is not closed: user {user!r}")
    for name, attempt in (("service", NO_WRITING), ("worker", NO_WRITING), ("worker", NO_WAY_OUT)):
        tried = ("podman", "exec", f"mien_{name}_1", "python3", "-c", attempt)
        if house.one.attempt(*tried).returncode == 0:
            raise CannotRun(f"{name} did what it must not: {attempt}")


def secrets_kept(house: House) -> None:
    """Raise `CannotRun` when a secret stands in a container's settings, commands or logs."""
    secrets = [file.read_text() for file in (house.folder / "deploy/secrets").iterdir()]
    for name in SERVICES:
        everything = json.dumps(house.container(name)["Config"]) + house.logs(name)
        top = house.one.attempt("podman", "top", f"mien_{name}_1", "args").stdout
        # Triton takes its key on the command line only: it is that of its own model control.
        shown = [
            one for one in secrets if one in everything or (one in top and "triton" not in name)
        ]
        if shown:
            raise CannotRun(f"a secret is to be seen in {name}")


def refuses_without_secrets(house: House) -> str:
    """Return what compose says before anything is prepared, and when one secret is missing."""
    unprepared, said = house.attempt("--profile", "cpu", "up", "--detach", "redis")
    if unprepared == 0 or "run deploy/prepare.sh first" not in said:
        raise CannotRun(f"compose starts without being prepared: {said[-500:]}")
    return said.strip().splitlines()[-1]


def refuses_without_one_secret(house: House) -> str:
    """Return what compose says when one secret's file is gone."""
    secret = house.folder / "deploy/secrets/redis_password"
    aside = secret.rename(secret.with_name("aside"))
    try:
        status, said = house.attempt("up", "--detach", "--no-build", "redis")
    finally:
        aside.rename(secret)
        house.attempt("down", "--timeout", "5")
    lines = [line for line in said.splitlines() if "redis_password" in line]
    if status == 0 or not lines:
        raise CannotRun(f"compose starts without a secret: {said[-500:]}")
    return lines[-1]
