"""The progress of one assessment: a bar on a terminal, plain lines anywhere else.

First the recording is sent, then the service says how far it is.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final, Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

NEWS_FACTOR: Final = 1.5
NEWS_S: Final = 5
"""A guess of so much more than was told is told: something has changed."""


class Display(Protocol):
    """Shows how far an assessment is."""

    def sent(self, done: int, total: int) -> None:
        """Show how many bytes of the recording have been sent."""
        ...

    def show(self, assessment: dict[str, Any]) -> None:
        """Show the state that the assessment has now."""
        ...


class Countdown:
    """The time left as a person is told it: it falls, and rises only for what is news.

    The service guesses anew at every step, a little more now and a little less then.
    """

    def __init__(self) -> None:
        self._said_s: int | None = None

    def told_s(self, left_s: float) -> int:
        """Return the seconds to tell of a guess."""
        guess_s, said_s = max(1, round(left_s)), self._said_s
        if said_s is None or guess_s < said_s or guess_s > NEWS_FACTOR * said_s + NEWS_S:
            self._said_s = guess_s
        return self._said_s or guess_s

    def begin_anew(self) -> None:
        """Forget what was told: it waits, or waits again."""
        self._said_s = None


class Bar:
    """A bar that moves."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task
        self._countdown = Countdown()

    def sent(self, done: int, total: int) -> None:
        """Move the bar."""
        said = f"sending {megabytes(done)} of {megabytes(total)} MB"
        self._progress.update(self._task, description=said, completed=percent_of(done, total))

    def show(self, assessment: dict[str, Any]) -> None:
        """Move the bar."""
        stage, percent = stage_and_percent(assessment)
        said = f"{stage}{outlook(assessment, self._countdown)}"
        self._progress.update(self._task, description=said, completed=percent)


class Lines:
    """A line for every new stage and every further ten percent."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._countdown = Countdown()
        self._last: tuple[str, int] | None = None

    def show(self, assessment: dict[str, Any]) -> None:
        """Print a line unless it would say what the last one said."""
        self._print(*stage_and_percent(assessment), outlook(assessment, self._countdown))

    def sent(self, done: int, total: int) -> None:
        """Print a line for every further ten percent."""
        self._print("sending", percent_of(done, total), f" {megabytes(total)} MB")

    def _print(self, stage: str, percent: int, more: str) -> None:
        step = (stage, percent // 10)
        if step != self._last:
            self._last = step
            self._console.print(f"{percent:3d} %  {stage}{more}", highlight=False)


def stage_and_percent(assessment: dict[str, Any]) -> tuple[str, int]:
    """Return what the assessment is at; a finished one is at 100 percent of its status."""
    status = str(assessment["status"])
    progress = assessment.get("progress") or {}
    if status == "succeeded":
        return status, 100
    stage = progress.get("stage") if status == "processing" else None
    return str(stage or status), int(progress.get("percent") or 0)


def outlook(assessment: dict[str, Any], countdown: Countdown) -> str:
    """Return how many are ahead, or how long it may still take, as the end of a line."""
    progress = assessment.get("progress") or {}
    ahead, eta = progress.get("queue_position"), progress.get("eta_ms")
    if assessment["status"] == "queued":
        countdown.begin_anew()
        return f", {ahead} ahead" if ahead else ""
    if assessment["status"] == "processing" and eta:
        return f", about {countdown.told_s(eta['p50'] / 1000)} s left"
    return ""


def percent_of(done: int, total: int) -> int:
    """Return the share in percent; of nothing, all is done."""
    return 100 * done // total if total else 100


def megabytes(count: int) -> str:
    """Return the bytes in megabytes."""
    return f"{count / 1e6:.1f}"


@contextmanager
def display(console: Console) -> Generator[Display]:
    """Return what fits the console."""
    if not console.is_terminal:
        yield Lines(console)
        return
    columns = (
        TextColumn("{task.description:>28}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        yield Bar(progress, progress.add_task("sending", total=100))
