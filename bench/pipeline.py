"""A whole assessment on the embedded stack, beside the naive program and the machine's limit.

    mien, naive, limit, mien, naive, limit, …     by turns, in one run

60 seconds of 1280x720 at 30 frames a second, 2.5 samples a second, one ResNet-50-class network. The
clock runs from before the upload until the result can be read.
"""

import json
import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx

from bench.api_stack import Served, stack
from bench.clip import clip
from bench.measuring import CORES, alone, cpu_s, ratios, rounded
from bench.repository import NETWORK, repository
from bench.row import Row, Scale
from training.repository import ModelFolder

EVERY_MS: Final = 400
SMOKE_EVERY_MS: Final = 1250
REQUEST: Final[dict[str, Any]] = {"analyses": ["severity"], "model": [NETWORK]}
WAIT: Final = {"Prefer": "wait=60"}
ASKED_EVERY_S: Final = 0.25
"""After that minute."""
PATIENCE_S: Final = 1800.0
KINDS: Final = {
    "film": "B-frames, as cameras and editors write",
    "camera": "no B-frames, as WebRTC",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What one assessment took: by the clock, by all processors, and by stage."""

    wall_s: float
    cpu_s: float
    timings_ms: dict[str, int]


@dataclass(slots=True)
class Turns:
    """What each turn took: mien, the naive program on so many threads, each stage of the limit."""

    threads: int
    ours: list[Taken] = field(default_factory=list)
    naive_s: list[float] = field(default_factory=list)
    limits_s: list[dict[str, float]] = field(default_factory=list)


def assess(
    served: Served, api: httpx.Client, recording: Path, *, every_ms: int, **request: Any
) -> Taken:
    """Send a recording, wait for its result, and erase it."""
    began_s, spent_s = time.perf_counter(), cpu_s(served.processes())
    asked = json.dumps({"sampling": {"every_ms": every_ms}, **request})
    with recording.open("rb") as content:
        parts = {"request": (None, asked, "application/json"), "video": ("r.mp4", content)}
        answer = api.post("/v1/assessments", files=parts, headers=WAIT)
    body = answer.raise_for_status().json()
    path = f"/v1/assessments/{body['id']}"
    while body["status"] in ("queued", "processing"):
        time.sleep(ASKED_EVERY_S)
        body = api.get(path).raise_for_status().json()
        if time.perf_counter() - began_s > PATIENCE_S:
            raise RuntimeError("the assessment does not end")
    wall_s, all_s = time.perf_counter() - began_s, cpu_s(served.processes()) - spent_s
    if body["status"] != "succeeded":
        raise RuntimeError(f"the assessment is {body['status']}: {body['error']}")
    api.delete(path).raise_for_status()
    return Taken(wall_s, all_s, body["result"]["timings_ms"])


def rows(scale: Scale) -> Iterable[Row]:
    """Assess both kinds of clip with the network in INT8."""
    network = repository(int8=True)
    with stack(MIEN_MODEL_REPOSITORY=str(network.repository)) as served:
        for kind in KINDS:
            yield from compared(served, network, scale, kind)


def compared(served: Served, network: ModelFolder, scale: Scale, kind: str) -> Iterable[Row]:
    """Assess, run the naive program and measure the limit by turns; compare clocks and work."""
    recording = clip(scale.pick(whole=60, smoke=10), camera=kind == "camera")
    every_ms = scale.pick(whole=EVERY_MS, smoke=SMOKE_EVERY_MS)
    threads = CORES if scale.smoke else _best_threads(recording, every_ms)
    turns = Turns(threads)
    with served.client() as api:
        ask = partial(assess, served, api, every_ms=every_ms, **REQUEST)
        ask(clip(10))  # Warm.
        for _ in range(scale.repeats):
            turns.ours.append(ask(recording))
            turns.naive_s.append(_naive(recording, every_ms, threads))
            limit = (str(recording), str(network.graph), "--every-ms", str(every_ms))
            turns.limits_s.append(alone("bench.limit", *limit))
    with_target = kind == "film" and not scale.smoke
    yield _against_naive(turns, kind, 4.5 if with_target else None)
    yield _against_the_limit(turns, kind, 0.8 if with_target else None)
    yield Row(
        f"processor time of the limit against a whole assessment, {kind}",
        "of it",
        ratios([sum(one.values()) for one in turns.limits_s], [one.cpu_s for one in turns.ours]),
        note="what a busy machine disturbs least",
        guarded=True,
    )


def _against_naive(turns: Turns, kind: str, target: float | None) -> Row:
    walls, cpu = [one.wall_s for one in turns.ours], [one.cpu_s for one in turns.ours]
    return Row(
        f"whole assessment against naive, {kind}",
        "times as fast",
        ratios(turns.naive_s, walls),
        target,
        note=f"{KINDS[kind]}; mien {rounded({'wall': walls, 'CPU': cpu})} s, naive"
        f" {statistics.median(turns.naive_s):.2f} s on {turns.threads} threads",
        guarded=True,
    )


def _against_the_limit(turns: Turns, kind: str, target: float | None) -> Row:
    least_s = [sum(one.values()) / CORES for one in turns.limits_s]
    stages = {name: [one[name] for one in turns.limits_s] for name in turns.limits_s[0]}
    return Row(
        f"whole assessment against the limit, {kind}",
        "of the limit's speed",
        ratios(least_s, [one.wall_s for one in turns.ours]),
        target,
        note=f"CPU-seconds of the stages: {rounded(stages)}; on {CORES} cores"
        f" {statistics.median(least_s):.2f} s",
        guarded=True,
    )


def _naive(recording: Path, every_ms: int, threads: int) -> float:
    arguments = (str(recording), "--every-ms", str(every_ms), "--threads", str(threads))
    return alone("bench.peers.naive", *arguments, threads=threads)["wall_s"]


def _best_threads(recording: Path, every_ms: int) -> int:
    """Return the number of threads that serves the naive program best, each tried once."""
    return min(range(1, CORES + 1), key=lambda threads: _naive(recording, every_ms, threads))
