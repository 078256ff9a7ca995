"""The fuzzer for twenty seconds, and that it can tell a worker that was harmed."""

import os
import random
import signal
from pathlib import Path

import pytest

from tests.hostile.films import film
from tests.hostile.fuzz import Fuzzer
from tests.hostile.fuzzed_worker import FuzzedWorker
from tests.hostile.mutation import mutated

pytestmark = pytest.mark.slow


@pytest.mark.timeout(180)
def test_twenty_seconds_of_mutations_neither_kill_nor_hang_a_worker(tmp_path: Path) -> None:
    tally = Fuzzer(7, tmp_path).go_on(20)

    assert tally.sound, tally.lines(7)
    assert tally.runs > 0
    assert tally.outcomes["decoded"] > 0
    assert tally.outcomes["undecodable"] > 0


def test_a_worker_that_dies_or_hangs_is_counted_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    path.write_bytes(film("mp4"))

    with FuzzedWorker() as worker:
        os.kill(worker.pid, signal.SIGKILL)
        died = worker.assess(path, every_frame=True, limit_s=30)
        os.kill(worker.pid, signal.SIGSTOP)
        hung = worker.assess(path, every_frame=True, limit_s=1)
        whole = worker.assess(path, every_frame=True, limit_s=60)

    assert (died.died, hung.hung) == (True, True)
    assert whole.said == "decoded"


def test_the_same_seed_makes_the_same_recordings() -> None:
    seeds = [film("mp4"), film("avi")]

    def made() -> list[bytes]:
        chance = random.Random(3)
        return [mutated(chance, seeds) for _ in range(50)]

    assert made() == made()
    assert len(set(made())) > 40
