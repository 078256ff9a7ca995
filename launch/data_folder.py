"""The data folder of a stack: private, and held by one stack at a time.

DATA/lock     held while a stack runs; says its process
DATA/redis    append-only file of the records
DATA/address  where Redis of the stack that runs, or ran last, listens
DATA/blobs    recordings and results
DATA/feedback        totals of questionnaires, apart from the assessments
DATA/receipt-keys    the keys that sign receipts
DATA/triton   backend directory, made anew at every start
"""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from launch.faults import DataFolderInUse, LaunchFault

PRIVATE: Final = 0o700
FOLDERS: Final = ("redis", "blobs", "triton")


@contextmanager
def held(data: Path) -> Generator[None]:
    """Make the folder and hold it; raise `DataFolderInUse` when another stack does."""
    _require_ours(data)
    _make_private(data)
    with (data / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise DataFolderInUse(data, lock.read().strip() or "process unknown") from error
        lock.truncate(0)
        lock.write(f"process {os.getpid()}")
        lock.flush()
        for name in FOLDERS:
            _make_private(data / name)
        yield


def note_redis_url(data: Path, url: str) -> None:
    """Note where Redis listens, for commands that work beside the stack."""
    (data / "address").write_text(url)


def redis_url_of(data: Path) -> str | None:
    """Return where Redis of the stack that holds the folder listens, or None when none ran."""
    try:
        return (data / "address").read_text().strip() or None
    except OSError:
        return None


def _require_ours(data: Path) -> None:
    """Refuse a folder that holds something else: it would be closed to everybody."""
    if data.is_dir() and not (data / "lock").exists() and any(data.iterdir()):
        raise LaunchFault(f"{data} is not empty and no data folder of mien: choose another")


def _make_private(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
        # A folder that was there before is closed too: recordings are nobody else's business.
        folder.chmod(PRIVATE)
    except OSError as error:
        raise LaunchFault(f"cannot use the data folder: {error}") from error
