"""Waiting for what a running stack does in its own time: long limits, which cost nothing."""

import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import redis

from launch.data_folder import redis_url_of

SOON_S = 30.0
"""For what takes a moment; on a busy machine that is a long one."""


def until(true: Callable[[], bool], limit_s: float = SOON_S) -> float:
    """Wait until it is true; return the seconds that took."""
    started = time.monotonic()
    while not true():
        assert time.monotonic() - started < limit_s
        time.sleep(0.05)
    return time.monotonic() - started


def contents(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield every file below a folder that is still there when its turn comes."""
    for path in folder.rglob("*"):
        try:
            if path.is_file():
                yield path, path.read_bytes()
        except FileNotFoundError:
            continue


def until_appended(data: Path) -> None:
    """Wait until all that Redis was told so far stands in its append-only file.

    The file is written in order, so whatever came before a mark is there once the mark is.
    """
    mark, url = secrets.token_hex(16), redis_url_of(data)
    assert url is not None
    with redis.Redis.from_url(url) as store:
        store.set("appended", mark, ex=60)
    until(lambda: any(mark.encode() in content for _, content in contents(data / "redis")))
