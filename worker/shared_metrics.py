"""One page of metrics for a worker and the processes that it forks.

Each process writes its numbers into a file of a common folder, and the parent, which shows
the page, adds them up. A file belongs to a place in the pool, not to a process: a child that
replaces another goes on with its numbers, so that files do not pile up and counters never fall.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import cast

from billiard.process import current_process
from prometheus_client import CollectorRegistry, values
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.process_collector import ProcessCollector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""What the client library reads; it has no other way to be told."""


def share() -> Path:
    """Have what is counted from now on, here and in children, written into a new folder."""
    folder = Path(tempfile.mkdtemp(prefix="mien-metrics-"))
    os.environ[FOLDER] = str(folder)  # noqa: TID251
    values.ValueClass = values.MultiProcessValue(place)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def place() -> str:
    """Return which place in the pool this process has."""
    process = cast("object", current_process())  # billiard has no types
    index: int | None = getattr(process, "index", None)
    return "parent" if index is None else f"child{index}"


def gathered(folder: Path) -> CollectorRegistry:
    """Return a registry that adds up what all of them have written."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))
    ProcessCollector(registry=registry)
    return registry
