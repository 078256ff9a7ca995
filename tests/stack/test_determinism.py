"""Recordings assessed twice, by two workers, in different orders: the same results to the byte.

pytest -m "stack and slow" tests/stack/test_determinism.py           6 recordings, then 100
pytest -m "stack and slow" tests/stack/test_determinism.py -k 6      6 of them
"""

import hashlib
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from launch.data_folder import redis_url_of
from launch.triton_control import CONTROL_FILE
from tests.stack.conftest import PROJECT, Stack
from training.drawing import draw_looks
from training.golden_clip import Scene, write_clip

pytestmark = pytest.mark.stack

WORKERS = 2
TOLD_APART = ("created_at", "timings_ms", "id", "urls")
"""What differs between two assessments of one recording by its nature."""


@pytest.fixture(scope="module")
def second_worker(stack: Stack) -> Iterator[None]:
    """Start another worker beside the stack's own, and wait until it has signed in."""
    url = redis_url_of(stack.data)
    assert url is not None
    environment = {
        **os.environ,  # noqa: TID251
        "MIEN_REDIS_URL": url,
        "MIEN_DATA": str(stack.data),
        "MIEN_TRITON_URL": json.loads((stack.data / CONTROL_FILE).read_text())["grpc"],
        "MIEN_LEASE_S": "6",
        "MIEN_REQUEUE_S": "3",
    }
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "worker.app:app",
        "worker",
        "--pool",
        "prefork",
    ]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    with (stack.data / "second_worker.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--concurrency", "1", *quiet, "-n", "second@%h", "--loglevel", "INFO"],
            cwd=PROJECT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    _wait_for_the_second(stack)
    yield
    process.terminate()
    assert process.wait(60) == 0


def _wait_for_the_second(stack: Stack) -> None:
    end = time.monotonic() + 90
    log = stack.data / "second_worker.log"
    while "scores the golden clip" not in log.read_text():
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.1)


def recordings(folder: Path, count: int) -> list[Path]:
    """Draw recordings of two seconds, each of another person and another stretch of behaviour."""
    paths: list[Path] = []
    for number in range(count):
        numbers = np.random.default_rng(1000 + number)
        start, end = sorted(float(share) for share in numbers.uniform(0.0, 1.0, 2))
        path = folder / f"{number}.mp4"
        write_clip(path, Scene(draw_looks(numbers), start, end))
        paths.append(path)
    return paths


def digests(stack: Stack, paths: list[Path], seed: int) -> tuple[dict[str, str], dict[str, Any]]:
    """Assess all in an order of their own; return the results' digests and one result."""
    shuffled = random.Random(seed).sample(paths, len(paths))
    with ThreadPoolExecutor(WORKERS * 2) as senders:
        bodies = list(senders.map(lambda path: stack.assess(path), shuffled))
    found = {path.name: digest(stack, body) for path, body in zip(shuffled, bodies, strict=True)}
    return found, bodies[0]["result"]


def digest(stack: Stack, body: dict[str, Any]) -> str:
    """Return the digest of the result and the timeline, without ids and times."""
    assert body["status"] == "succeeded", body
    result = {name: value for name, value in body["result"].items() if name not in TOLD_APART}
    text = json.dumps(result, sort_keys=True) + stack.get(body["urls"]["timeline"]).text
    return hashlib.sha256(text.encode()).hexdigest()


def done_by_the_second(stack: Stack) -> int:
    """Return how many assessments the second worker has ended so far."""
    return (stack.data / "second_worker.log").read_text().count("is succeeded")


@pytest.mark.slow
@pytest.mark.parametrize("count", [6, pytest.param(100, marks=pytest.mark.timeout(3600))])
@pytest.mark.usefixtures("second_worker")
def test_recordings_shuffled_twice_over_two_workers_give_identical_results(
    stack: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str], count: int
):
    paths = recordings(tmp_path, count)
    started, before = time.monotonic(), done_by_the_second(stack)

    first, result = digests(stack, paths, seed=1)
    second, _ = digests(stack, paths, seed=2)

    both = 2 * count
    shared = done_by_the_second(stack) - before
    same = sum(first[name] == second[name] for name in first)
    seconds = time.monotonic() - started
    with capsys.disabled():
        sys.stdout.write(
            f"\n{same} of {count} identical; {shared} of {both} runs by the second worker;"
            f" {seconds:.0f} s\n"
        )
    assert first == second
    assert len(set(first.values())) == count
    assert result["severity"] or result["withheld"]
    assert 0 < shared < both
