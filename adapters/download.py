"""A fetched recording while it arrives: counted, hashed and recognised on its way to the disk."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, Protocol, Self

from adapters.disk import room
from assessment.containers import HEAD_BYTES, is_recording
from assessment.faults import NotAVideo, StorageFull, TooLarge

LOOK_EVERY_BYTES: Final = 16 * 2**20
"""After so many bytes the free space is looked at again."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A recording that has arrived whole and is safe on the disk, at its staging place."""

    path: Path
    sha256: str
    size: int


class _Digest(Protocol):
    def update(self, data: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


def check_room(folder: Path, needed_bytes: int) -> None:
    """Raise `StorageFull` unless the disk has so much room."""
    if shutil.disk_usage(folder).free < needed_bytes:
        raise StorageFull


@dataclass(slots=True)
class Download:
    """One recording on its way in."""

    path: Path
    file: BinaryIO
    limit_bytes: int
    free_min_bytes: int
    size: int = 0
    finished: bool = False
    _head: bytes = b""
    _unlooked: int = 0
    _digest: _Digest = field(default_factory=hashlib.sha256)

    @classmethod
    @contextmanager
    def into(cls, folder: Path, limit_bytes: int, free_min_bytes: int) -> Generator[Self]:
        """Give a new file that only this user may read; erase it when the block breaks."""
        with room():
            descriptor, name = tempfile.mkstemp(dir=folder)
        file = os.fdopen(descriptor, "wb")
        download = cls(Path(name), file, limit_bytes, free_min_bytes)
        try:
            with room(), file:
                yield download
        finally:
            if not download.finished:
                download.path.unlink(missing_ok=True)

    def write(self, chunk: bytes) -> None:
        """Add bytes, or raise `TooLarge`, `NotAVideo` or `StorageFull`."""
        self.size += len(chunk)
        if self.size > self.limit_bytes:
            raise TooLarge("the recording is too large", limit_bytes=self.limit_bytes)
        if len(self._head) < HEAD_BYTES:
            self._head += chunk[: HEAD_BYTES - len(self._head)]
            if len(self._head) == HEAD_BYTES:
                self._recognise()
        self._look_at_room(len(chunk))
        self._digest.update(chunk)
        self.file.write(chunk)

    def finish(self) -> Fetched:
        """Return the whole recording once it is safe on the disk."""
        if len(self._head) < HEAD_BYTES:
            self._recognise()
        self.file.flush()
        os.fsync(self.file.fileno())
        self.finished = True
        return Fetched(self.path, self._digest.hexdigest(), self.size)

    def _recognise(self) -> None:
        if not is_recording(self._head):
            raise NotAVideo

    def _look_at_room(self, added: int) -> None:
        self._unlooked += added
        if self._unlooked >= LOOK_EVERY_BYTES:
            self._unlooked = 0
            check_room(self.path.parent, self.free_min_bytes)
