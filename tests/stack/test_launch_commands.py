"""The launcher's promises, kept by the real stack: clear words, and nothing left running."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.stack.conftest import PROJECT, STOPPED_S, Stack, free_port, start, stop
from tests.stack.processes import alive, processes_of
from tests.stack.waiting import until

pytestmark = pytest.mark.stack

GONE_S = 20.0
"""What was killed is gone once the kernel has taken back its memory: gigabytes, of a Triton."""


def launch(*arguments: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    return subprocess.run(
        [sys.executable, "-m", "launch", *map(str, arguments)],
        cwd=PROJECT,
        env={**os.environ, **settings},  # noqa: TID251
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def triton_of(launcher: subprocess.Popen[bytes]) -> list[psutil.Process]:
    below = alive(processes_of(launcher, "tritonserver"))
    return [one for one in below if one.name() == "tritonserver"]


def none_left(processes: list[psutil.Process]) -> bool:
    end = time.monotonic() + GONE_S
    while alive(processes) and time.monotonic() < end:
        time.sleep(0.05)
    return alive(processes) == []


@pytest.mark.slow
def test_a_killed_launcher_leaves_no_process_and_the_next_one_starts_on_what_it_left(
    tmp_path: Path,
):
    killed = start(tmp_path)
    processes = processes_of(killed.process)
    assert len(processes) > 8

    killed.process.kill()
    killed.process.wait()

    assert none_left(processes), alive(processes)
    again = start(tmp_path)
    processes = processes_of(again.process)
    assert stop(again) == 0
    assert none_left(processes), alive(processes)
    assert again.log.read_text().rstrip().endswith("Stopped.")


def test_a_part_that_dies_is_named_and_takes_the_others_along(tmp_path: Path):
    stack = start(tmp_path)
    processes = processes_of(stack.process)
    (triton,) = triton_of(stack.process)

    triton.kill()

    assert stack.process.wait(STOPPED_S) == 1
    assert "triton was killed by SIGKILL" in stack.log.read_text()
    assert none_left(processes), alive(processes)


def test_no_secret_reaches_triton_or_redis_and_the_data_folder_is_private(stack: Stack):
    parts = stack.process
    servers = [*processes_of(parts, "triton"), *processes_of(parts, "redis")]
    strangers = [one for one in servers if one.name().startswith(("triton", "redis"))]

    assert len(strangers) >= 2
    assert [one.name() for one in strangers if stack.key in str(one.environ())] == []
    assert stack.data.stat().st_mode & 0o077 == 0


def test_ctrl_c_while_it_starts_stops_it_too(tmp_path: Path):
    command = [sys.executable, "-m", "launch", "up", "--port", "0"]
    refused = launch(*command[3:])
    assert refused.returncode == 2

    up = subprocess.Popen(
        [*command[:-1], str(free_port()), "--data", str(tmp_path / "data")],
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
    )
    # From Triton's first moment to the stack's readiness it is a long way.
    until(lambda: bool(triton_of(up)))
    processes = processes_of(up)
    up.send_signal(signal.SIGINT)

    assert up.wait(STOPPED_S) == 0
    assert none_left(processes), alive(processes)


def test_a_taken_port_is_said_before_anything_starts(stack: Stack, tmp_path: Path):
    refused = launch("up", "--port", str(stack.port), "--data", tmp_path / "data")

    assert refused.returncode == 1
    assert str(stack.port) in refused.stderr
    assert not (tmp_path / "data" / "redis").exists()


def test_a_data_folder_has_one_stack(stack: Stack):
    refused = launch("up", "--port", "18098", "--data", stack.data)

    assert refused.returncode == 1
    assert "another" in refused.stderr


def test_missing_weights_are_said_with_what_to_do(tmp_path: Path):
    missing = str(tmp_path / "nowhere.onnx")
    refused = launch("up", "--port", "18097", "--data", tmp_path / "data", MIEN_DETECTOR=missing)

    assert refused.returncode == 1
    assert "make weights" in refused.stderr


def test_the_demo_writes_its_files_and_says_what_the_numbers_are_not(
    tmp_path: Path, short_face: Path
):
    shown = launch("demo", "--video", short_face, "--out", tmp_path / "out")

    assert shown.returncode == 0, shown.stderr
    assert "demonstration" in shown.stdout
    written = {path.name for path in (tmp_path / "out").iterdir()}
    results = {"assessment.json", "timeline.jsonl", "report.html"}
    assert written == results | {"receipt.json", "keys.json"}
    assessment = json.loads((tmp_path / "out" / "assessment.json").read_text())
    assert assessment["outcome"] == "reported"


@pytest.mark.slow
def test_the_demo_says_why_there_is_no_result(tmp_path: Path):
    (tmp_path / "notes.mp4").write_text("these are notes, not a video")

    shown = launch("demo", "--video", tmp_path / "notes.mp4", "--out", tmp_path / "out")

    assert shown.returncode == 1
    assert "MP4" in shown.stdout + shown.stderr


def test_assess_talks_to_a_running_service(stack: Stack, short_face: Path, tmp_path: Path):
    shown = launch(
        "assess", short_face, "--url", stack.url, "--key", stack.key, "--out", tmp_path / "out"
    )
    refused = launch("assess", short_face, "--url", stack.url, "--key", "wrong")

    assert shown.returncode == 0, shown.stderr
    assert (tmp_path / "out" / "report.html").is_file()
    assert refused.returncode == 1
    assert "key" in refused.stderr
