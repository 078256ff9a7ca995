"""Starts decoders without the third of a second that a new interpreter takes: by forking one.

    python -P -s -m tests.hostile.zygote      speaks over descriptor 0, a Unix socket

The fork runs `worker.decoder.main`, with all of its locks, on the recording and the pipe that it
was handed. So thousands of hostile files can be tried as the product would try them.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from typing import IO, BinaryIO

from worker.decoder_process import ENVIRONMENT
from worker.order import Order

MESSAGE_BYTES = 4096


class Forked:
    """A decoder that a zygote forked; stands in for `subprocess.Popen`."""

    def __init__(self, zygote: "Zygote", pid: int, stdout: IO[bytes]) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.stdout: IO[bytes] | None = stdout
        self._zygote = zygote

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit status, negative for a signal."""
        deadline = time.monotonic() + (60.0 if timeout is None else timeout)
        while self.returncode is None:
            self.returncode = self._zygote.ask({"wait": self.pid})
            if self.returncode is None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("decoder", timeout or 60.0)
            if self.returncode is None:
                time.sleep(0.002)
        return self.returncode


class Zygote:
    """The other end of a running zygote."""

    def __init__(self, process: "subprocess.Popen[bytes]", line: socket.socket) -> None:
        self._process = process
        self._line = line

    def ask(self, what: dict[str, object], *descriptors: int) -> int | None:
        socket.send_fds(self._line, [json.dumps(what).encode()], descriptors)
        answer = self._line.recv(MESSAGE_BYTES)
        assert answer, "the zygote is gone"
        return json.loads(answer)

    def start(self, recording: BinaryIO, order: Order) -> Forked:
        """Begin a decoder, as `worker.decoder_process.start_decoder` does."""
        reading, writing = os.pipe()
        order = replace(order, parent=self._process.pid)
        pid = self.ask({"order": order.to_argument()}, recording.fileno(), writing)
        os.close(writing)
        assert pid is not None
        return Forked(self, pid, os.fdopen(reading, "rb", buffering=0))


@contextmanager
def running() -> Generator[Zygote]:
    """Start a zygote, and end it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, "-P", "-s", "-m", "tests.hostile.zygote"]
    with ours:
        with theirs:
            process = subprocess.Popen(
                command,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=ENVIRONMENT,
            )
        yield Zygote(process, ours)
    process.wait(10)


def _become(argument: str, recording: int, pipe: int) -> None:
    """Turn the fork into a decoder; never returns."""
    from worker import decoder

    try:
        os.setsid()
        os.dup2(recording, 0)
        os.dup2(pipe, 1)
        os.closerange(3, 64)
        decoder.main(argument)
    finally:
        os._exit(70)


def _status(pid: int) -> int | None:
    done, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if done else None


def _serve(line: socket.socket) -> None:
    while True:
        content, descriptors, _, _ = socket.recv_fds(line, MESSAGE_BYTES, 2)
        if not content:
            return
        asked = json.loads(content)
        if "wait" in asked:
            answer = _status(asked["wait"])
        else:
            answer = os.fork()
            if answer == 0:
                _become(asked["order"], *descriptors)
        for one in descriptors:
            os.close(one)
        line.send(json.dumps(answer).encode())


if __name__ == "__main__":
    import importlib

    from worker.decoder import LATE_IMPORTS

    for late in LATE_IMPORTS:
        importlib.import_module(late)
    with socket.socket(fileno=os.dup(0)) as served:
        _serve(served)
