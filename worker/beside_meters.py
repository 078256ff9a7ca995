"""What the loops beside the worker count: rounds made, and what should not be there any more."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge
from prometheus_client.process_collector import ProcessCollector

from adapters import meters
from adapters.meters import AssessmentMeters, WebhookMeters
from worker.overdue import KINDS

SWEEPER: Final = "sweeper"
WEBHOOKS: Final = "webhooks"
Step = Callable[[], float]


class LoopMeters:
    """Counts the rounds of a loop, and when it last came to its end."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._rounds = Counter(
            "mien_loop_rounds",
            "Rounds of the loops beside the worker (sweep, terms, feedback, overdue, deliver)",
            ("loop", "result"),
            registry=registry,
        )
        self._last = Gauge(
            "mien_loop_last_success_timestamp_seconds",
            "When the loop last came to the end of a round, or else began, in Unix time",
            ("loop",),
            registry=registry,
        )

    def counted(self, loop: str, step: Step) -> Step:
        """Return the step of a loop, its rounds counted; raises what the step raises."""
        for result in ("ok", "failed"):
            self._rounds.labels(loop, result)
        self._last.labels(loop).set_to_current_time()  # Else one that never ends a round is unseen.

        def round_() -> float:
            """Make one round; return the seconds until the next."""
            result = "failed"
            try:
                pause_s = step()
                result = "ok"
            finally:
                self._rounds.labels(loop, result).inc()
            self._last.labels(loop).set_to_current_time()
            return pause_s

        return round_


class OverdueMeters:
    """Shows what is left of patients' data beyond its time."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._found = Gauge(
            "mien_patient_data_overdue",
            "Objects with a person's data that are past their retention time, by kind",
            ("kind",),
            registry=registry,
        )
        self.found(dict.fromkeys(KINDS, 0))

    def found(self, counted: Mapping[str, int]) -> None:
        """Show what was found."""
        for kind, count in counted.items():
            self._found.labels(kind).set(count)


class BesideMeters:
    """Everything that a sweeper, or a sender of webhooks, counts; no more than it does."""

    def __init__(self, part: str) -> None:
        self.registry = meters.registry(part)
        ProcessCollector(registry=self.registry)
        self.loops = LoopMeters(self.registry)

    @cached_property
    def assessments(self) -> AssessmentMeters:
        """The steps of assessments."""
        return AssessmentMeters(self.registry)

    @cached_property
    def webhooks(self) -> WebhookMeters:
        """Tries at receivers."""
        return WebhookMeters(self.registry)

    @cached_property
    def overdue(self) -> OverdueMeters:
        """What should not be there any more."""
        return OverdueMeters(self.registry)
