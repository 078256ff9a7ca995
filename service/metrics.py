"""What Prometheus reads. Labels are route templates, methods and statuses, never ids or paths."""

from collections.abc import Iterable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from assessment.faults import StoreUnavailable
from assessment.ports import Records

SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


class Metrics:
    """Counts answers, and reads the queue when it is asked."""

    def __init__(self, records: Records, *others: Collector) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "mien_http_requests",
            "Answers by method, route template and status",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "mien_http_request_seconds",
            "Time from the first byte asked to the last byte answered",
            ("method", "route"),
            buckets=SECONDS,
            registry=self._registry,
        )
        for collector in (_Backlog(records), *others):
            self._registry.register(collector)

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def page(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self._registry)


class _Backlog(Collector):
    """Reads the numbers of waiting and running assessments from the records."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def collect(self) -> Iterable[Metric]:
        """Return the gauges; without a store there is only the gauge that says so."""
        up = GaugeMetricFamily("mien_store_up", "Whether Redis answers")
        backlog = GaugeMetricFamily(
            "mien_assessments", "Assessments that are not final, by status", labels=("status",)
        )
        try:
            counts = self._records.counts()
        except StoreUnavailable:
            up.add_metric((), 0)
            return [up]
        up.add_metric((), 1)
        for status, count in counts.items():
            backlog.add_metric((str(status),), count)
        return [up, backlog]

    def describe(self) -> Iterable[Metric]:
        """Name nothing at registration, so that nothing connects before it is asked."""
        return []
