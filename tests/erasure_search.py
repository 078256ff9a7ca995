"""Where a word is still to be found: files of every kind, keys of every type."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, cast

import redis

from tests.chaos.reckoning import files_with

HOUR_S: Final = 7200.0
"""Well over the hour after which the sweeper takes what was never accepted."""


def places(word: str, folder: Path, redis_url: str) -> Iterator[str]:
    """Yield every file below a folder and every key of a Redis that holds the word.

    And every blob with pictures of a face, which holds none.
    """
    for path in files_with([word.encode()], folder):
        yield str(path.relative_to(folder))
    for path in folder.rglob("faces.*.json"):
        yield str(path.relative_to(folder))
    with redis.Redis.from_url(redis_url) as store:
        for key in store.scan_iter(count=1000):
            if word.encode() in key + repr(value_of(store, key)).encode():
                yield f"redis {key!r}"


def value_of(store: "redis.Redis", key: bytes) -> Any:
    """Return all that a key holds; `DUMP` would compress it, words and all."""
    readers: dict[bytes, Callable[[], Any]] = {
        b"string": lambda: store.get(key),
        b"hash": lambda: store.hgetall(key),
        b"list": lambda: store.lrange(key, 0, -1),
        b"set": lambda: store.smembers(key),
        b"zset": lambda: store.zrange(key, 0, -1, withscores=True),
        b"stream": lambda: store.xrange(key),
        b"none": lambda: None,
    }
    return readers[cast("bytes", store.type(key))]()


def an_hour_later(data: Path) -> None:
    """Make what arrived look older than the sweeper waits for."""
    then = time.time() - HOUR_S  # noqa: TID251  files carry the system's time
    for name in ("staging", "uploads", "blobs"):
        for path in (data / name).rglob("*"):
            with suppress(FileNotFoundError):
                os.utime(path, (then, then))


def largest_in(folder: Path) -> int:
    """Return the bytes of the folder's largest file; files may go while it is looked through."""
    sizes = [0]
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            sizes.append(path.stat().st_size)
    return max(sizes)
