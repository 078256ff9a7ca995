import os
import signal
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from assessment.faults import Stale
from assessment.recording_faults import DecoderCrashed, DecodeTimeout, Undecodable
from assessment.request import Sampling
from tests.media.recordings import counted, record
from worker import decoder_process
from worker.video import Limits, Recording, decode

EVERY_FRAME = Sampling(every_ms=None, every_n_frames=1)
PATIENCE_S = 20.0


@dataclass
class Clock:
    """A worker's time, which may leap ahead, or go on by a stride whenever it is read.

    A decoder needs a third of a second to start, on a busy machine seconds: a limit that is short
    enough to be waited for would be over before it has said a word.
    """

    ahead_s: float = 0.0
    stride_s: float = 0.0

    def monotonic(self) -> float:
        self.ahead_s += self.stride_s
        return time.monotonic() + self.ahead_s


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


def test_a_decoder_that_hangs_is_given_up_in_time(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a decoder that stands still without using its processor,
    clock, looked_up = Clock(), list[float]()
    limits = Limits(silence_seconds=PATIENCE_S)
    monkeypatch.setattr(decoder_process, "time", clock)
    with begun(path, limits, lambda: looked_up.append(clock.ahead_s)) as recording:
        os.kill(decoders()[0], signal.SIGSTOP)
        before_ms = recording.waited_ms
        looked_up.clear()

        # when its frames are awaited, and seconds go by each time that nothing came,
        clock.stride_s = PATIENCE_S / 2
        with pytest.raises(DecodeTimeout):
            list(recording)

    # then the wait is as long as the limit, and nothing stays behind.
    assert recording.waited_ms - before_ms >= 1000 * PATIENCE_S
    assert len(looked_up) <= 1
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


def test_a_slow_worker_is_not_the_fault_of_the_decoder(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(decoder_process, "time", clock)
    with begun(path, Limits()) as recording:
        frames = 0
        for _ in recording:
            frames += 1
            clock.ahead_s += 120.0

    assert frames == 59


def test_a_decoder_that_needs_too_much_memory_says_so(tmp_path: Path) -> None:
    path = record(tmp_path / "recording", counted(2, 3840, 2160))

    with pytest.raises(Undecodable), begun(path, Limits(memory_bytes=144 * 2**20)):
        pass


def test_a_decoder_dies_with_its_worker(path: Path) -> None:
    # Given a worker in the middle of a recording,
    reading, writing = os.pipe()
    worker = os.fork()
    if worker == 0:
        try:
            with begun(path, Limits()):
                os.write(writing, decoders()[0].to_bytes(8))
                time.sleep(600)
        finally:  # Whatever happens, this process is not to go on with the tests.
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, "rb") as line:
        decoder = int.from_bytes(line.read(8))

    # when the worker is killed,
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)

    # then its decoder is gone at once.
    assert decoder, "the worker never came to the first frame"
    deadline = time.monotonic() + PATIENCE_S
    while _runs(decoder) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(decoder)


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"
