"""What Prometheus reads. Labels are route templates, methods and statuses, never ids or paths."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from adapters import meters
from adapters.meters import SHORT_S

PART: Final = "service"


class Metrics:
    """Counts answers, and reads the rest when it is asked."""

    def __init__(self, *others: Collector, registry: CollectorRegistry | None = None) -> None:
        self._registry = registry or meters.registry(PART)
        self._requests = Counter(
            "mien_http_requests",
            "Answers by method, route template and status",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "mien_http_request_duration_seconds",
            "Time from the first byte asked to the last byte answered",
            ("method", "route"),
            buckets=SHORT_S,
            registry=self._registry,
        )
        self.in_flight = Gauge(
            "mien_http_requests_in_flight",
            "Requests that are being answered, streams of events among them",
            registry=self._registry,
        )
        ProcessCollector(registry=self._registry)
        for collector in others:
            self._registry.register(collector)

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def page(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self._registry)
