"""Scoring alone: Triton through gRPC beside ONNX Runtime in process, and INT8 beside FP32.

in process, gRPC, in process, gRPC, …     batches of 16 faces, the same threads
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from assessment.repository import read_repository
from bench.api_stack import Served, stack
from bench.clip import clip
from bench.limit import decoded, session
from bench.measuring import CORES, ratios, seconds
from bench.places import DETECTOR
from bench.repository import BUILT, NETWORK, drawn, repository
from bench.row import Row, Scale
from training.drift import SCORE_LIMITS, drift_between
from training.repository import ModelFolder
from training.synthetic import Split
from worker.faces import FaceFinder, align
from worker.inference import TritonScorer
from worker.pipeline import Sampling
from worker.video import Pixels

BATCH: Final = 16
IN_FLIGHT: Final = 2
OTHERS: Final = 24
"""Drawn persons that neither calibrated the graph nor chose it."""


def rows(scale: Scale) -> Iterable[Row]:
    """Measure both, in INT8."""
    network = repository(int8=True)
    with stack(MIEN_MODEL_REPOSITORY=str(network.repository)) as served:
        yield through_triton(served, network, scale, "INT8")
    yield from _int8_against_fp32(session(network.graph, CORES), real_faces(), scale)


def through_triton(served: Served, network: ModelFolder, scale: Scale, precision: str) -> Row:
    """Score by turns through a running Triton and in this process, on the same graph."""
    batches = scale.pick(whole=8, smoke=IN_FLIGHT)
    faces = real_faces()[: scale.pick(whole=BATCH, smoke=BATCH // 2)]
    in_process = session(network.graph, CORES)
    turns = scale.pick(whole=scale.repeats, smoke=2)
    scorer = TritonScorer(_triton_url(served), read_repository(network.repository).sound)

    def through_grpc() -> None:
        flying = [scorer.submit(faces, [NETWORK]) for _ in range(IN_FLIGHT)]
        for _ in range(batches - IN_FLIGHT):
            flying.pop(0).scores()
            flying.append(scorer.submit(faces, [NETWORK]))
        for one in flying:
            one.scores()

    alone = partial(_run, in_process, faces, batches)
    spent = by_turns({"in process": alone, "gRPC": through_grpc}, turns)
    scorer.close()
    return Row(
        f"Triton through gRPC against ONNX Runtime in process, {precision}",
        "of its speed",
        ratios(spent["in process"], spent["gRPC"]),
        None if scale.smoke else 0.93,
        note=f"batch {len(faces)}, {CORES} threads, {IN_FLIGHT} batches in flight",
        guarded=True,
    )


def by_turns(ways: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, list[float]]:
    """Time each way so many times, by turns, after a first time that does not count."""
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(repeats + 1):
        for name, way in ways.items():
            took_s = seconds(way)
            if turn:
                spent[name].append(took_s)
    return spent


def real_faces() -> Pixels:
    """Return a batch of faces of the clip, (16, 224, 224, 3) uint8 RGB."""
    finder = FaceFinder(DETECTOR)
    pictures = decoded(clip(10), Sampling(every_ms=600))
    return np.stack([align(one, finder.find(one)[0]) for one in pictures[:BATCH]])


def _run(network: Any, faces: Pixels, batches: int) -> None:
    for _ in range(batches):
        network.run(None, {"faces": faces})


def _triton_url(served: Served) -> str:
    option = "--grpc-port="
    for process in served.processes():
        for part in process.cmdline():
            if part.startswith(option):
                return f"127.0.0.1:{part.removeprefix(option)}"
    raise RuntimeError("the stack has no Triton")


def _int8_against_fp32(int8: Any, faces: Pixels, scale: Scale) -> Iterable[Row]:
    fp32 = session(BUILT.graph, CORES)
    ways = {name: lambda one=one: _run(one, faces, 2) for name, one in (("8", int8), ("32", fp32))}
    spent = by_turns(ways, scale.repeats)
    yield Row(
        "INT8 against FP32, both ONNX Runtime",
        "times as fast",
        ratios(spent["32"], spent["8"]),
        2.5,
        note=f"batch {BATCH}, {CORES} threads; {vector_instructions()}",
        guarded=True,
    )
    for name, rows in (("drawn faces", drawn(Split.TRAIN, OTHERS)), ("a real face", faces)):
        found, expected = (one.run(["expectation"], {"faces": rows})[0] for one in (int8, fp32))
        drift = drift_between(expected, found)
        yield Row(
            f"score drift of INT8, {name}",
            "points of 0-63",
            (drift.mean,),
            SCORE_LIMITS.mean,
            "lower",
            note=f"{drift.n} faces that chose nothing, {drift.maximum:.2f} at most",
        )


def vector_instructions() -> str:
    """Say whether the processor multiplies 8-bit numbers faster than it does 32-bit ones."""
    with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
        flags = next((line for line in lines if line.startswith("flags")), "").split()
    present = [one for one in ("amx_int8", "avx512_vnni", "avx_vnni") if one in flags]
    return f"with {present[0]}" if present else "a processor without VNNI or AMX"
