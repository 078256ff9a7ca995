"""The embedded stack from nothing to ready.

data folder ─► redis ──────────► answers ─► api, worker, webhooks, sweeper ─┐
            └► triton ──────────────────────────────────────────► ready ────┴─► /readyz
"""

import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx

from launch import (
    backend_watch,
    data_folder,
    redis_server,
    scrape_targets,
    triton_control,
    triton_server,
)
from launch.faults import LaunchFault, NotReady, indented
from launch.parts import (
    HOST,
    STOP_ORDER,
    MetricsPorts,
    Plan,
    TritonPorts,
    application_parts,
)
from launch.ports import free_ports, require_free
from launch.stack import Stack

REDIS_LIMIT_S: Final = 60.0
READY_LIMIT_S: Final = 120.0
LONGEST_SOCKET_PATH: Final = 100


@dataclass(frozen=True, slots=True)
class Ready:
    """A stack that answers, and how long that took."""

    stack: Stack
    plan: Plan
    seconds: float


def make_api_key() -> str:
    """Return a fresh key: 256 bits from the machine's random source."""
    return f"sk_live_{secrets.token_urlsafe(32)}"


@contextmanager
def plan_for(
    project: Path, data: Path, port: int | None, api_key: str | None, caller: Mapping[str, str]
) -> Generator[Plan]:
    """Choose ports and a private folder for the socket; without a port, any free one serves."""
    if port is not None:
        require_free(HOST, port)
    api_port, *others = free_ports(HOST, 7, but=port)
    with _runtime_folder() as runtime:
        yield Plan(
            project=project,
            data=data.resolve(),
            runtime=runtime,
            port=port or api_port,
            triton_ports=TritonPorts(*others[:3]),
            metrics_ports=MetricsPorts(*others[3:]),
            triton_environment=project / ".venv-triton",
            api_key=api_key or make_api_key(),
            caller=caller,
        )


@contextmanager
def _runtime_folder() -> Generator[Path]:
    runtime = Path(tempfile.mkdtemp(prefix="mien-"))
    if len(str(runtime / "redis.sock")) > LONGEST_SOCKET_PATH:
        runtime.rmdir()
        runtime = Path(tempfile.mkdtemp(prefix="mien-", dir="/tmp"))
    try:
        yield runtime
    finally:
        shutil.rmtree(runtime, ignore_errors=True)


@contextmanager
def running(plan: Plan, printer: Any) -> Generator[Ready]:
    """Start the stack, yield it when it is ready, and stop it when the block is left."""
    began = time.monotonic()
    require_models(plan)
    with (
        data_folder.held(plan.data),
        triton_server.shared_memory(plan.data),
        Stack(printer, plan.project, STOP_ORDER) as stack,
    ):
        start(stack, plan)
        wait_for_ready(stack, plan)
        with watched_backends(stack, plan):
            yield Ready(stack, plan, time.monotonic() - began)


@contextmanager
def watched_backends(stack: Stack, plan: Plan) -> Generator[None]:
    """Have networks loaded again whose backend process dies while the block runs."""
    control = backend_watch.Control(HOST, plan.triton_ports.http, plan.control_key)
    watch = backend_watch.BackendWatch(control, partial(stack.say, "triton"))
    over = threading.Event()

    def look_after() -> None:
        while not over.wait(backend_watch.EVERY_S):
            server = stack.pids().get("triton")
            if server is not None:
                watch.look(server)

    # It may be in the middle of a load when the block is left; nothing waits for that.
    threading.Thread(target=look_after, name="backend-watch", daemon=True).start()
    try:
        yield
    finally:
        over.set()


def require_models(plan: Plan) -> None:
    """Raise `LaunchFault` when weights are missing; Triton would say so in a less helpful way."""
    missing = [] if plan.detector.is_file() else [str(plan.detector)]
    if not triton_control.built_models(plan.model_repository):
        missing.append(f"any network in {plan.model_repository}")
    if missing:
        raise LaunchFault(f"missing weights: {', '.join(missing)}. Run `make weights`.")


def start(stack: Stack, plan: Plan) -> None:
    """Start every part: Redis and Triton side by side, the others as soon as Redis answers."""
    wheel = triton_server.find_triton(plan.triton_environment)
    libpython = triton_server.find_libpython(wheel)
    backends = triton_server.assemble_backends(
        wheel, plan.project / "triton_backends", plan.data / "triton" / "backends"
    )
    program = redis_server.find_redis_server(plan.caller)
    stack.start(redis_server.redis_part(program, plan))
    data_folder.note_redis_url(plan.data, plan.redis_url)
    stack.start(triton_server.triton_part(wheel, backends, libpython, plan))
    triton_control.write_control_file(plan)
    stack.wait_until(lambda: redis_server.answers(plan.redis_socket), REDIS_LIMIT_S, "redis")
    for part in application_parts(plan):
        stack.start(part)
    scrape_targets.write(plan)


def wait_for_ready(stack: Stack, plan: Plan) -> None:
    """Wait until Triton serves every model and the API says that it can take work."""
    port = plan.triton_ports.http
    stack.wait_until(lambda: triton_server.is_ready(port), READY_LIMIT_S, "triton")
    readiness = Readiness(plan.url)
    try:
        stack.wait_until(readiness, READY_LIMIT_S, "the API")
    except NotReady as fault:
        # Most often the worker cannot load something, stays up, and never signs in.
        lines = indented(stack.last_lines("worker"))
        raise NotReady(
            f"{fault}; {plan.url}/readyz said: {readiness.said}\n"
            f"The last lines of the worker:\n{lines}"
        ) from fault


class Readiness:
    """Asks the API whether it is ready, and keeps what it said last."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.said = "nothing"

    def __call__(self) -> bool:
        """Say whether `/readyz` answers 200."""
        try:
            answer = httpx.get(f"{self._url}/readyz", timeout=5.0, trust_env=False)
        except httpx.HTTPError as error:
            self.said = str(error)
            return False
        self.said = f"{answer.status_code} {answer.text[:500]}"
        return answer.status_code == httpx.codes.OK
