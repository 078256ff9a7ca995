"""The worker's end of a decoder process: start it, listen with patience, end it for certain."""

import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, BinaryIO, Final, Protocol

from assessment.faults import Misconfigured
from assessment.recording_faults import DecoderCrashed, DecodeTimeout
from worker import channel
from worker.channel import Kind, Message
from worker.order import Order

ROOT: Final = Path(__file__).resolve().parents[1]
SLICE_S: Final = 0.5
"""How often a waiting worker looks up to renew its lease."""

ENVIRONMENT: Final = {
    "PYTHONPATH": str(ROOT),
    "PYTHONDONTWRITEBYTECODE": "1",
    "LC_ALL": "C.UTF-8",
    # Each arena reserves 64 MiB of the address space that the decoder may use.
    "MALLOC_ARENA_MAX": "2",
}
"""All that a decoder process is told: no secret, no setting, no search path."""


class Child(Protocol):
    """A process that was started: what is needed of `subprocess.Popen`."""

    pid: int
    returncode: int | None
    stdout: IO[bytes] | None

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit status, negative for a signal; may raise `TimeoutExpired`."""
        ...


class DecoderProcess:
    """One running decoder, in its own process group, reading one open recording.

    Only time spent waiting for it counts against it, so a slow worker is not its fault.
    """

    def __init__(self, recording: BinaryIO, order: Order, start: "Start") -> None:
        self.waited_s = self._idled_s = 0.0
        self._process = start(recording, order)
        if self._process.stdout is None:
            raise Misconfigured("the decoder process has no output")
        self._pipe = self._process.stdout.fileno()
        self._greeted = False
        self._poll = select.poll()
        self._poll.register(self._pipe, select.POLLIN)

    def receive(
        self, *, budget_s: float, silence_s: float, payload_limit: int, idle: Callable[[], None]
    ) -> Message:
        """Return the next message.

        Raises `DecodeTimeout` after `budget_s` of waiting in all or `silence_s` for this
        message, `DecoderCrashed` when the process ended or talks nonsense. `idle` is
        called every half second of waiting; what it raises passes through.
        """
        deadline_s = min(budget_s, self.waited_s + silence_s)
        (length,) = channel.LENGTH.unpack(self._read(channel.LENGTH.size, deadline_s, idle))
        if length > channel.HEADER_LIMIT_BYTES:
            raise DecoderCrashed("the decoder sent a header beyond its bound")
        kind, facts = _header(self._read(length, deadline_s, idle))
        size = facts.get("bytes")
        if not isinstance(size, int) or not 0 <= size <= payload_limit:
            raise DecoderCrashed("the decoder sent a picture beyond its bound")
        self._greeted = True
        return Message(kind, facts, self._read(size, deadline_s, idle))

    def end(self) -> None:
        """Kill the process group and wait for it; safe to call twice."""
        if self._process.returncode is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _read(self, size: int, deadline_s: float, idle: Callable[[], None]) -> bytearray:
        content = bytearray(size)
        view, filled = memoryview(content), 0
        while filled < size:
            self._wait(deadline_s, idle)
            count = os.readv(self._pipe, [view[filled:]])
            if not count:
                raise self._ended()
            filled += count
        return content

    def _wait(self, deadline_s: float, idle: Callable[[], None]) -> None:
        """Return when there is something to read."""
        while True:
            started = time.monotonic()
            ready = self._poll.poll(SLICE_S * 1000)
            self.waited_s += time.monotonic() - started
            # Also where something came: a trickle is no reason to wait for ever.
            if self.waited_s >= deadline_s:
                raise DecodeTimeout(f"the decoder took more than {deadline_s:.0f} s")
            if not ready or self.waited_s - self._idled_s >= SLICE_S:
                self._idled_s = self.waited_s
                idle()
            if ready:
                return

    def _ended(self) -> DecoderCrashed | DecodeTimeout | Misconfigured:
        """Return what the end of the process means; it closed its pipe."""
        try:
            code = self._process.wait(SLICE_S)
        except subprocess.TimeoutExpired:
            return DecoderCrashed("the decoder closed its pipe")
        if code == -signal.SIGXCPU:
            return DecodeTimeout("the decoder used up its processor time")
        if code < 0:
            return DecoderCrashed(f"the decoder died of {signal.Signals(-code).name}")
        if not self._greeted:
            return Misconfigured("the decoder does not start: run `python -m worker.decoder`")
        return DecoderCrashed(f"the decoder ended with {code} before the recording did")


Start = Callable[[BinaryIO, Order], Child]


def start_decoder(recording: BinaryIO, order: Order) -> Child:
    """Start a decoder in an empty folder, which is gone once the process stands in it."""
    command = [sys.executable, "-P", "-s", "-m", "worker.decoder"]
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(  # noqa: S603  fixed command, our own interpreter
            [*command, order.to_argument()],
            stdin=recording,
            stdout=subprocess.PIPE,
            # FFmpeg quotes the recording in what it logs, so nothing of it is kept.
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=ENVIRONMENT,
            bufsize=0,
            start_new_session=True,
        )
    _widen(process)
    return process


def _widen(process: "subprocess.Popen[bytes]") -> None:
    """Let the pipe hold a megabyte, so that a 4K picture needs fewer turns.

    Linux refuses it to a user whose pipes hold much already; a smaller one does.
    """
    if sys.platform == "linux" and process.stdout is not None:
        with suppress(OSError):
            fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, channel.PIPE_BYTES)


def _header(content: bytearray) -> tuple[Kind, dict[str, Any]]:
    try:
        facts = json.loads(content)
        return Kind(facts.pop("kind")), facts
    except (ValueError, KeyError, AttributeError, RecursionError) as error:
        raise DecoderCrashed("the decoder sent a header that cannot be read") from error
