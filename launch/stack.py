"""Parts run together, one fate: they start on demand, and when one ends all are stopped.

    start ─► wait_until(ready) ─► wait … ─► stop
                  │                 │
                  └── PartDied, Interrupted ──► the caller stops the stack

Built on honcho's manager: its event queue and its printer. Its loop is replaced, because
the parts start in stages, the stop has an order, and the caller has work of its own.
"""

import multiprocessing
import os
import queue
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast

from honcho.manager import Manager
from honcho.printer import Message

from assessment.starting import EX_CONFIG
from launch.faults import Death, Interrupted, NotReady, PartDied
from launch.part_process import PartProcess, kill_group
from launch.parts import Part

TICK_S: Final = 0.05
LISTEN_S: Final = 0.5
"""How long one wait for the parts takes at most; waiting for them costs less than looking."""
ASK_S: Final = 0.2
REFUSALS_S: Final = 6.0
"""What the slowest part takes to read its settings and refuse them, after the quickest did."""
LAST_LINES: Final = 15
SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SERVERS: Final = frozenset({"redis", "triton"})
"""Parts that read none of the settings."""


@dataclass(slots=True)
class Running:
    """A started part: its keeper, and what is known of it so far."""

    part: Part
    keeper: Any
    pid: int | None = None
    returncode: int | None = None
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=LAST_LINES))

    @property
    def ended(self) -> bool:
        """Say whether the part has ended."""
        return self.returncode is not None


class Stack(Manager):
    """The running parts. Used as a context, it stops them when the block is left."""

    def __init__(self, printer: Any, project: Path, stop_order: Iterable[Iterable[str]]) -> None:
        super().__init__(printer)
        self._process_ctor = PartProcess
        self._project = str(project)
        self._stop_order = [tuple(group) for group in stop_order]
        self._running: dict[str, Running] = {}
        self._ended: list[str] = []
        self._interrupts = 0
        self._handlers: dict[int, Any] = {}

    def __enter__(self) -> "Stack":
        self._handlers = {number: signal.signal(number, self._on_signal) for number in SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.stop()
        finally:
            for number, handler in self._handlers.items():
                signal.signal(number, handler)

    def start(self, part: Part) -> None:
        """Start a part; it is watched from now on."""
        made = self.add_process(
            part.name, list(part.command), env=dict(part.environment), cwd=self._project
        )
        process = cast("PartProcess", made)  # It is what `_process_ctor` says.
        process.niceness = part.niceness
        keeper = multiprocessing.get_context("fork").Process(
            name=part.name, target=process.run, args=(self.events, True), daemon=True
        )
        keeper.start()
        self._running[part.name] = Running(part, keeper)

    def pids(self) -> dict[str, int]:
        """Return the process of every part that runs."""
        running = self._running.items()
        return {name: one.pid for name, one in running if one.pid and not one.ended}

    def say(self, name: str, text: str) -> None:
        """Add a line of the stack's own to those of a part; any thread may."""
        at = datetime.now(UTC).astimezone()  # noqa: TID251 - as honcho stamps the parts' own lines
        self.events.put(Message("line", text.encode(), at, name, None))

    def last_lines(self, name: str) -> tuple[str, ...]:
        """Return what a part said last."""
        return tuple(self._running[name].lines)

    def check(self) -> None:
        """Take in what happened; raise `Interrupted` or `PartDied`."""
        self._take_in()
        if self._interrupts:
            raise Interrupted
        if self._ended:
            self._await_refusals()
            raise PartDied(*map(self._death, self._ended))

    def wait(self, seconds: float) -> None:
        """Let time pass, and raise as soon as `check` would."""
        end = time.monotonic() + seconds
        self.check()
        while (left_s := end - time.monotonic()) > 0:
            self._listen(min(left_s, LISTEN_S))
            self.check()

    def wait_until(self, ready: Callable[[], bool], limit_s: float, what: str) -> None:
        """Wait for a condition, and raise `NotReady` when it takes too long."""
        end = time.monotonic() + limit_s
        while not ready():
            if time.monotonic() > end:
                raise NotReady(f"{what} is not ready after {limit_s:.0f} s")
            self.wait(ASK_S)

    def stop(self) -> None:
        """Stop what runs, group after group; a second Ctrl-C while stopping kills at once."""
        already = self._interrupts
        for group in self._stop_order:
            self._stop_group([self._running[name] for name in group if name in self._running])
            if self._interrupts > already:
                break
        for one in self._running.values():
            self._kill(one)

    def _stop_group(self, group: list[Running]) -> None:
        interrupts = self._interrupts
        self._take_in()
        untold = self._tell_to_end(group)
        end = time.monotonic() + max((one.part.grace_s for one in group), default=0.0)
        while not all(one.ended for one in group):
            if time.monotonic() > end or self._interrupts > interrupts:
                break
            time.sleep(TICK_S)
            self._take_in()
            untold = self._tell_to_end(untold)
        for one in group:
            self._kill(one)

    @staticmethod
    def _tell_to_end(group: list[Running]) -> list[Running]:
        """Signal the parts, and return those that began just now: their number is still to come."""
        for one in group:
            _signal(one, signal.SIGTERM)
        return [one for one in group if one.pid is None]

    def _kill(self, one: Running) -> None:
        """Make sure that a part, its group and its keeper are gone."""
        if not one.ended and one.pid is not None:
            kill_group(one.pid)
        one.keeper.join(timeout=2.0)
        if one.keeper.is_alive():
            one.keeper.kill()
            one.keeper.join()
        self._take_in()

    def _await_refusals(self) -> None:
        """Where a part refuses its settings, hear the others out: each has reasons of its own."""
        end = time.monotonic() + REFUSALS_S
        while self._running[self._ended[0]].returncode == EX_CONFIG:
            left_s = end - time.monotonic()
            heard = all(one.ended for name, one in self._running.items() if name not in SERVERS)
            if left_s <= 0 or heard or self._interrupts:
                break
            self._listen(min(left_s, ASK_S))

    def _death(self, name: str) -> Death:
        one = self._running[name]
        return Death(name, one.returncode or 0, tuple(one.lines))

    def _listen(self, seconds: float) -> None:
        """Wait until a part says something or ends; a signal is seen within `LISTEN_S`."""
        with suppress(queue.Empty):
            self._note(self.events.get(timeout=seconds))

    def _take_in(self) -> None:
        """Empty the event queue, and notice parts whose keeper died without a word."""
        gone = [one for one in self._running.values() if not one.keeper.is_alive()]
        while True:
            try:
                message = self.events.get_nowait()
            except queue.Empty:
                break
            self._note(message)
        for one in gone:
            if not one.ended:
                one.lines.append("its keeper process died")
                self._end(one, one.keeper.exitcode)

    def _note(self, message: Any) -> None:
        one = self._running[message.name]
        if message.type == "start":
            one.pid = message.data["pid"]
        elif message.type == "stop":
            self._end(one, message.data["returncode"])
        else:
            one.lines.append(message.data.decode("utf-8", "replace").rstrip())
            self._printer.write(message)

    def _end(self, one: Running, returncode: int) -> None:
        one.returncode = returncode
        self._ended.append(one.part.name)

    def _on_signal(self, *_: object) -> None:
        self._interrupts += 1


def _signal(one: Running, number: int) -> None:
    """Signal the part itself, not its group: Celery ends its own children in its own way."""
    if one.pid is None or one.ended:
        return
    try:
        os.kill(one.pid, number)
    except ProcessLookupError:
        return
