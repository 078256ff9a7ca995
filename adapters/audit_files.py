"""The port `Audit` over files: `FOLDER/DAY.PROCESS.jsonl`, 0600, only ever appended to.

A file for each process and day, so that no two write to one chain; files older than they are
kept are erased when a day begins. A second's entries can be lost with the machine, none with the
process. An entry for which there is no room is told in the log, and the caller's answer stands.
"""

import errno
import logging
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from assessment.audit import BEGINNING, Entry, entries, linked
from assessment.ports import Clock

SYNC_EVERY_S: Final = 1.0

log: Final = logging.getLogger(__name__)


@dataclass(slots=True)
class FolderAudit:
    """Appends to today's file of this process."""

    folder: Path
    clock: Clock
    keep_days: int
    process: str = field(default_factory=lambda: secrets.token_hex(4))
    _day: date | None = None
    _file: int = -1
    _digest: str = BEGINNING
    _unsynced: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        threading.Thread(target=self._sync, name="audit", daemon=True).start()

    def note(self, entry: Entry) -> None:
        """Append an entry; it is on the disk within a second or so."""
        with self._lock:
            try:
                self._append(entry)
            except OSError as fault:
                log.warning("an audit entry was not written: %s", fault.strerror)
                return
        self._unsynced.set()

    def _append(self, entry: Entry) -> None:
        """Write a whole line, or none: half of one would break the chain."""
        today = self.clock().date()
        if today != self._day:
            self._begin(today)
        line, digest = linked(self._digest, entry)
        end = os.fstat(self._file).st_size
        try:
            _write_whole(self._file, line.encode() + b"\n")
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._file, end)
            raise
        self._digest = digest

    def _begin(self, today: date) -> None:
        """Go on in a new file, and erase those that were kept for their time."""
        if self._day is not None and today < self._day:
            # The clock was set back over midnight: that day's file ends a chain of its own.
            self.process = secrets.token_hex(4)
        path = self.folder / f"{today.isoformat()}.{self.process}.jsonl"
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        if self._file >= 0:
            os.fsync(self._file)
            os.close(self._file)
        self._file = file
        self._day, self._digest = today, BEGINNING
        oldest = (today - timedelta(days=self.keep_days)).isoformat()
        for path in self.folder.glob("*.jsonl"):
            if path.name[: len(oldest)] < oldest:
                path.unlink(missing_ok=True)

    def _sync(self) -> None:
        while True:
            self._unsynced.wait()
            self._unsynced.clear()
            try:
                self._sync_once()
            except OSError as fault:  # Such as no descriptor left: the thread must outlive it.
                log.warning("audit entries may not be on the disk: %s", fault.strerror)
            threading.Event().wait(SYNC_EVERY_S)

    def _sync_once(self) -> None:
        with self._lock:
            file = os.dup(self._file)
        try:
            os.fsync(file)  # Beside the lock: whoever answers does not wait for the disk.
        finally:
            os.close(file)


def _write_whole(file: int, content: bytes) -> None:
    if os.write(file, content) < len(content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def kept(folder: Path) -> Iterator[tuple[str, int, dict[str, object], bool]]:
    """Yield every entry in a folder: its file, its line, what it says, whether its chain holds."""
    for path in sorted(folder.glob("*.jsonl")):
        with path.open(encoding="utf-8", errors="replace") as lines:  # Damage is told, too.
            for number, (entry, holds) in enumerate(entries(lines), 1):
                yield path.name, number, entry, holds
