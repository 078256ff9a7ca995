"""What happens to assessments and webhooks, counted in the process where it happens.

Every label takes its values from a list in the code: statuses, codes, kinds. None is an id, a
name, an address or a text of a caller or an operator; `bounded` sees to what comes from outside
of this module.
"""

import re
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)

from assessment import SOFTWARE
from assessment.access import is_sandbox
from assessment.assessment import Assessment, Status
from assessment.deliveries import DeliveryState, Settlement

WAITS_S: Final = (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14400)
"""Buckets of what takes from moments to hours."""
SHORT_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
"""Buckets of what takes milliseconds, if all is well."""
OTHER: Final = "other"
MOST_VALUES: Final = 100
"""Values of one label, at most; what comes after them is `other`."""
_WORD: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{0,63}")

ENDINGS: Final = {
    Status.SUCCEEDED: "succeeded",
    Status.FAILED: "failed",
    Status.QUEUED: "handed_back",
    Status.CANCELED: "canceled",
    Status.EXPIRED: "expired",
}
"""How an attempt ends, by the status that follows it."""


def registry(part: str) -> CollectorRegistry:
    """Return an empty registry that says which part of mien it is of, and of which version."""
    disable_created_metrics()  # A series more for every series, and nobody reads it.
    made = CollectorRegistry()
    info = Gauge(
        "mien_build_info",
        "1, labelled with the part of mien and its version",
        ("part", "version"),
        registry=made,
        multiprocess_mode="mostrecent",
    )
    info.labels(part, SOFTWARE.partition(" ")[2]).set(1)
    return made


class Bounded:
    """Lets words of a code's shape through, and no more than so many different ones."""

    def __init__(self, most: int = MOST_VALUES) -> None:
        self._seen: set[str] = set()
        self._most = most

    def __call__(self, word: str | None) -> str:
        """Return the word, or `other`."""
        if word is None or not _WORD.fullmatch(word):
            return OTHER
        if word not in self._seen and len(self._seen) >= self._most:
            return OTHER
        self._seen.add(word)
        return word


class AssessmentMeters:
    """Counts the steps that this process has brought assessments to."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._code = Bounded()
        self._created = Counter(
            "mien_assessments_created",
            "Assessments that were accepted",
            ("sandbox",),
            registry=registry,
        )
        self._ended = Counter(
            "mien_assessments_ended",
            "Assessments that ended, by their status, outcome (reported, withheld) and fault",
            ("status", "outcome", "fault", "sandbox"),
            registry=registry,
        )
        self._attempts = Counter(
            "mien_attempts",
            "Attempts at assessments that ended, by how; `lost` is one whose worker died",
            ("ending",),
            registry=registry,
        )
        self._lost = Counter(
            "mien_leases_lost",
            "Leases lost: `expired` is noticed by the sweeper, `taken_away` by the worker itself",
            ("reason",),
            registry=registry,
        )
        self._erased = Counter(
            "mien_assessments_erased",
            "Assessments that were erased with everything that was kept of them",
            registry=registry,
        )
        for ending in (*ENDINGS.values(), "lost"):
            self._attempts.labels(ending)
        for reason in ("expired", "taken_away"):
            self._lost.labels(reason)
        self._durations(registry)

    def _durations(self, registry: CollectorRegistry) -> None:
        self._waited = Histogram(
            "mien_queue_wait_seconds",
            "Time from an assessment's last step to the start of an attempt, sandboxes left out",
            buckets=WAITS_S,
            registry=registry,
        )
        self._took = Histogram(
            "mien_attempt_duration_seconds",
            "Time from the start of an attempt to its end, sandboxes left out",
            ("ending",),
            buckets=WAITS_S,
            registry=registry,
        )

    def created(self, assessment: Assessment) -> None:
        """Count a new assessment."""
        self._created.labels(_sandbox(assessment)).inc()

    def moved(self, was: Assessment, now: Assessment) -> None:
        """Count a step that was saved."""
        lasted_s = max(0.0, (now.updated_at - was.updated_at).total_seconds())
        if now.status is Status.PROCESSING and not is_sandbox(now.tenant):
            self._waited.observe(lasted_s)
        if was.status is Status.PROCESSING:
            self._end_attempt(was, now, lasted_s)
        if now.status.final:
            fault = self._code(now.fault) if now.fault else ""
            labels = (now.status, now.outcome or "", fault, _sandbox(now))
            self._ended.labels(*labels).inc()

    def _end_attempt(self, was: Assessment, now: Assessment, lasted_s: float) -> None:
        crashed = now.crashes > was.crashes
        ending = "lost" if crashed else ENDINGS.get(now.status, OTHER)
        self._attempts.labels(ending).inc()
        if crashed:
            self._lost.labels("expired").inc()
        if not is_sandbox(now.tenant):
            self._took.labels(ending).observe(lasted_s)

    def taken_away(self) -> None:
        """Count an attempt of this process that had lost its assessment."""
        self._lost.labels("taken_away").inc()

    def erased(self) -> None:
        """Count an assessment that was erased."""
        self._erased.inc()


def _sandbox(assessment: Assessment) -> str:
    return "true" if is_sandbox(assessment.tenant) else "false"


class WebhookMeters:
    """Counts tries at receivers."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._code = Bounded()
        self._tries = Counter(
            "mien_webhook_attempts",
            "Tries at receivers: by what they answered (2xx … 5xx, or why there was no answer)"
            " and what became of the delivery (delivered, failed: tried again, gave_up)",
            ("answer", "state"),
            registry=registry,
        )
        self._took = Histogram(
            "mien_webhook_attempt_duration_seconds",
            "Time that a try at a receiver took",
            buckets=SHORT_S,
            registry=registry,
        )
        for state in (DeliveryState.DELIVERED, DeliveryState.GAVE_UP):
            self._tries.labels("2xx" if state is DeliveryState.DELIVERED else "timeout", state)

    def settled(self, settlement: Settlement) -> None:
        """Count a try that ended."""
        self._tries.labels(self._answer(settlement), settlement.state).inc()
        if settlement.duration_ms is not None:
            self._took.observe(settlement.duration_ms / 1000)

    def _answer(self, settlement: Settlement) -> str:
        if settlement.error is not None:
            return self._code(settlement.error)
        status = settlement.status or 0
        return f"{status // 100}xx" if 100 <= status < 600 else OTHER
