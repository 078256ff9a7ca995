"""Two workers against one, with networks that take a fixed time and no processor.

    decode ─▶ detect ─▶ align ─▶ gRPC ─▶ Triton ─▶ a model that sleeps ─▶ … ─▶ result

Everything but the arithmetic of the network is the real path. What is measured is what the queue,
the leases, the store and the API cost when there is more than one worker.
"""

import json
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from bench.api_clip import SHORT_S, short_clip
from bench.api_sleeper import NAME, write_repository
from bench.api_stack import Served, stack
from bench.row import Row, Scale

DELAY_S: Final = 1.5
TARGET: Final = 1.85
ENDED: Final = frozenset({"succeeded", "failed", "canceled", "expired"})


def rows(scale: Scale) -> Iterable[Row]:
    """Take a backlog of clips down with one worker and with two, by turns."""
    count = scale.pick(whole=16, smoke=4)
    with tempfile.TemporaryDirectory(prefix="mien-bench-") as folder:
        write_repository(Path(folder), delay_s=DELAY_S)
        with stack(MIEN_MODEL_REPOSITORY=folder) as served:
            one = _rounds(served, count, scale)
        with stack(workers=2, MIEN_MODEL_REPOSITORY=folder) as served:
            two = _rounds(served, count, scale)
    ratios = tuple(alone / both for alone, both in zip(one, two, strict=True))
    said = (
        f"{count} clips of {SHORT_S} s, {DELAY_S} s in the network;"
        f" {min(one):.1f} s with one, {min(two):.1f} s with two"
    )
    yield Row("two workers against one", "x throughput", ratios, TARGET, "higher", said, True)


def _rounds(served: Served, count: int, scale: Scale) -> list[float]:
    _seconds(served, 2)  # Every worker has then assessed something.
    return [_seconds(served, count) for _ in range(1 if scale.smoke else 3)]


def _seconds(served: Served, count: int) -> float:
    """Send so many clips at once; return the seconds until the last has ended."""
    content = short_clip().read_bytes()
    asked = {"analyses": ["expression"], "model": NAME}
    headers = {"Content-Type": "video/mp4", "Mien-Request": json.dumps(asked)}
    with served.client() as api:
        began = time.monotonic()
        sent = [
            api.post("/v1/assessments", content=content, headers=headers).raise_for_status().json()
            for _ in range(count)
        ]
        for one in sent:
            _require_success(_ended(api, one["urls"]["self"]))
        return time.monotonic() - began


def _ended(api: Any, path: str) -> dict[str, Any]:
    while True:
        found = api.get(path).raise_for_status().json()
        if found["status"] in ENDED:
            return found
        time.sleep(0.05)


def _require_success(found: dict[str, Any]) -> None:
    if found["status"] != "succeeded":
        raise RuntimeError(f"a clip ended as {found['status']}: {found['error']}")
