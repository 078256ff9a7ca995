"""What a stack takes that nobody uses: processor time and memory of every process."""

import time
from collections.abc import Iterable
from typing import Final

from bench.api_processes import watched
from bench.api_stack import stack
from bench.row import Row, Scale

SETTLED_S: Final = 20.0
"""The stack's start, the first examination of the networks included, is over by then."""
TARGET_PERCENT: Final = 1.0


def rows(scale: Scale) -> Iterable[Row]:
    """Watch an idle stack for a minute, once for each repetition; smoke: 15 seconds, once."""
    seconds = scale.pick(whole=60, smoke=15)
    with stack() as served:
        time.sleep(SETTLED_S)
        looks = [watched(served.processes(), seconds) for _ in range(1 if scale.smoke else 3)]
    shares = tuple(sum(cpu.values()) for cpu, _ in looks)
    cpu, memory = looks[-1]
    said = ", ".join(f"{name} {one:.2f}" for name, one in _falling(cpu) if one >= 0.005)
    held = ", ".join(f"{name} {one:.0f}" for name, one in _falling(memory))
    yield Row("idle stack: processor", "% of a core", shares, TARGET_PERCENT, "lower", said)
    yield Row("idle stack: memory", "MiB", (sum(memory.values()),), None, "lower", held)


def _falling(by_name: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(by_name.items(), key=lambda one: -one[1])
