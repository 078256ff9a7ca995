"""The least that an upload can be: a Starlette application that streams the body to a file.

    /          write(chunk), in the event loop         both: file, fsync, 204
    /threads   write(1 MiB), in threads

No key, no bounds, no digest, no recognition; but the bytes are on the disk when it answers, as
mien's are, because an answer before that promises nothing.
"""

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from anyio.to_thread import run_sync
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

BUFFER_BYTES: Final = 2**20
FOLDER: Final = "BENCH_FOLDER"
"""The environment variable that names the folder that the files go to."""


async def in_the_loop(request: Request) -> Response:
    """Write every chunk as it comes, the shortest code there is."""
    with _file() as file:
        async for chunk in request.stream():
            file.write(chunk)
        _sync(file)
    return Response(status_code=204)


async def in_threads(request: Request) -> Response:
    """Write a mebibyte at a time in a thread, so that the loop receives meanwhile."""
    waiting = bytearray()
    with _file() as file:
        async for chunk in request.stream():
            waiting += chunk
            if len(waiting) >= BUFFER_BYTES:
                await run_sync(file.write, waiting)
                waiting = bytearray()
        file.write(waiting)
        await run_sync(_sync, file)
    return Response(status_code=204)


@contextmanager
def _file() -> Generator[BinaryIO]:
    """Return a file of its own, and erase it."""
    descriptor, name = tempfile.mkstemp(dir=os.environ[FOLDER])
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
    finally:
        Path(name).unlink()


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def create_app() -> Starlette:
    """Return the application."""
    ways = (("/", in_the_loop), ("/threads", in_threads))
    return Starlette(routes=[Route(path, way, methods=["POST"]) for path, way in ways])
