"""A whole assessment on the embedded stack, beside the naive program and the machine's limit.

    mien, naive, limit, mien, naive, limit, …     by turns, in one run

60 seconds of 1280x720 at 30 frames a second, 2.5 samples a second, one ResNet-50-class network. The
clock runs from before the upload until the result can be read.
"""

import json
import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from bench.api_stack import Served, stack
from bench.clip import clip
from bench.measuring import CORES, alone, cpu_s, ratios, rounded
from bench.repository import NETWORK, repository
from bench.row import Row, Scale

EVERY_MS: Final = 400
ASKED_EVERY_S: Final = 0.02
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


def assess(
    served: Served, api: httpx.Client, recording: Path, *, every_ms: int, **request: Any
) -> Taken:
    """Send a recording, wait for its result, and erase it."""
    began_s, spent_s = time.perf_counter(), cpu_s(served.processes())
    asked = json.dumps({"sampling": {"every_ms": every_ms}, **request})
    with recording.open("rb") as content:
        parts = {"request": (None, asked, "application/json"), "video": ("r.mp4", content)}
        body = api.post("/v1/assessments", files=parts).raise_for_status().json()
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
    """Assess by turns; the network is INT8, in a smoke run FP32, which needs no calibration."""
    network = repository(int8=not scale.smoke)
    seconds = scale.pick(whole=60, smoke=10)
    with stack(MIEN_MODEL_REPOSITORY=str(network.repository)) as served, served.client() as api:
        for kind in ("film",) if scale.smoke else KINDS:
            recording = clip(seconds, camera=kind == "camera")
            yield from _compared(served, api, recording, network.graph, scale, kind)


def _compared(
    served: Served, api: httpx.Client, recording: Path, graph: Path, scale: Scale, kind: str
) -> Iterable[Row]:
    asked = {"analyses": ["severity"], "model": [NETWORK]}
    ours: list[Taken] = []
    naive: list[float] = []
    limits: list[dict[str, float]] = []
    threads = CORES if scale.smoke else _best_threads(recording)
    assess(served, api, clip(10), every_ms=EVERY_MS, **asked)  # Warm.
    for _ in range(scale.repeats):
        ours.append(assess(served, api, recording, every_ms=EVERY_MS, **asked))
        naive.append(_naive(recording, threads))
        limits.append(alone("bench.limit", str(recording), str(graph)))
    walls = [one.wall_s for one in ours]
    least = [sum(one.values()) / CORES for one in limits]
    stages = {name: [one[name] for one in limits] for name in limits[0]}
    told = f"mien {rounded({'wall': walls, 'CPU': [one.cpu_s for one in ours]})} s"
    first = kind == "film"
    yield Row(
        f"whole assessment against naive, {kind}",
        "times as fast",
        ratios(naive, walls),
        4.5 if first and not scale.smoke else None,
        note=f"{KINDS[kind]}; {told}, naive {statistics.median(naive):.2f} s on {threads} threads",
        guarded=True,
    )
    yield Row(
        f"whole assessment against the limit, {kind}",
        "of the limit's speed",
        ratios(least, walls),
        0.8 if first and not scale.smoke else None,
        note=f"CPU-seconds of the stages: {rounded(stages)}; on {CORES} cores"
        f" {statistics.median(least):.2f} s",
        guarded=True,
    )
    sums = tuple(sum(one.values()) for one in limits)
    yield Row(
        f"processor time of the limit against a whole assessment, {kind}",
        "of it",
        ratios(sums, [one.cpu_s for one in ours]),
        note="what a busy machine disturbs least",
        guarded=True,
    )


def _naive(recording: Path, threads: int) -> float:
    arguments = (str(recording), "--every-ms", str(EVERY_MS), "--threads", str(threads))
    return alone("bench.peers.naive", *arguments, threads=threads)["wall_s"]


def _best_threads(recording: Path) -> int:
    """Return the number of threads that serves the naive program best, each tried once."""
    return min(range(1, CORES + 1), key=lambda threads: _naive(recording, threads))
