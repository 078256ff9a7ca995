"""A decoder that a recording has taken over: what it says is bounded, and so is its time."""

import errno
import fcntl
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

import pytest

from assessment.faults import Stale
from assessment.recording_faults import DecoderCrashed, DecodeTimeout
from assessment.request import Sampling
from tests.media.recordings import counted, record
from worker.decoder_process import ROOT, Start
from worker.order import Order
from worker.video import Limits, decode

BEGINNING = """
import sys, time
from worker.channel import Kind, LENGTH, Sender
sender = Sender(1)
sender.send(Kind.HELLO, {"not_locked": []})
media = {"width": 8, "height": 8, "codec": "h264", "container": "mp4", "announced_ms": 0}
sender.send(Kind.MEDIA, media)
def say(content):
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
"""
TRICKLE = """
say(LENGTH.pack(4000))
for _ in range(60):
    say(b" ")
    time.sleep(0.1)
"""
BEATS = """
for at_ms in range(60):
    sender.send(Kind.BEAT, {"at_ms": at_ms})
    time.sleep(0.1)
"""
NESTED = """
say(LENGTH.pack(4000) + b"[" * 4000)
"""
EVERY_FRAME = Sampling(every_ms=None, every_n_frames=1)


def taken_over(script: str) -> Start:
    """Start a process that speaks as a decoder does, and then as the script has it."""

    def start(_: BinaryIO, __: Order) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-c", BEGINNING + script],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": str(ROOT)},
            start_new_session=True,
        )

    return start


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A recording that nobody reads."""
    path = tmp_path / "recording"
    path.write_bytes(b"")
    return path


def test_a_message_that_never_ends_is_given_up_although_it_goes_on(path: Path) -> None:
    limits = Limits(silence_seconds=1.0)

    with (
        pytest.raises(DecodeTimeout),
        decode(path, EVERY_FRAME, limits, start=taken_over(TRICKLE)) as recording,
    ):
        list(recording)


def test_a_worker_that_hears_beats_only_still_learns_that_its_work_is_unwanted(path: Path) -> None:
    begun: list[bool] = []

    def renew() -> None:
        if begun:
            raise Stale

    with decode(path, EVERY_FRAME, Limits(), renew, taken_over(BEATS)) as recording:
        begun.append(True)
        with pytest.raises(Stale):
            list(recording)


def test_a_header_nested_too_deeply_is_a_crash(path: Path) -> None:
    with (
        pytest.raises(DecoderCrashed),
        decode(path, EVERY_FRAME, Limits(), start=taken_over(NESTED)) as recording,
    ):
        list(recording)


def test_a_system_that_widens_no_pipe_decodes_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = record(tmp_path / "film", counted(3))

    def refused(*_: object) -> int:
        raise PermissionError(errno.EPERM, "pipe-user-pages-soft")

    monkeypatch.setattr(fcntl, "fcntl", refused)

    with decode(path, EVERY_FRAME, Limits()) as recording:
        assert len(list(recording)) == 3
