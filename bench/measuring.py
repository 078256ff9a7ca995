"""Running something in a process of its own, and telling what a tree of processes took."""

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import psutil

from bench.places import PROJECT

LOOK_S: Final = 0.05
CORES: Final = len(os.sched_getaffinity(0))


def alone(module: str, *arguments: str, threads: int = 1) -> dict[str, float]:
    """Run a module in a process of its own with so many threads; return the JSON that it prints."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    environment = {**os.environ, **dict.fromkeys(names, str(threads))}
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def cpu_s(processes: Iterable[psutil.Process]) -> float:
    """Return the processor time of processes, and of their children that have ended."""
    total = 0.0
    for one in processes:
        try:
            spent = one.cpu_times()
        except psutil.Error:
            continue
        total += spent.user + spent.system + spent.children_user + spent.children_system
    return total


@dataclass(slots=True)
class Peak:
    """The most memory that was seen, in bytes of resident sets added up."""

    memory: int = 0


@contextmanager
def watching(processes: Callable[[], Iterable[psutil.Process]]) -> Generator[Peak]:
    """Watch the memory of the processes while the block runs."""
    peak, over = Peak(), threading.Event()

    def watch() -> None:
        while not over.wait(LOOK_S):
            peak.memory = max(peak.memory, _resident(processes()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()


def _resident(processes: Iterable[psutil.Process]) -> int:
    total = 0
    for one in processes:
        try:
            total += one.memory_info().rss
        except psutil.Error:
            continue
    return total


def seconds(work: Callable[[], object]) -> float:
    """Return how long the work takes by the clock."""
    began_s = time.perf_counter()
    work()
    return time.perf_counter() - began_s


def ratios(above: Sequence[float], below: Sequence[float]) -> tuple[float, ...]:
    """Return how many times as long the first took, repetition by repetition."""
    return tuple(one / other for one, other in zip(above, below, strict=True))


def rounded(values: dict[str, list[float]]) -> str:
    """Return the medians as words."""
    parts = (f"{name} {statistics.median(found):.2f}" for name, found in values.items())
    return ", ".join(parts)
