"""The parts of a stack under a supervisor: what dies is started again, as an orchestrator would.

    plan ─▶ redis ─▶ triton, api, two workers, webhooks, sweeper
              ▲                                      │
              └────────── started again ◀── dead? ◀──┘

The embedded stack ends as a whole when a part dies; this one must not. Its parts, commands and
environments are the embedded stack's own.
"""

import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import psutil

from launch import data_folder, redis_server, triton_server
from launch.embedded import Readiness
from launch.parts import Part, Plan, application_parts

LOOK_EVERY_S: Final = 0.2
START_LIMIT_S: Final = 180.0
STOP_LIMIT_S: Final = 20.0
KINDS: Final[tuple[str, ...]] = (
    "worker",
    "worker child",
    "decoder",
    "webhooks",
    "sweeper",
    "triton",
    "redis",
    "api",
)


@dataclass(slots=True)
class Kept:
    """A part and the process that is it now."""

    part: Part
    process: subprocess.Popen[bytes]


@dataclass(slots=True)
class House:
    """Starts the parts, starts again what died, and knows whom to kill."""

    plan: Plan
    log: Path
    without: frozenset[str] = frozenset()
    _kept: dict[str, Kept] = field(default_factory=dict)
    _open: bool = True
    _watch: threading.Thread | None = None

    def __enter__(self) -> "House":
        for part in self._parts():
            self._start(part)
        self._watch = threading.Thread(target=self._keep_up, daemon=True)
        self._watch.start()
        self.wait_until_ready()
        return self

    def __exit__(self, *_: object) -> None:
        self._open = False
        if self._watch is not None:
            self._watch.join()
        for name in reversed(self._kept):
            _end(self._kept[name].process)

    def wait_until_ready(self) -> None:
        """Wait until `/readyz` says yes; AssertionError with what it said last."""
        ready, end = Readiness(self.plan.url), time.monotonic() + START_LIMIT_S
        while not ready():
            assert time.monotonic() < end, ready.said
            time.sleep(LOOK_EVERY_S)

    def restart(self, name: str, grace_s: float) -> float:
        """Ask a part to stop, and kill it after a while, as an orchestrator does.

        Returns the seconds until it was gone, and only when its successor runs.
        """
        old, began = self._kept[name].process, time.monotonic()
        old.terminate()
        while self._kept[name].process is old:
            if time.monotonic() > began + grace_s:
                old.kill()
            time.sleep(LOOK_EVERY_S)
        return time.monotonic() - began

    def kill(self, kind: str) -> bool:
        """SIGKILL one process of a kind; False when none is there just now."""
        try:
            victim = self._victim(kind)
            if victim is None:
                return False
            victim.kill()
        except psutil.NoSuchProcess:
            return False
        return True

    def _victim(self, kind: str) -> psutil.Process | None:
        """The youngest process of the kind; of workers, the first part's."""
        if kind not in ("worker child", "decoder"):
            return psutil.Process(self._kept[kind].process.pid) if kind in self._kept else None
        found: list[psutil.Process] = []
        for name in {"worker", "worker two"} & self._kept.keys():
            try:
                parent = psutil.Process(self._kept[name].process.pid)
                found += parent.children(recursive=True)
            except psutil.NoSuchProcess:
                continue
        wanted = [one for one in found if _is_decoder(one) == (kind == "decoder")]
        return max(wanted, key=lambda one: one.pid, default=None)

    def _parts(self) -> list[Part]:
        plan = self.plan
        wheel = triton_server.find_triton(plan.triton_environment)
        backends = triton_server.assemble_backends(
            wheel, plan.project / "triton_backends", plan.data / "triton" / "backends"
        )
        libpython = triton_server.find_libpython(wheel)
        triton = triton_server.triton_part(wheel, backends, libpython, plan)
        redis = redis_server.redis_part(redis_server.find_redis_server(plan.caller), plan)
        data_folder.note_redis_url(plan.data, plan.redis_url)
        parts = [redis, triton, *application_parts(plan)]
        worker = next(part for part in parts if part.name == "worker")
        second = replace(worker, name="worker two", command=(*worker.command, "-n", "two@%h"))
        return [part for part in (*parts, second) if part.name not in self.without]

    def _start(self, part: Part) -> None:
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                part.command,
                cwd=self.plan.project,
                env=dict(part.environment),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._kept[part.name] = Kept(part, process)

    def _keep_up(self) -> None:
        while self._open:
            for kept in list(self._kept.values()):
                if kept.process.poll() is not None:
                    # What a dead parent left behind goes with it, as with a container.
                    _kill_group(kept.process.pid)
                    self._start(kept.part)
            time.sleep(LOOK_EVERY_S)


def _is_decoder(process: psutil.Process) -> bool:
    try:
        return "worker.decoder" in " ".join(process.cmdline())
    except psutil.Error:
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    _kill_group(process.pid)


def _kill_group(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return
