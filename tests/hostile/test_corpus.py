"""Each hostile recording comes to its one end, and the next good one is decoded right after."""

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from assessment.recording_faults import Unusable
from assessment.request import Sampling
from tests.hostile.case import LIMITS, Case
from tests.hostile.corpus import CORPUS, QUICK, QUICK_NAMES
from tests.hostile.films import COUNT, film
from tests.hostile.zygote import Zygote, running
from tests.media.recordings import number_of, record
from worker.video import Frame, decode

EVERY_FRAME = Sampling(every_ms=None, every_n_frames=1)
GROWTH_BYTES = 64 * 2**20
LONGEST_S = 10.0
CANARY = np.full((64, 64, 3), 255, np.uint8)
"""What a recording shows that belongs to somebody else; nothing hostile is as white."""
WHITE = 240


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    with running() as one:
        yield one


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A server that nobody may call."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def outcome(path: Path, case: Case, zygote: Zygote) -> tuple[str, str, list[Frame]]:
    """Return `decoded` or the code of a fault, its words, and the frames that came before."""
    frames: list[Frame] = []
    try:
        with decode(path, EVERY_FRAME, case.limits, start=zygote.start) as recording:
            frames.extend(recording)
    except Unusable as fault:
        return fault.code, str(fault), frames
    return "decoded", "", frames


def check(case: Case, folder: Path, listener: socket.socket, zygote: Zygote) -> None:
    # Given a recording of somebody else next door, and a worker of a certain size,
    canary = folder / "canary.mp4"
    record(canary, [CANARY] * COUNT)
    path = case.write(folder)
    named = path.read_bytes().replace(b"{port}", b"%06d" % listener.getsockname()[1])
    path.write_bytes(named.replace(b"{canary}", bytes(canary)))
    worker = psutil.Process()
    before = worker.memory_info().rss

    # when the hostile one is decoded,
    code, said, frames = outcome(path, case, zygote)

    # then it ends as the table says, nothing foreign is seen or called, nothing piles up,
    assert (code, case.said in said) == (case.ends, True), said
    if case.frames is not None:
        assert len(frames) == case.frames
    assert all(frame.pixels.mean() < WHITE for frame in frames)
    with pytest.raises(BlockingIOError):
        listener.accept()
    assert worker.pid == os.getpid()
    assert worker.memory_info().rss - before < GROWTH_BYTES

    # and a good recording is decoded at once.
    started = time.monotonic()
    good = Case("good", lambda: film("mp4"), "decoded", limits=LIMITS)
    code, _, frames = outcome(good.write(folder), good, zygote)
    assert [number_of(frame.pixels) for frame in frames] == list(range(COUNT))
    assert time.monotonic() - started < LONGEST_S


@pytest.mark.parametrize("case", QUICK, ids=lambda case: case.name)
def test_a_hostile_recording_harms_nobody(
    case: Case, tmp_path: Path, listener: socket.socket, zygote: Zygote
) -> None:
    check(case, tmp_path, listener, zygote)


@pytest.mark.slow
@pytest.mark.parametrize(
    "case", [case for case in CORPUS if case not in QUICK], ids=lambda case: case.name
)
def test_every_other_hostile_recording_harms_nobody_either(
    case: Case, tmp_path: Path, listener: socket.socket, zygote: Zygote
) -> None:
    check(case, tmp_path, listener, zygote)


def test_no_two_recordings_have_one_name_and_every_quick_one_is_there() -> None:
    names = [case.name for case in CORPUS]

    assert len(set(names)) == len(names)
    assert {case.name for case in QUICK} == QUICK_NAMES
