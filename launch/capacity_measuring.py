"""A short measurement of a stack: the same recording a few times, one after the other.

warm-up ─▶ assess ─▶ timings of the result ─▶ seconds a video-minute, by stage
└─────▶ Triton's own counter, where its metrics can be read
"""

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any, Final

import httpx

from launch.assess import require_result
from launch.client import Assessments, Document
from launch.faults import LaunchFault, Unreachable
from launch.sizing import Speed

TOTAL, INFER = "total", "infer"
SHORTEST_MS: Final = 1000
COMPUTED: Final = re.compile(r"^nv_inference_compute_infer_duration_us\{[^}]*\} ([0-9.e+]+)$", re.M)
"""Microseconds of computing, summed over requests: where requests share a batch, too many."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One assessment: seconds by stage, and of Triton's computing, for a minute of video."""

    stages: Mapping[str, float]
    triton_s: float

    @property
    def speed(self) -> Speed:
        """How long worker and Triton were busy."""
        return Speed(worker_s=self.stages[TOTAL], triton_s=self.triton_s)


@dataclass(frozen=True, slots=True)
class Measured:
    """Several trials of one recording."""

    trials: tuple[Trial, ...]

    @property
    def mean(self) -> Speed:
        """The mean of the trials."""
        speeds = [trial.speed for trial in self.trials]
        return Speed(
            fmean(speed.worker_s for speed in speeds), fmean(speed.triton_s for speed in speeds)
        )

    @property
    def fastest(self) -> Speed:
        """The least of worker and Triton, each on its own."""
        speeds = [trial.speed for trial in self.trials]
        return Speed(min(one.worker_s for one in speeds), min(one.triton_s for one in speeds))

    @property
    def slowest(self) -> Speed:
        """The most of worker and Triton, each on its own."""
        speeds = [trial.speed for trial in self.trials]
        return Speed(max(one.worker_s for one in speeds), max(one.triton_s for one in speeds))

    def stage(self, name: str) -> tuple[float, float, float]:
        """Return least, mean and most of a stage."""
        found = [trial.stages.get(name, 0.0) for trial in self.trials]
        return min(found), fmean(found), max(found)

    @property
    def stage_names(self) -> list[str]:
        """The stages, the whole of them last."""
        names = {name for trial in self.trials for name in trial.stages}
        return [*sorted(names - {TOTAL}), TOTAL]


def measure(
    api: Assessments,
    video: Path,
    repeats: int,
    computed_s: Callable[[], float | None],
    pause: Callable[[float], None],
) -> Measured:
    """Assess the recording once to warm up, then as often as asked; raises a `LaunchFault`."""
    _assess(api, video, pause)
    trials: list[Trial] = []
    for _ in range(repeats):
        before = computed_s()
        result = _assess(api, video, pause)
        after = computed_s()
        spent = None if before is None or after is None else after - before
        trials.append(trial_of(result, spent))
    return Measured(tuple(trials))


def trial_of(result: Mapping[str, Any], computed_s: float | None) -> Trial:
    """Return what a result says of its own making, for a minute of its video.

    Where Triton's counter cannot be read, the time that the worker waited for Triton stands in.
    """
    duration_ms = result["quality"]["duration_ms"]
    if duration_ms < SHORTEST_MS:
        raise LaunchFault("the recording is too short to measure by: take one of some seconds")
    minutes = duration_ms / 60_000
    stages = {name: ms / 1000 / minutes for name, ms in result["timings_ms"].items()}
    if TOTAL not in stages:
        raise LaunchFault("the service does not say how long the assessment took")
    triton_s = stages.get(INFER, 0.0) if computed_s is None else computed_s / minutes
    return Trial(stages, triton_s)


def _assess(api: Assessments, video: Path, pause: Callable[[float], None]) -> Document:
    created = api.create(video, {}, idempotency_key=f"capacity-{uuid.uuid4()}")
    last: Document = {}
    for last in api.follow(created["id"], pause):  # noqa: B007  the last one is what is wanted
        pass
    require_result(last)
    return last["result"]


def triton_counter(url: str | None) -> Callable[[], float | None]:
    """Return what reads the seconds that Triton has computed so far; None without an address."""

    def read() -> float | None:
        """Return seconds; raises `Unreachable` when Triton does not answer."""
        if url is None:
            return None
        try:
            answer = httpx.get(url, timeout=10.0, trust_env=False)
        except httpx.HTTPError as error:
            raise Unreachable.of(error) from error
        return computed_s(answer.text)

    return read


def computed_s(page: str) -> float:
    """Return the seconds of computing that a page of Triton's metrics counts."""
    return sum(float(value) for value in COMPUTED.findall(page)) / 1e6
