"""`mien capacity` against a service: what is printed, and what is refused."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from launch.__main__ import main
from launch.capacity_measuring import Measured, computed_s, trial_of
from launch.faults import LaunchFault
from launch.memory import held_gib
from tests.unit.launch.loopback import Loopback

PAGE = """\
# TYPE nv_inference_compute_infer_duration_us counter
nv_inference_compute_infer_duration_us{model="hmhn",version="1"} 1500000
nv_inference_compute_infer_duration_us{model="expression",version="1"} 2.5e+05
nv_inference_count{model="hmhn",version="1"} 12
"""


def capacity(here: Loopback, video: Path, *words: str) -> int:
    arguments = ["--url", here.url, "--key", here.key, "--video", str(video)]
    return main(["capacity", "--video-minutes-per-hour", "90", *arguments, *words], {})


def result(seconds: float, **timings_ms: int) -> dict[str, object]:
    return {"quality": {"duration_ms": round(seconds * 1000)}, "timings_ms": timings_ms}


def test_workers_memory_and_cost_are_told_with_the_spread(
    here: Loopback, video: Path, capsys: pytest.CaptureFixture[str]
):
    code = capacity(here, video, "--repeats", "2", "--price-per-core-hour", "0.05")

    said = capsys.readouterr().out
    assert code == 0
    assert "by the slowest of 2 trials" in said
    for word in ("fastest", "mean", "slowest", "worker, total", "cost of a video-hour"):
        assert word in said
    assert "assumed, the limits of deploy/kubernetes" in said


def test_a_script_gets_every_trial(here: Loopback, video: Path, capsys: pytest.CaptureFixture[str]):
    capacity(here, video, "--repeats", "2", "--json", "--worker-gib", "1.5")

    found = json.loads(capsys.readouterr().out)
    assert len(found["trials"]) == 2
    assert found["machine"]["worker_gib"] == 1.5
    assert found["sizes"]["slowest"]["workers"] >= found["sizes"]["fastest"]["workers"]
    assert len(here.assessments()) == 3


@pytest.mark.parametrize(
    "words",
    [
        ["--repeats", "1"], ["--utilisation", "1.5"], ["--worker-cores", "0"],
        ["--price-per-core-hour", "-1"], ["--worker-gib", "nan"],
    ],
)  # fmt: skip
def test_numbers_that_cannot_be_are_wrong_usage(here: Loopback, video: Path, words: list[str]):
    with pytest.raises(SystemExit) as ended:
        capacity(here, video, *words)

    assert ended.value.code == 2


def test_a_trial_is_told_for_a_minute_of_video():
    trial = trial_of(result(30, decode=1000, infer=6000, total=9000), computed_s=4.0)

    assert trial.stages == {"decode": 2.0, "infer": 12.0, "total": 18.0}
    assert (trial.speed.worker_s, trial.speed.triton_s) == (18.0, 8.0)


def test_without_tritons_counter_the_time_that_was_waited_stands_in():
    assert trial_of(result(30, infer=6000, total=9000), computed_s=None).triton_s == 12.0


def test_a_recording_of_no_length_is_no_measure():
    with pytest.raises(LaunchFault, match="too short"):
        trial_of(result(0, total=9000), computed_s=None)


def test_tritons_counter_is_summed_over_the_networks():
    assert computed_s(PAGE) == 1.75


def test_the_spread_is_that_of_each_stage():
    trials = [trial_of(result(60, infer=i, total=t), None) for i, t in ((1, 9), (3, 7), (2, 8))]
    measured = Measured(tuple(trials))

    assert measured.stage("infer") == pytest.approx((0.001, 0.002, 0.003))
    assert (measured.fastest.worker_s, measured.slowest.worker_s) == (0.007, 0.009)
    assert measured.stage_names == ["infer", "total"]


def test_the_memory_of_a_process_and_of_its_child_is_counted():
    grandchild = "b = bytearray(2**26); b[::4096] = b'x' * 2**14; print(1, flush=True); input()"
    run = f'subprocess.run([sys.executable, \'-c\', """{grandchild}"""])'
    child = f"import subprocess, sys; b = b'x' * 2**26; {run}"
    with subprocess.Popen(
        [sys.executable, "-c", child], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        held = held_gib(process.pid)
        process.communicate(b"\n")

    assert held > 0.12
    assert held_gib(process.pid) == 0.0
    assert held_gib(os.getpid()) > 0.01
