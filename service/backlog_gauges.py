"""The work that waits, as gauges: the same whichever process of the service is asked."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from assessment.backlog import Backlog, Late, Work, estimated_s
from assessment.faults import StoreUnavailable
from assessment.pace import Pace
from assessment.ports import Roster

VALID_S: Final = 2.0
"""How long an answer of the store is good for: whoever asks oftener does not load it."""


@dataclass(eq=False)
class BacklogGauges(Collector):
    """Reads the store when it is asked; without a store there is only the gauge that says so."""

    backlog: Backlog
    pace: Pace
    roster: Roster
    _read: tuple[float, list[Metric]] = field(default=(float("-inf"), []), init=False)

    def collect(self) -> Iterable[Metric]:
        """Return the gauges."""
        at_s, known = self._read
        if monotonic() - at_s < VALID_S:
            return known
        try:
            told = [_up(1), *self._gauges()]
        except StoreUnavailable:
            return [_up(0)]
        self._read = (monotonic(), told)
        return told

    def describe(self) -> Iterable[Metric]:
        """Name nothing at registration, so that nothing connects before it is asked."""
        return []

    def _gauges(self) -> Iterable[Metric]:
        work, runs = self.backlog.look(), self.pace.lately()
        assessments = GaugeMetricFamily(
            "mien_assessments", "Assessments that are not final, by status", labels=("status",)
        )
        seconds = GaugeMetricFamily(
            "mien_queue_video_seconds",
            "Seconds of video in assessments that are not final; `announced` by their"
            " containers, or `estimated` for those that announce none",
            labels=("status", "basis"),
        )
        for status, heap in work.heaps.items():
            assessments.add_metric((status,), heap.assessments)
            seconds.add_metric((status, "announced"), heap.video_s)
            seconds.add_metric((status, "estimated"), estimated_s(heap, runs))
        workers = GaugeMetricFamily("mien_workers", "Worker processes that signed in lately")
        workers.add_metric((), len(self.roster.present()))
        return [assessments, seconds, workers, *_late(work)]


def _up(value: int) -> Metric:
    up = GaugeMetricFamily("mien_store_up", "Whether Redis answers")
    up.add_metric((), value)
    return up


def _late(work: Work) -> Iterable[Metric]:
    told = (
        ("outbox", "Ends of assessments that are not yet deliveries", work.outbox),
        ("webhook_deliveries_due", "Webhooks that are to be tried now", work.deliveries),
        ("erasures_due", "Ended assessments that were kept for their time", work.erasures),
    )
    for name, about, late in told:
        yield from _two(name, about, late)


def _two(name: str, about: str, late: Late) -> Iterable[Metric]:
    count = GaugeMetricFamily(f"mien_{name}_entries", about)
    count.add_metric((), late.count)
    oldest = GaugeMetricFamily(
        f"mien_{name}_oldest_seconds", f"{about}: for how long the oldest has waited, 0 for none"
    )
    oldest.add_metric((), late.oldest_s)
    return count, oldest
