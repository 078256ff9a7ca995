"""How a long build shows itself: a bar on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn


class Display(Protocol):
    """Where a build's progress is shown."""

    def show(self, task: str, stage: str, done: int, total: int) -> None:
        """`done` of `total` parts of a stage are finished; total 1 is a stage without parts."""
        ...

    def say(self, line: str) -> None:
        """A line that stays."""
        ...


class Lines:
    """One line a stage, with the time since the start."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._last = ""

    def show(self, task: str, stage: str, done: int, total: int) -> None:
        """Print a stage when it is new, and every quarter of it."""
        quarter = done * 4 // total if total > 1 else 0
        line = f"{task}: {stage}" + (f" {quarter * 25} %" if quarter else "")
        if line != self._last:
            self._last = line
            self.say(line)

    def say(self, line: str) -> None:
        """Print with the seconds since the start."""
        print(f"[{time.monotonic() - self._started:5.1f} s] {line}", flush=True)


class Bar:
    """A bar that moves, below the lines that stay."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=1)

    def show(self, task: str, stage: str, done: int, total: int) -> None:
        """Move the bar; a stage without parts pulses."""
        known = total if total > 1 else None
        self._progress.update(
            self._task, description=f"{task}: {stage}", completed=done, total=known
        )

    def say(self, line: str) -> None:
        """Print above the bar."""
        self._progress.console.print(line, highlight=False)


@contextmanager
def open_display() -> Generator[Display]:
    """A bar where somebody watches a terminal, lines where not."""
    if not sys.stdout.isatty():
        yield Lines()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(), transient=True) as progress:
        yield Bar(progress)
