"""Every metric that a process of mien shows, as the code has it; and what Triton shows."""

from datetime import UTC, datetime

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric

from adapters.memory import MemoryRecords, MemoryRoster
from adapters.memory_backlog import MemoryBacklog
from adapters.memory_pace import MemoryPace
from adapters.meters import AssessmentMeters, registry
from assessment.fitness import Unfit
from service.backlog_gauges import BacklogGauges
from service.fitness import FitnessGauges
from service.metrics import PART, Metrics
from worker.beside_meters import SWEEPER, WEBHOOKS, BesideMeters
from worker.meters import WorkerMeters

TRITON = frozenset(
    [
        "nv_inference_request_success",
        "nv_inference_request_failure",
        "nv_inference_count",
        "nv_inference_exec_count",
        "nv_inference_request_duration_us",
        "nv_inference_queue_duration_us",
        "nv_inference_compute_input_duration_us",
        "nv_inference_compute_infer_duration_us",
        "nv_inference_compute_output_duration_us",
        "nv_inference_pending_request_count",
    ]
)
"""What Triton 2.x shows of each model; `tests/stack/test_observed.py` compares."""
TRITON_GPU = frozenset(
    [
        "nv_gpu_utilization",
        "nv_gpu_memory_total_bytes",
        "nv_gpu_memory_used_bytes",
        "nv_gpu_power_usage",
        "nv_gpu_power_limit",
        "nv_energy_consumption",
    ]
)
"""What it shows of GPUs, after its documentation: there is none here."""
PROMETHEUS = frozenset({"up", "ALERTS"})


def noon() -> datetime:
    return datetime(2026, 11, 22, 12, tzinfo=UTC)


def parts() -> dict[str, list[Metric]]:
    """Return the metrics of each part."""
    worker = WorkerMeters(registry("worker"))
    sweeper, webhooks = BesideMeters(SWEEPER), BesideMeters(WEBHOOKS)
    assert sweeper.assessments
    assert sweeper.overdue
    assert webhooks.webhooks
    registries = {
        "service": service(),
        "worker": worker.registry,
        "sweeper": sweeper.registry,
        "webhooks": webhooks.registry,
    }
    return {part: list(made.collect()) for part, made in registries.items()}


def service() -> CollectorRegistry:
    records, roster = MemoryRecords(noon), MemoryRoster(noon)
    roster.sign_in("w", {}, for_s=9, unfit=[Unfit("hmhn", "weights_changed", "")])
    made = registry(PART)
    backlog = BacklogGauges(MemoryBacklog(records), MemoryPace(), roster)
    AssessmentMeters(made)
    Metrics(backlog, FitnessGauges(roster, ["hmhn"]), registry=made)
    return made


def names() -> set[str]:
    """Return the name of every series, as a query has it."""
    found = set(PROMETHEUS | TRITON | TRITON_GPU)
    for metrics in parts().values():
        for metric in metrics:
            found.add(metric.name)
            suffixes = {
                "counter": ("_total",),
                "histogram": ("_bucket", "_sum", "_count"),
            }.get(metric.type, ("",))
            found |= {metric.name + suffix for suffix in suffixes}
    return found
