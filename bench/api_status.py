"""How long a status takes while others upload and recordings are measured.

four senders, each at the speed of a fast line ─▶ received, hashed, written, refused
two workers, an assessment each                ─▶ decoded, scored
one caller                                     ─▶ GET, GET, GET …     what is timed
"""

import http.client
import sys
import threading
import time
from collections.abc import Generator, Iterable
from contextlib import ExitStack, contextmanager
from typing import Final
from urllib.parse import urlsplit

from bench.api_clip import LONG, short_clip
from bench.api_stack import Served, background, stack
from bench.percentile import percentile
from bench.row import Row, Scale

SENDERS: Final = 4
ASSESSMENTS: Final = 2
UPLOAD_MIB: Final = 100
LINE_MIB_PER_S: Final = 12.5
"""100 Mbit/s for each sender."""
PAUSE_S: Final = 0.01
SETTLED_S: Final = 3.0
P99_MS: Final = 25.0
WARM_UP: Final = 50
ENDED: Final = frozenset({"succeeded", "failed", "canceled", "expired"})


def rows(scale: Scale) -> Iterable[Row]:
    """Ask for a status again and again: alone, at the speed of lines, and with no bound on it."""
    count = scale.pick(whole=1000, smoke=200)
    with stack(workers=ASSESSMENTS) as served:
        asked = _one(served)
        _statuses_ms(served, asked, WARM_UP)
        alone = _statuses_ms(served, asked, count)
        busy = _repeated(served, asked, count, LINE_MIB_PER_S, 1 if scale.smoke else 3)
        flooded = _repeated(served, asked, count, 0.0, 1)
    note = f"{count} each; p50 {percentile(busy[-1], 50):.1f} ms"
    line = f"{SENDERS} uploads of {LINE_MIB_PER_S} MiB/s, {ASSESSMENTS} assessments"
    p99 = tuple(percentile(one, 99) for one in busy)
    yield Row(f"GET a status, {line}: p99", "ms", p99, P99_MS, "lower", note)
    said = f"p50 {percentile(flooded[0], 50):.1f} ms"
    title = "GET a status, the same with uploads at the speed of loopback: p99"
    yield Row(title, "ms", (percentile(flooded[0], 99),), None, "lower", said)
    said = f"p50 {percentile(alone, 50):.1f} ms"
    yield Row(
        "GET a status, nothing else: p99", "ms", (percentile(alone, 99),), None, "lower", said
    )


def _repeated(
    served: Served, asked: str, count: int, rate: float, times: int
) -> list[tuple[float, ...]]:
    with _uploads(served, rate), _measuring(served):
        time.sleep(SETTLED_S)
        return [_statuses_ms(served, asked, count) for _ in range(times)]


def _one(served: Served) -> str:
    """Return the path of an assessment that has ended well."""
    with served.client() as api:
        answer = api.post(
            "/v1/assessments",
            content=short_clip().read_bytes(),
            headers={"Content-Type": "video/mp4", "Prefer": "wait=120"},
        )
        return answer.raise_for_status().json()["urls"]["self"]


def _statuses_ms(served: Served, path: str, count: int) -> tuple[float, ...]:
    """Ask on one connection that stays open; return the milliseconds of each answer."""
    line = http.client.HTTPConnection(urlsplit(served.url).netloc, timeout=60)
    taken: list[float] = []
    for _ in range(count):
        time.sleep(PAUSE_S)
        began = time.perf_counter()
        line.request("GET", path, headers={"Authorization": f"Bearer {served.key}"})
        answer = line.getresponse()
        answer.read()
        taken.append(1000 * (time.perf_counter() - began))
        if answer.status != http.client.OK:
            raise RuntimeError(f"a status was answered with {answer.status}")
    line.close()
    return tuple(taken)


@contextmanager
def _uploads(served: Served, rate: float) -> Generator[None]:
    """Have the senders send until the block is left, in processes of their own."""
    command = (
        sys.executable, "-m", "bench.api_sender",
        served.url, served.key, str(UPLOAD_MIB), str(rate),
    )  # fmt: skip
    with ExitStack() as senders:
        for _ in range(SENDERS):
            senders.enter_context(background(command))
        yield


@contextmanager
def _measuring(served: Served) -> Generator[None]:
    """Keep as many assessments going as there are workers."""
    stop = threading.Event()
    content = LONG.read_bytes()
    threads = [
        threading.Thread(target=_assess, args=(served, content, stop)) for _ in range(ASSESSMENTS)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _assess(served: Served, content: bytes, stop: threading.Event) -> None:
    """Send the recording, wait for its end or cancel it, and begin again."""
    with served.client() as api:
        while not stop.is_set():
            headers = {"Content-Type": "video/mp4"}
            sent = api.post("/v1/assessments", content=content, headers=headers)
            urls = sent.raise_for_status().json()["urls"]
            while not stop.wait(1.0):
                if api.get(urls["self"]).raise_for_status().json()["status"] in ENDED:
                    break
            api.delete(urls["self"])
