"""The memory of a worker: 20 minutes of video beside 10 seconds."""

from collections.abc import Iterable
from typing import Final

import psutil

from bench.api_processes import name_of
from bench.api_stack import Served, stack
from bench.clip import clip
from bench.measuring import watching
from bench.pipeline import assess
from bench.repository import repository
from bench.row import Row, Scale

MEBIBYTE: Final = 2**20
PARTS: Final = ("worker child", "decoder")


def rows(scale: Scale) -> Iterable[Row]:
    """Assess a short recording, then a long one, in one worker; what counts is the peak of each.

    The small expression network scores, so that the time goes into what takes memory: pictures,
    faces and observations. The peak is of the process that measures and of its decoder together.
    """
    if scale.smoke:
        return
    long_s = 1200
    network = repository(int8=False)
    peaks: dict[int, list[float]] = {10: [], long_s: []}
    with stack(MIEN_MODEL_REPOSITORY=str(network.repository)) as served, served.client() as api:
        for seconds in (10, 10, 10, long_s):
            with watching(lambda: _worker(served)) as peak:
                assess(served, api, clip(seconds), every_ms=400, analyses=["expression"])
            peaks[seconds].append(peak.memory / MEBIBYTE)
    short, (longest,) = peaks[10][1:], peaks[long_s]
    yield Row(
        "peak memory of a worker, 20 minutes against 10 seconds",
        "times as much",
        tuple(longest / one for one in short),
        1.1,
        "lower",
        note="3,000 samples against 25; the first short one, which warms up, does not count",
        guarded=True,
    )
    yield Row(
        "peak memory of a worker, 20 minutes", "MiB", (longest,), 900 * 1e6 / MEBIBYTE, "lower"
    )


def _worker(served: Served) -> list[psutil.Process]:
    found: list[psutil.Process] = []
    for one in served.processes():
        try:
            if name_of(one) in PARTS:
                found.append(one)
        except psutil.Error:
            continue
    return found
