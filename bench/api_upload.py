"""Uploads against a bare Starlette application: the same bytes, the same disk, by turns.

bare    uvicorn ─▶ file, fsync        in two ways; the faster one of each turn counts
mien    uvicorn ─▶ key, quotas ─▶ bounds, recognition, SHA-256 ─▶ file, fsync ─▶ record
"""

import json
import os
import sys
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from typing import Final

from bench.api_bare import FOLDER
from bench.api_sender import Body, send
from bench.api_stack import Served, api_alone, beside
from bench.row import Row, Scale
from launch.parts import HOST
from launch.ports import free_ports

MEGABYTE: Final = 10**6
TARGET: Final = 0.9
BOUNDARY: Final = "bench-boundary"


def rows(scale: Scale) -> Iterable[Row]:
    """Send by turns: bare, and mien's three ways; a row is the ratio of their throughputs."""
    size = scale.pick(whole=500, smoke=50) * MEGABYTE
    with api_alone() as served, _bare(served) as url:
        ways: dict[str, Callable[[], float]] = {
            "recording as body": lambda: _raw_s(served, size),
            "multipart": lambda: _multipart_s(served, size),
            "resumable, one chunk": lambda: _resumable_s(served, size),
        }
        for way in (lambda: _bare_s(url, size), *ways.values()):
            way()
        taken: dict[str, list[float]] = {name: [] for name in ways}
        bare: list[float] = []
        for _ in range(scale.repeats):
            bare.append(min(_bare_s(url, size), _bare_s(f"{url}threads", size)))
            for name, way in ways.items():
                taken[name].append(way())
    note = f"{size // MEGABYTE} MB; bare: {_rates(size, bare)}"
    for name, found in taken.items():
        ratios = tuple(alone / own for alone, own in zip(bare, found, strict=True))
        target = TARGET if name == "recording as body" else None
        said = f"{note}; mien: {_rates(size, found)}"
        title = f"upload against bare Starlette: {name}"
        yield Row(title, "x throughput", ratios, target, "higher", said, guarded=target is not None)


def _rates(size: int, seconds: list[float]) -> str:
    rates = sorted(size / MEGABYTE / one for one in seconds)
    return f"{rates[0]:.0f} to {rates[-1]:.0f} MB/s"


@contextmanager
def _bare(served: Served) -> Generator[str]:
    """Serve the bare application as mien is served, beside it and on its disk."""
    (port,) = free_ports(HOST, 1)
    command = (
        sys.executable, "-m", "uvicorn", "bench.api_bare:create_app", "--factory",
        "--host", HOST, "--port", str(port), "--http", "httptools",
        "--no-access-log", "--no-server-header",
    )  # fmt: skip
    folder = served.data / "staging"
    with beside(command, {**os.environ, FOLDER: str(folder)}, port):
        yield f"http://{HOST}:{port}/"


def _timed(method: str, url: str, body: Body, expected: int) -> tuple[float, dict[str, str], bytes]:
    began = time.perf_counter()
    status, headers, content = send(method, url, body)
    seconds = time.perf_counter() - began
    if status != expected:
        raise RuntimeError(f"{method} was answered with {status}: {content[:300]!r}")
    return seconds, headers, content


def _bare_s(url: str, size: int) -> float:
    return _timed("POST", url, Body(size), 204)[0]


def _raw_s(served: Served, size: int) -> float:
    return _created_s(served, Body(size, headers={"Content-Type": "video/mp4"}))


def _multipart_s(served: Served, size: int) -> float:
    before = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="video"; filename="a.mp4"\r\n'
        "Content-Type: video/mp4\r\n\r\n"
    )
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return _created_s(
        served, Body(size, before.encode(), f"\r\n--{BOUNDARY}--\r\n".encode(), headers=headers)
    )


def _created_s(served: Served, body: Body) -> float:
    """Create an assessment and erase it; return the seconds that the creation took."""
    body = Body(body.size, body.before, body.after, headers={**body.headers, **_key(served)})
    seconds, _, content = _timed("POST", f"{served.url}/v1/assessments", body, 202)
    own = json.loads(content)["urls"]["self"]
    _timed("DELETE", served.url + own, Body(0, headers=_key(served)), 200)
    return seconds


def _resumable_s(served: Served, size: int) -> float:
    tus = {**_key(served), "Tus-Resumable": "1.0.0"}
    opening = Body(0, headers={**tus, "Upload-Length": str(size)})
    first_s, headers, _ = _timed("POST", f"{served.url}/v1/uploads", opening, 201)
    url = served.url + headers["location"].removeprefix(served.url)
    offset = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    then_s, _, _ = _timed("PATCH", url, Body(size, headers={**tus, **offset}), 204)
    _timed("DELETE", url, Body(0, headers=tus), 204)
    return first_s + then_s


def _key(served: Served) -> dict[str, str]:
    return {"Authorization": f"Bearer {served.key}"}
