"""`capacity`: measure a stack, and say what a load takes and costs, with the spread."""

import argparse
import json
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from launch.capacity_measuring import Measured, measure, triton_counter
from launch.capacity_options import SAMPLE
from launch.client import Assessments, connect
from launch.embedded import plan_for, running
from launch.faults import LaunchFault, WrongUsage
from launch.memory import held_gib
from launch.printers import Silent
from launch.sizing import Machine, Prices, Size, Speed, cost_of_a_video_hour, size_for

USUAL_GIB: Final = {"worker": 3.0, "triton": 8.0}
"""The limits of deploy/kubernetes, where no memory was measured."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was measured; memory in GiB by part, where it was."""

    measured: Measured
    gib: Mapping[str, float]
    triton_counted: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """Sizes and costs by the mean, the fastest and the slowest of the trials."""

    found: Found
    machine: Machine
    sizes: Mapping[str, Size]
    costs: Mapping[str, float]


def run_capacity(
    project: Path, arguments: argparse.Namespace, console: Console, caller: Mapping[str, str]
) -> None:
    """Measure and print."""
    video = arguments.video or project / SAMPLE
    if not video.is_file():
        raise LaunchFault(f"no recording at {video}: give one with --video")
    if arguments.url:
        found = _remote(arguments, video, caller)
    else:
        found = _embedded(project, arguments, video, caller)
    answer = _answer(found, arguments)
    if arguments.json:
        console.out(json.dumps(_document(answer), indent=2), highlight=False)
    else:
        _show(answer, arguments, console)


def _remote(arguments: argparse.Namespace, video: Path, caller: Mapping[str, str]) -> Found:
    key = arguments.key or caller.get("MIEN_API_KEY")
    if not key:
        raise WrongUsage("no API key: give --key, or set MIEN_API_KEY")
    counter = triton_counter(arguments.triton_metrics)
    with connect(arguments.url, key) as http:
        measured = measure(Assessments(http), video, arguments.repeats, counter, time.sleep)
    return Found(measured, {}, arguments.triton_metrics is not None)


def _embedded(
    project: Path, arguments: argparse.Namespace, video: Path, caller: Mapping[str, str]
) -> Found:
    with (
        tempfile.TemporaryDirectory(prefix="mien-capacity-") as data,
        plan_for(project, Path(data), None, None, caller) as plan,
        running(plan, Silent()) as ready,
        connect(plan.url, plan.api_key, use_proxies=False) as http,
    ):
        counter = triton_counter(f"http://127.0.0.1:{plan.triton_ports.metrics}/metrics")
        api = Assessments(http)
        measured = measure(api, video, arguments.repeats, counter, ready.stack.wait)
        pids = ready.stack.pids()
        gib = {name: held_gib(pids[name]) for name in USUAL_GIB if name in pids}
    return Found(measured, gib, triton_counted=True)


def _answer(found: Found, arguments: argparse.Namespace) -> Answer:
    machine = Machine(
        worker_cores=arguments.worker_cores,
        worker_gib=arguments.worker_gib or found.gib.get("worker", USUAL_GIB["worker"]),
        triton_cores=arguments.triton_cores,
        triton_gib=arguments.triton_gib or found.gib.get("triton", USUAL_GIB["triton"]),
        triton_gpus=arguments.triton_gpus,
    )
    load, prices = arguments.video_minutes_per_hour, _prices(arguments)
    measured = found.measured
    speeds: dict[str, Speed] = {
        "mean": measured.mean,
        "fastest": measured.fastest,
        "slowest": measured.slowest,
    }
    sizes = {
        name: size_for(load, speed, machine, arguments.utilisation)
        for name, speed in speeds.items()
    }
    costs = {name: cost_of_a_video_hour(size, load, prices) for name, size in sizes.items()}
    return Answer(found, machine, sizes, costs)


def _prices(arguments: argparse.Namespace) -> Prices:
    return Prices(arguments.price_per_core_hour, arguments.price_per_gpu_hour)


def _document(answer: Answer) -> dict[str, Any]:
    measured = answer.found.measured
    return {
        "trials": [asdict(trial) for trial in measured.trials],
        "triton_counted": answer.found.triton_counted,
        "memory_gib": dict(answer.found.gib),
        "machine": asdict(answer.machine),
        "sizes": {name: asdict(size) for name, size in answer.sizes.items()},
        "cost_of_a_video_hour": dict(answer.costs),
    }


def _show(answer: Answer, arguments: argparse.Namespace, console: Console) -> None:
    console.print(_stages(answer.found))
    console.print(_needs(answer, priced=any(answer.costs.values())))
    console.print(Text("\n".join(_words(answer, arguments))), soft_wrap=True)


def _stages(found: Found) -> Table:
    table = Table("seconds a video-minute", "least", "mean", "most", box=None, header_style="bold")
    for name in found.measured.stage_names:
        table.add_row(f"worker, {name}", *(f"{value:.2f}" for value in found.measured.stage(name)))
    speeds = (found.measured.fastest, found.measured.mean, found.measured.slowest)
    counted = "computing" if found.triton_counted else "waited for"
    table.add_row(f"Triton, {counted}", *(f"{one.triton_s:.2f}" for one in speeds))
    return table


def _needs(answer: Answer, *, priced: bool) -> Table:
    orders = ("fastest", "mean", "slowest")
    table = Table("needed, by the trial that was", *orders, box=None, header_style="bold")
    sizes = [answer.sizes[name] for name in orders]
    table.add_row("workers", *(str(size.workers) for size in sizes))
    table.add_row("Triton instances", *(str(size.tritons) for size in sizes))
    table.add_row("memory, GiB", *(f"{size.memory_gib:.1f}" for size in sizes))
    if priced:
        table.add_row("cost of a video-hour", *(f"{answer.costs[name]:.4f}" for name in orders))
    return table


def _words(answer: Answer, arguments: argparse.Namespace) -> list[str]:
    size, trials = answer.sizes["slowest"], len(answer.found.measured.trials)
    memory = "measured" if answer.found.gib else "assumed, the limits of deploy/kubernetes"
    words = [
        f"For {arguments.video_minutes_per_hour:g} video-minutes an hour at a utilisation of"
        f" {arguments.utilisation:g}: {size.workers} workers, {size.tritons} Triton instances"
        f" (by the slowest of {trials} trials; the columns are the error of so few).",
        f"A worker is given {answer.machine.worker_cores:g} cores and"
        f" {answer.machine.worker_gib:.1f} GiB, a Triton {answer.machine.triton_cores:g} cores,"
        f" {answer.machine.triton_gpus:g} GPUs and {answer.machine.triton_gib:.1f} GiB ({memory}).",
        "Not in it: Redis, the service, storage, traffic, and what a busier machine loses.",
    ]
    if not answer.found.triton_counted:
        words.append("Triton's own counter was not read; --triton-metrics makes it exact.")
    return words
