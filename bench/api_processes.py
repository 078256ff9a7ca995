"""What the processes of a stack take: processor time and memory, by what each one is."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

MEBIBYTE: Final = 2**20
MARKS: Final = (
    ("worker.decoder", "decoder"),
    ("redis-server", "redis"),
    ("service.app:create_app", "api"),
    ("worker.app:app", "worker"),
    ("sweeper", "sweeper"),
    ("webhooks", "webhooks"),
    ("launch", "launcher"),
)
"""What is in a command line, and what such a process is; the first that fits counts."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What one process had taken at a moment: seconds of processor time, bytes of memory."""

    name: str
    cpu_s: float
    memory_bytes: int


def look(processes: Iterable[psutil.Process]) -> dict[int, Taken]:
    """Return what each process has taken, by its id; one that ended meanwhile is left out.

    Memory is the resident set, in which a page that several processes share counts for each.
    """
    found: dict[int, Taken] = {}
    for one in processes:
        try:
            with one.oneshot():
                spent = one.cpu_times()
                found[one.pid] = Taken(name_of(one), spent.user + spent.system, _memory(one))
        except psutil.Error:
            continue
    return found


def name_of(process: psutil.Process) -> str:
    """Return what the process is."""
    command = process.cmdline()
    if any(part.endswith("tritonserver") for part in command):
        return "triton"
    if any("triton_python_backend_stub" in part for part in command):
        return f"triton, {Path(command[1]).parents[1].name}" if len(command) > 1 else "triton"
    line = " ".join(command)
    name = next((name for mark, name in MARKS if mark in line), "other")
    parent = process.parent()
    forked = parent is not None and parent.cmdline() == command
    return {"worker": "worker child", "launcher": "keeper"}.get(name, name) if forked else name


def _memory(process: psutil.Process) -> int:
    return int(process.memory_info().rss)


def cpu_share(
    before: dict[int, Taken], after: dict[int, Taken], seconds: float
) -> dict[str, float]:
    """Return the share of one core that each kind of process took, in percent."""
    shares: dict[str, float] = {}
    for pid, now in after.items():
        spent = now.cpu_s - (before[pid].cpu_s if pid in before else 0.0)
        shares[now.name] = shares.get(now.name, 0.0) + 100.0 * spent / seconds
    return shares


def memory_of(taken: dict[int, Taken]) -> dict[str, float]:
    """Return the MiB that each kind of process holds, those of one kind together."""
    held: dict[str, float] = {}
    for one in taken.values():
        held[one.name] = held.get(one.name, 0.0) + one.memory_bytes / MEBIBYTE
    return held


def watched(
    processes: Iterable[psutil.Process], seconds: float
) -> tuple[dict[str, float], dict[str, float]]:
    """Watch for so long; return shares of a core in percent and memory in MiB, by kind."""
    kept = list(processes)
    before, began = look(kept), time.monotonic()
    time.sleep(seconds)
    after = look(kept)
    return cpu_share(before, after, time.monotonic() - began), memory_of(after)
