"""Which models Triton loads, and who may tell it to load another version while it runs.

    model_repository/NAME/N/model.onnx ─▶ --load-model=NAME      built networks only
    DATA/triton/control.json           ─▶ training.release --load    address and key, mode 0600

A request to load a model can carry code of its own, and anybody on this machine reaches
loopback. So the model control of Triton asks for a key, fresh at every start.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from launch.parts import Plan

KEY_HEADER: Final = "mien-control-key"
"""HTTP requests carry the key under this name; gRPC puts `triton-grpc-protocol-` before it."""

CONTROL_FILE: Final = "triton/control.json"

EXIT_LIMIT_S: Final = 40
"""How long Triton, told to end, waits for requests that still run; with none it ends in seconds.

It crashes when the time is up before they are. A call takes many seconds where all shares two
processors. What starts Triton kills it later than this: see the two that deploy it.
"""

COMMON_OPTIONS: Final = (
    "--disable-auto-complete-config",
    "--exit-on-error=true",
    f"--exit-timeout-secs={EXIT_LIMIT_S}",
    "--log-verbose=0",
    "--log-info=false",
    # The worker pings idle channels every 10 s; by default gRPC would take that for an attack.
    "--grpc-keepalive-permit-without-calls=true",
    "--grpc-http2-min-recv-ping-interval-without-data=5000",
)
"""What every Triton of ours is started with, in a container or not."""
PROCESSOR_OPTIONS: Final = (
    "--model-config-name=cpu",
    "--allow-gpu-metrics=false",
    "--pinned-memory-pool-byte-size=0",
)
"""What one without a GPU is started with, too."""


def built_models(repository: Path) -> tuple[str, ...]:
    """Return the names of the configured models that have the graph of at least one version.

    A network without weights is not served, and does not keep the others from starting.
    """
    folders = sorted(path.parent for path in repository.glob("*/config.pbtxt"))
    return tuple(folder.name for folder in folders if _has_version(folder))


def _has_version(folder: Path) -> bool:
    return any(
        graph.parent.name.isdecimal() and graph.is_file() for graph in folder.glob("*/model.onnx")
    )


def control_options(models: Sequence[str], key: str) -> tuple[str, ...]:
    """Return the options that load these models, and leave later loads to who has the key.

    Readiness is not strict: a strict server calls itself not ready for good when a later load was
    refused, though every version that was loaded before goes on answering.
    """
    restriction = f"model-repository:{KEY_HEADER}={key}"
    return (
        "--model-control-mode=explicit",
        "--strict-readiness=false",
        *(f"--load-model={name}" for name in models),
        f"--grpc-restricted-protocol={restriction}",
        f"--http-restricted-api={restriction}",
    )


def write_control_file(plan: Plan) -> Path:
    """Write where Triton listens and the key of its model control, for the owner's eyes only."""
    path = plan.data / CONTROL_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)  # an older file may be readable by others
    document = {"grpc": plan.triton_url, "header": KEY_HEADER, "key": plan.control_key}
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump(document, stream)
    return path
