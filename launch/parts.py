"""The parts of the embedded stack as data: what is run, with which environment.

redis ─┬─ api
       ├─ worker ── triton
       ├─ webhooks
       └─ sweeper
"""

import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

HOST: Final = "127.0.0.1"
"""The embedded stack listens on loopback only."""

PASSED_ON: Final = (
    "PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR",
    "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS",
)  # fmt: skip
"""What every part inherits; anything else of the caller's environment stays out."""

PASSED_ON_TO_APPLICATION: Final = ("MIEN_", "OTEL_", "SSL_CERT_")

MEASURING: Final = 10
"""Niceness of what measures: minutes of full load, beside an API that is to answer at once."""

STOP_ORDER: Final = (("api",), ("worker", "webhooks", "sweeper"), ("triton",), ("redis",))
"""Intake first, the record last: whoever is still running finds what it needs. What ends while the
senders do, too, is told at the next start."""


@dataclass(frozen=True, slots=True)
class Part:
    """One process of the stack.

    `grace_s` is how long it may take to stop when asked, `niceness` (0 to 19) how readily it
    leaves the processor to the others.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    grace_s: float = 10.0
    niceness: int = 0


@dataclass(frozen=True, slots=True)
class TritonPorts:
    """Where Triton listens."""

    http: int
    grpc: int
    metrics: int


@dataclass(frozen=True, slots=True)
class MetricsPorts:
    """Where the parts that serve nothing else show their metrics; 0 is nowhere."""

    worker: int = 0
    sweeper: int = 0
    webhooks: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that the stack is built from. All paths are absolute."""

    project: Path
    data: Path
    runtime: Path
    port: int
    triton_ports: TritonPorts
    triton_environment: Path
    api_key: str = field(repr=False)
    caller: Mapping[str, str] = field(repr=False)
    metrics_ports: MetricsPorts = MetricsPorts()
    control_key: str = field(default_factory=secrets.token_urlsafe, repr=False)
    """What a request to load or unload a model has to carry."""

    @property
    def redis_socket(self) -> Path:
        """The socket, in a folder with a short name: socket paths end at 107 characters."""
        return self.runtime / "redis.sock"

    @property
    def redis_url(self) -> str:
        """The address of Redis."""
        return f"unix://{self.redis_socket}?db=0"

    @property
    def url(self) -> str:
        """The address of the API."""
        return f"http://{HOST}:{self.port}"

    @property
    def triton_url(self) -> str:
        """The gRPC address of Triton."""
        return f"{HOST}:{self.triton_ports.grpc}"

    @property
    def model_repository(self) -> Path:
        """What Triton serves."""
        return self._chosen("MIEN_MODEL_REPOSITORY", "model_repository")

    @property
    def detector(self) -> Path:
        """The weights of the face detector."""
        return self._chosen("MIEN_DETECTOR", "weights/detector.onnx")

    def _chosen(self, variable: str, default: str) -> Path:
        return (self.project / self.caller.get(variable, default)).resolve()


def bare_environment(caller: Mapping[str, str]) -> dict[str, str]:
    """Return what every part may inherit: no key, no secret."""
    kept = {name: caller[name] for name in PASSED_ON if name in caller}
    return kept | {"PYTHONUNBUFFERED": "1"}


def application_environment(plan: Plan) -> dict[str, str]:
    """Return the settings of our own parts: the caller's, then what the stack decides."""
    passed_on = {
        name: value
        for name, value in plan.caller.items()
        if name.startswith(PASSED_ON_TO_APPLICATION)
    }
    defaults = {"MIEN_MODE": "research", "MIEN_CALLBACK_ALLOW_LOOPBACK": "true"}
    defaults["MIEN_LOG_FORMAT"] = "text"  # A person reads it; JSON is for what collects logs.
    decided = {
        "MIEN_REDIS_URL": plan.redis_url,
        "MIEN_DATA": str(plan.data),
        "MIEN_TRITON_URL": plan.triton_url,
        "MIEN_MODEL_REPOSITORY": str(plan.model_repository),
        "MIEN_DETECTOR": str(plan.detector),
        "MIEN_API_KEY": plan.api_key,
        "MIEN_METRICS_HOST": HOST,
        "MIEN_WORKER_METRICS_PORT": str(plan.metrics_ports.worker),
        "MIEN_SWEEPER_METRICS_PORT": str(plan.metrics_ports.sweeper),
        "MIEN_WEBHOOKS_METRICS_PORT": str(plan.metrics_ports.webhooks),
    }
    return bare_environment(plan.caller) | defaults | passed_on | decided


def application_parts(plan: Plan, python: str = sys.executable) -> tuple[Part, ...]:
    """Return the API, the worker and the two senders."""
    environment = application_environment(plan)
    return (
        Part("api", _api(plan, python), environment),
        # On SIGTERM the worker hands its assessment back, which takes it seconds.
        Part("worker", _worker(python), environment, grace_s=30.0, niceness=MEASURING),
        Part("webhooks", (python, "-m", "worker", "webhooks"), environment),
        Part("sweeper", (python, "-m", "worker", "sweeper"), environment),
    )


def _api(plan: Plan, python: str) -> tuple[str, ...]:
    return (
        python, "-m", "uvicorn", "service.app:create_app", "--factory",
        "--host", HOST, "--port", str(plan.port), "--http", "service.line:Line",
        "--ws", "none", "--no-access-log", "--no-server-header", "--timeout-graceful-shutdown", "5",
    )  # fmt: skip


def _worker(python: str) -> tuple[str, ...]:
    return (
        python, "-m", "celery", "-A", "worker.app:app", "worker",
        "--pool", "prefork", "--concurrency", "1",
        "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO",
    )  # fmt: skip
