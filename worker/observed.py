"""What is seen of a worker from outside: its meters, its page of metrics, its traces.

parent: count_together ─▶ fork ─▶ show        child: begin ─▶ … ─▶ end
"""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from adapters.meters import registry
from adapters.metrics_page import MetricsPage, leave
from adapters.tracing import Tracing, tracing
from assessment.assessment import Assessment
from assessment.result import Result
from worker import shared_metrics
from worker.meters import PART, WorkerMeters

Note = Callable[[Assessment, Result], None]
"""Hears of a success."""


class Observed:
    """Built before the fork, filled after it; nothing connects and no thread starts before."""

    def __init__(self, page: MetricsPage, otlp_endpoint: str | None) -> None:
        self._page = page
        self._endpoint = otlp_endpoint
        self._folder: Path | None = None
        self._server: object = None

    @cached_property
    def meters(self) -> WorkerMeters:
        """What counts the work of this process, or of all processes of a worker."""
        return WorkerMeters(registry(PART))

    @cached_property
    def tracing(self) -> Tracing:
        """How this process is traced; its sender is a thread, which no fork takes along."""
        return tracing(self._endpoint, PART)

    def count_together(self, **_: object) -> None:
        """Have what is counted from now on, here and in children, added up on one page."""
        self._folder = shared_metrics.share()

    def show(self, **_: object) -> None:
        """Show the page."""
        if self._folder is not None:
            self._server = self._page.open(shared_metrics.gathered(self._folder))

    def begin(self) -> None:
        """Begin as a child: the page belongs to the parent."""
        leave(self._server)
        self.meters.begin()

    def noting(self, note: Note) -> Note:
        """Return what notes a success as `note` does, and counts it."""

        def both(claimed: Assessment, result: Result) -> None:
            note(claimed, result)
            self.meters.concluded(claimed, result)

        return both

    def end(self) -> None:
        """Send what is left of the traces."""
        self.tracing.shutdown()
