"""The progress of one assessment: a bar on a terminal, plain lines anywhere else."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


class Display(Protocol):
    """Shows how far an assessment is."""

    def show(self, assessment: dict[str, Any]) -> None:
        """Show the state that the assessment has now."""
        ...


class Bar:
    """A bar that moves."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task

    def show(self, assessment: dict[str, Any]) -> None:
        """Move the bar."""
        stage, percent = stage_and_percent(assessment)
        self._progress.update(self._task, description=stage, completed=percent)


class Lines:
    """A line for every new stage and every further ten percent."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last: tuple[str, int] | None = None

    def show(self, assessment: dict[str, Any]) -> None:
        """Print a line unless it would say what the last one said."""
        stage, percent = stage_and_percent(assessment)
        step = (stage, percent // 10)
        if step != self._last:
            self._last = step
            self._console.print(f"{percent:3d} %  {stage}", highlight=False)


def stage_and_percent(assessment: dict[str, Any]) -> tuple[str, int]:
    """Return what the assessment is at; a finished one is at 100 percent of its status."""
    status = str(assessment["status"])
    progress = assessment.get("progress") or {}
    if status == "succeeded":
        return status, 100
    stage = progress.get("stage") if status == "processing" else None
    return str(stage or status), int(progress.get("percent") or 0)


@contextmanager
def display(console: Console) -> Generator[Display]:
    """Return what fits the console."""
    if not console.is_terminal:
        yield Lines(console)
        return
    columns = (
        TextColumn("{task.description:>12}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        yield Bar(progress, progress.add_task("queued", total=100))
