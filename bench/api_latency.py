"""From the first byte sent to the result read, less what the result says it took to compute.

    send ─▶ accepted ─▶ queued ─▶ claimed ─▶ [ decode … score ] ─▶ concluded ─▶ told ─▶ read
    └──────────── elapsed, by the caller's clock ───── less ───── `timings_ms.total` ────────┘

The caller learns of the end in one of three ways; they take turns, so that a noisy moment of the
machine falls on all three.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import httpx

from bench.api_clip import SHORT_S, short_clip
from bench.api_stack import stack
from bench.percentile import percentile
from bench.row import Row, Scale

WARM_UP: Final = 2
POLL_S: Final = 0.02
ENDED: Final = frozenset({"succeeded", "failed", "canceled", "expired"})
P50_MS, P99_MS = 60.0, 250.0
HEADERS: Final = {"Content-Type": "video/mp4"}

Document = dict[str, Any]


def rows(scale: Scale) -> Iterable[Row]:
    """Send the clip again and again, by turns in each way."""
    count = scale.pick(whole=50, smoke=4)
    recording = short_clip()
    spent: dict[str, list[float]] = {name: [] for name in WAYS}
    with stack() as served, served.client() as api:
        for turn in range(WARM_UP + count):
            for name, way in WAYS.items():
                overhead_ms = _overhead_ms(api, recording, way)
                if turn >= WARM_UP:
                    spent[name].append(overhead_ms)
    for name, found in spent.items():
        yield from _told(name, tuple(found))


def _told(name: str, found: tuple[float, ...]) -> Iterable[Row]:
    polled = name == POLLING
    note = f"{len(found)} clips of {SHORT_S} s, one after the other"
    p99 = percentile(found, 99)
    title = f"submit to result less computing, {name}"
    yield Row(f"{title}: p50", "ms", found, None if polled else P50_MS, "lower", note)
    yield Row(f"{title}: p99", "ms", (p99,), None if polled else P99_MS, "lower", note)


def _overhead_ms(
    api: httpx.Client, recording: Path, way: Callable[[httpx.Client, bytes], Document]
) -> float:
    content = recording.read_bytes()
    began = time.perf_counter()
    ended = way(api, content)
    elapsed_ms = 1000 * (time.perf_counter() - began)
    if ended["status"] != "succeeded":
        raise RuntimeError(f"the clip ended as {ended['status']}: {ended['error']}")
    return elapsed_ms - float(ended["result"]["timings_ms"]["total"])


def _waiting(api: httpx.Client, content: bytes) -> Document:
    """Send it and have the answer wait for the end."""
    return _created(api, content, {"Prefer": "wait=120"})


def _following(api: httpx.Client, content: bytes) -> Document:
    """Send it, follow its events to the end, read the result."""
    urls = _created(api, content)["urls"]
    with api.stream("GET", urls["events"], headers={"Accept": "text/event-stream"}) as events:
        for line in events.iter_lines():
            if line == "event: ended":
                break
    return api.get(urls["self"]).raise_for_status().json()


def _polling(api: httpx.Client, content: bytes) -> Document:
    """Send it and read it again and again until it has ended."""
    found = _created(api, content)
    while found["status"] not in ENDED:
        time.sleep(POLL_S)
        found = api.get(found["urls"]["self"]).raise_for_status().json()
    return found


def _created(api: httpx.Client, content: bytes, more: Mapping[str, str] | None = None) -> Document:
    answer = api.post("/v1/assessments", content=content, headers={**HEADERS, **(more or {})})
    return answer.raise_for_status().json()


POLLING: Final = f"asked every {POLL_S * 1000:.0f} ms"
WAYS: Final[Mapping[str, Callable[[httpx.Client, bytes], Document]]] = {
    "`Prefer: wait`": _waiting,
    "events": _following,
    POLLING: _polling,
}
