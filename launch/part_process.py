"""One part as honcho runs it, made so that no way of dying leaves a process behind.

    stack ──► keeper (a fork of the stack) ──► part ──► its own children
              relays output and the end        a process group of its own

When the stack dies, the kernel signals the keeper, which kills the part's group; when
the keeper dies, the kernel kills the part. When the part ends, what it left in its
group is killed, so that an open pipe of a grandchild cannot hide the end.
"""

import ctypes
import os
import signal
import threading
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

from honcho.process import Popen, Process

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG: Final = 1
_ORPHANED: Final = signal.SIGUSR1
_CANNOT_START: Final = 127
_AUTOGROUP: Final = Path("/proc/self/autogroup")
_AUTOGROUP_PAUSES_S: Final = (0.0, 0.11, 0.11)
_IGNORED: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def end_with_parent(parent: int, signal_number: int) -> None:
    """Ask the kernel to signal this process when `parent` dies; leave when it is dead already."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:
        os._exit(1)


def kill_group(group: int) -> None:
    """Kill whatever is left of a process group."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def yield_to_others(niceness: int) -> None:
    """Have this process, and what it will start, leave the processor to others this readily.

    Where Linux shares processors between sessions before it does between processes, the niceness
    of the session counts; each part leads one. What the kernel does not allow is left as it is.
    """
    with suppress(OSError):
        os.nice(niceness)
    for pause_s in _AUTOGROUP_PAUSES_S:
        time.sleep(pause_s)
        try:
            _AUTOGROUP.write_text(str(niceness))
        except BlockingIOError:  # It allows one such change in a tenth of a second.
            continue
        except OSError:
            pass
        return


def _prepare_part(keeper: int, niceness: int) -> None:
    """Run in the part before its program: ignored signals would stay ignored."""
    for number in _IGNORED:
        signal.signal(number, signal.SIG_DFL)
    end_with_parent(keeper, signal.SIGKILL)
    if niceness:
        yield_to_others(niceness)


class PartProcess(Process):
    """A part's keeper: built in the stack, `run` is the whole life of the forked process."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._stack = os.getpid()
        self.niceness = 0

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:
        """Start the part, relay its lines, say how it ended."""
        self._events = events
        self._guard()
        try:
            self._child = Popen(
                self.cmd,
                env=self.env,
                cwd=self.cwd,
                shell=False,
                preexec_fn=partial(_prepare_part, os.getpid(), self.niceness),
            )
        except OSError as error:
            self._send_message(f"cannot start: {error}\n".encode())
            self._send_message({"returncode": _CANNOT_START}, type="stop")
            return
        self._send_message({"pid": self._child.pid}, type="start")
        self._send_message({"returncode": self._relay(self._child)}, type="stop")

    def _guard(self) -> None:
        # Ctrl-C reaches the whole foreground group; only the stack decides who stops when.
        for number in _IGNORED:
            signal.signal(number, signal.SIG_IGN)
        signal.signal(_ORPHANED, self._on_orphaned)
        end_with_parent(self._stack, _ORPHANED)

    def _relay(self, child: Popen) -> int:
        reader = threading.Thread(target=self._read, args=(child,), daemon=True)
        reader.start()
        returncode = child.wait()
        kill_group(child.pid)
        reader.join(timeout=1.0)
        return returncode

    def _read(self, child: Popen) -> None:
        assert child.stdout is not None
        for line in iter(child.stdout.readline, b""):
            self._send_message(line)

    def _on_orphaned(self, *_: object) -> None:
        if self._child is not None:
            kill_group(self._child.pid)
        os._exit(1)
