"""What a worker process measures of its own work, beside the steps of assessments."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from adapters.meters import SHORT_S, WAITS_S, AssessmentMeters, Bounded
from assessment.assessment import Assessment
from assessment.measurement import Measurement
from assessment.result import Result

PART: Final = "worker"
WHOLE: Final = "total"
"""What a measurement calls the time of all its stages."""


class WorkerMeters:
    """Counts what is measured; sandboxes measure nothing and are left out."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self.assessments = AssessmentMeters(registry)
        self._word = Bounded()
        self._busy = Gauge(
            "mien_attempts_in_flight",
            "Attempts that are running, sandboxes left out",
            registry=registry,
            multiprocess_mode="sum",
        )
        self._stages = Histogram(
            "mien_stage_duration_seconds",
            "Seconds of one assessment that went into a stage: decode, detect, align, infer …",
            ("stage",),
            buckets=WAITS_S,
            registry=registry,
        )
        self._video = Counter(
            "mien_video_seconds",
            "Seconds of video that were measured",
            registry=registry,
        )
        self._frames = Counter(
            "mien_frames",
            "Sampled frames by what became of them: used, or why they were rejected",
            ("verdict",),
            registry=registry,
        )
        self._withheld = Counter(
            "mien_withheld",
            "Analyses without a number, by the reason",
            ("analysis", "code"),
            registry=registry,
        )
        self._inference(registry)

    def _inference(self, registry: CollectorRegistry) -> None:
        self._calls = Counter(
            "mien_inference_requests",
            "Calls to Triton by network and gRPC status; each retry is a call",
            ("network", "status"),
            registry=registry,
        )
        self._call_seconds = Histogram(
            "mien_inference_duration_seconds",
            "Time of a call to Triton, its queue there included",
            ("network",),
            buckets=SHORT_S,
            registry=registry,
        )

    def begin(self) -> None:
        """Take over from a process that died in this one's place: nothing is running."""
        self._busy.set(0)

    @contextmanager
    def busy(self) -> Generator[None]:
        """Count an attempt for as long as the block takes."""
        with self._busy.track_inprogress():
            yield

    def measured(self, measurement: Measurement) -> None:
        """Note where the time of a measurement went."""
        for stage, spent_ms in measurement.timings_ms.items():
            if stage != WHOLE:
                self._stages.labels(self._word(stage)).observe(spent_ms / 1000)
        self._video.inc(measurement.media.duration_ms / 1000)
        for row in measurement.observations:
            self._frames.labels(self._word(row.verdict)).inc()

    def concluded(self, _claimed: Assessment, result: Result) -> None:
        """Count what a result does not say."""
        for one in result.withheld:
            self._withheld.labels(self._word(one.analysis), self._word(one.code)).inc()

    def called(self, network: str, status: str, seconds: float) -> None:
        """Count a call to Triton."""
        name = self._word(network)
        self._calls.labels(name, self._word(status)).inc()
        self._call_seconds.labels(name).observe(seconds)
