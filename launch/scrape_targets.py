"""Where the running stack shows its metrics, as a file that Prometheus looks at by itself.

    DATA/prometheus.json   [{"targets": ["127.0.0.1:41234"], "labels": {"job": "mien-worker"}}, …]

The ports of the embedded stack differ at every start; `deploy/prometheus/embedded.yml` reads this.
"""

import json
from pathlib import Path
from typing import Final

from launch.parts import HOST, Plan

FILE: Final = "prometheus.json"


def targets(plan: Plan) -> list[dict[str, object]]:
    """Return a target for each part that shows metrics."""
    ports = {
        "mien-service": plan.port,
        "mien-worker": plan.metrics_ports.worker,
        "mien-sweeper": plan.metrics_ports.sweeper,
        "mien-webhooks": plan.metrics_ports.webhooks,
        "triton": plan.triton_ports.metrics,
    }
    return [
        {"targets": [f"{HOST}:{port}"], "labels": {"job": job}}
        for job, port in ports.items()
        if port
    ]


def write(plan: Plan) -> Path:
    """Write the file, and return where it is."""
    file = plan.data / FILE
    file.write_text(json.dumps(targets(plan), indent=1))
    return file
