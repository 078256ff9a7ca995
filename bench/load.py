"""`python -m bench.load --minutes 10`: fifty callers at once on the embedded stack.

    10 callers with a live key    a recording of 2 s each, measured by the one worker
    40 callers with a test key    the same way through API, queue and store; nothing is computed

Printed: a table of latencies by route, errors, told limits, ends, and the memory of every process
in the first and in the last minute. The exit code is 1 after an error, or when memory grew.

Written with httpx and asyncio, not Locust, which would add twenty packages to the locked set, a web
framework and gevent's patches of the standard library among them.
"""

import argparse
import asyncio
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Final

import httpx

from bench.api_clip import short_clip
from bench.api_processes import look, memory_of
from bench.api_stack import Served, stack
from bench.load_clients import Caller, Tally
from bench.percentile import percentile

CLIENTS: Final = 50
LIVE_SHARE: Final = 0.2
SAMPLE_S: Final = 2.0
GROWTH: Final = 1.10
SLACK_MIB: Final = 16.0
"""A process may hold so much more at the end, besides a tenth: flat is not to the byte."""
SETTLED_S: Final = 60.0


@dataclass(slots=True)
class Memory:
    """MiB by kind of process, over time."""

    began: float = field(default_factory=time.monotonic)
    samples: list[tuple[float, dict[str, float]]] = field(default_factory=list)

    async def watch(self, served: Served, until: float) -> None:
        """Look every two seconds."""
        while time.monotonic() < until:
            held = await asyncio.to_thread(lambda: memory_of(look(served.processes())))
            self.samples.append((time.monotonic() - self.began, held))
            await asyncio.sleep(SAMPLE_S)

    def compared(self) -> dict[str, tuple[float, float]]:
        """Return the means of the first and of the last minute; decoders come and go."""
        end = self.samples[-1][0]
        span = min(SETTLED_S, end / 3)
        first = _means(held for at, held in self.samples if at <= max(span, self.samples[0][0]))
        last = _means(held for at, held in self.samples if at >= end - span)
        names = (set(first) & set(last)) - {"decoder", "other"}
        return {name: (first[name], last[name]) for name in sorted(names)}


def _means(samples: Iterable[Mapping[str, float]]) -> dict[str, float]:
    found: dict[str, list[float]] = defaultdict(list)
    for held in samples:
        for name, one in held.items():
            found[name].append(one)
    return {name: sum(every) / len(every) for name, every in found.items()}


async def put_under_load(served: Served, clients: int, seconds: float) -> tuple[Tally, Memory]:
    """Have the callers call for so long; return what they met, and what it took."""
    tally, memory = Tally(), Memory()
    until = time.monotonic() + seconds
    recording = short_clip().read_bytes()
    test_key = _test_key(served)
    async with AsyncExitStack() as lines:
        callers: list[Caller] = []
        for number in range(clients):
            key = served.key if number < clients * LIVE_SHARE else test_key
            api = await lines.enter_async_context(_client(served, key))
            callers.append(Caller(api, recording, tally, until))
        watching = asyncio.create_task(memory.watch(served, until))
        await asyncio.gather(*(caller.run() for caller in callers))
        await watching
    return tally, memory


def _client(served: Served, key: str) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.AsyncClient(base_url=served.url, headers=headers, timeout=60, trust_env=False)


def _test_key(served: Served) -> str:
    with served.client() as api:
        asked = {"name": "load", "environment": "test", "scopes": ["create", "read"]}
        return api.post("/v1/keys", json=asked).raise_for_status().json()["key"]


def latency_table(taken_ms: Mapping[str, Sequence[float]]) -> Iterable[str]:
    """Yield the lines of a table of milliseconds by route."""
    yield "| route | requests | p50 ms | p90 ms | p99 ms | longest |"
    yield "|---|---|---|---|---|---|"
    for route, found in sorted(taken_ms.items()):
        ranks = " | ".join(f"{percentile(found, one):.0f}" for one in (50, 90, 99, 100))
        yield f"| {route} | {len(found)} | {ranks} |"


def memory_table(compared: Mapping[str, tuple[float, float]]) -> Iterable[str]:
    """Yield the lines of a table of MiB by process."""
    yield "| process | first minute, MiB | last minute, MiB |"
    yield "|---|---|---|"
    for name, (first, last) in compared.items():
        yield f"| {name} | {first:.0f} | {last:.0f} |"


def grown(compared: Mapping[str, tuple[float, float]]) -> list[str]:
    """Return the processes that hold more at the end than at the beginning."""
    found = compared.items()
    return [name for name, (first, last) in found if last > first * GROWTH + SLACK_MIB]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the test and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m bench.load")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--clients", type=int, default=CLIENTS)
    asked = parser.parse_args(arguments)
    with stack() as served:
        work = put_under_load(served, asked.clients, 60 * asked.minutes)
        tally, memory = asyncio.run(work)
    compared = memory.compared()
    more = grown(compared)
    print(f"{asked.clients} clients, {asked.minutes:g} minutes\n")
    print("\n".join(latency_table(tally.taken_ms)), "\n")
    print("\n".join(memory_table(compared)), "\n")
    print(f"ended: {dict(tally.ended)}")
    print(f"told limits: {dict(tally.limits)}")
    print(f"errors: {dict(tally.errors)}")
    print(f"memory grew: {more or 'nowhere'}")
    return 1 if tally.errors or more else 0


if __name__ == "__main__":
    sys.exit(main())
