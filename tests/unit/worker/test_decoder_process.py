import os
import signal
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assessment.faults import Stale
from assessment.recording_faults import DecoderCrashed, DecodeTimeout, Undecodable
from assessment.request import Sampling
from tests.media.recordings import counted, record
from worker.video import Limits, Recording, decode

EVERY_FRAME = Sampling(every_ms=None, every_n_frames=1)


def decoders() -> list[int]:
    """Return the ids of the decoder processes that this process has started."""
    found: list[int] = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
            command = (path.parent / "cmdline").read_bytes()
        except OSError:
            continue  # It ended meanwhile.
        if int(fields[1]) == os.getpid() and b"worker.decoder" in command:
            found.append(int(path.parent.name))
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A recording far larger than the pipe, so that its decoder waits for the worker."""
    return record(tmp_path / "recording", counted(60, 640, 480))


def nothing() -> None: ...


@contextmanager
def begun(path: Path, limits: Limits, idle: Callable[[], None] = nothing) -> Generator[Recording]:
    with decode(path, EVERY_FRAME, limits, idle) as recording:
        next(iter(recording))
        yield recording


def test_a_decoder_ends_with_its_recording(path: Path) -> None:
    with begun(path, Limits()):
        assert len(decoders()) == 1

    assert decoders() == []


def test_a_decoder_ends_when_the_work_breaks(path: Path) -> None:
    with pytest.raises(ZeroDivisionError), begun(path, Limits()):
        raise ZeroDivisionError

    assert decoders() == []


def test_a_decoder_that_is_killed_has_crashed(path: Path) -> None:
    with begun(path, Limits()) as recording:
        os.kill(decoders()[0], signal.SIGSEGV)

        with pytest.raises(DecoderCrashed, match="SIGSEGV"):
            list(recording)


def test_a_decoder_that_hangs_is_given_up_in_time(path: Path) -> None:
    # Given a decoder that stands still without using its processor,
    with begun(path, Limits(silence_seconds=1.0)) as recording:
        os.kill(decoders()[0], signal.SIGSTOP)
        started = time.monotonic()

        # when its frames are awaited,
        with pytest.raises(DecodeTimeout):
            list(recording)

    # then the wait is as long as the limit, and nothing stays behind.
    assert 0.9 < time.monotonic() - started < 5
    assert decoders() == []


def test_a_waiting_worker_learns_that_its_assessment_was_taken_away(path: Path) -> None:
    stopped: list[int] = []

    def renew() -> None:
        if stopped:
            raise Stale

    # Given a decoder that stands still,
    with begun(path, Limits(), renew) as recording:
        stopped.extend(decoders())
        os.kill(stopped[0], signal.SIGSTOP)

        # when the worker learns that the work is no longer its own, then it stops waiting.
        with pytest.raises(Stale):
            list(recording)

    assert decoders() == []


def test_a_slow_worker_is_not_the_fault_of_the_decoder(path: Path) -> None:
    with begun(path, Limits(silence_seconds=0.5)) as recording:
        time.sleep(1.0)

        assert len(list(recording)) == 59


def test_a_decoder_that_needs_too_much_memory_says_so(tmp_path: Path) -> None:
    path = record(tmp_path / "recording", counted(2, 3840, 2160))

    with pytest.raises(Undecodable), begun(path, Limits(memory_bytes=144 * 2**20)):
        pass


def test_a_decoder_dies_with_its_worker(path: Path) -> None:
    # Given a worker in the middle of a recording,
    worker = os.fork()
    if worker == 0:
        with begun(path, Limits()):
            time.sleep(60)
        os._exit(0)
    deadline = time.monotonic() + 10
    while not (children := _children(worker)) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1.0)

    # when the worker is killed,
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)

    # then its decoder is gone at once.
    assert children
    deadline = time.monotonic() + 5
    while any(_runs(child) for child in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(_runs(child) for child in children)


def _children(parent: int) -> list[int]:
    return [
        int(child) for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    ]


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"
