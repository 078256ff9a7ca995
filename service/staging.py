"""A recording while it arrives: written to its final file system, hashed on the way.

Writing happens in threads, a MiB at a time, so that a slow disk stops nobody else.
"""

import hashlib
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from anyio.to_thread import run_sync

from adapters.disk import room
from assessment.containers import HEAD_BYTES, is_recording
from assessment.faults import Invalid, NotAVideo, StorageFull, TooLarge
from service.intake import Recording

BUFFER_BYTES: Final = 2**20


class _Digest(Protocol):
    def update(self, data: bytearray, /) -> None: ...
    def hexdigest(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Staging:
    """The folder in which recordings arrive, and the limits that hold there."""

    folder: Path
    limit_bytes: int
    free_min_bytes: int

    def check_room(self, announced_bytes: int) -> None:
        """Raise `StorageFull` when the disk would have less left than it must."""
        if shutil.disk_usage(self.folder).free < self.free_min_bytes + announced_bytes:
            raise StorageFull

    def open(self) -> "StagedVideo":
        """Return a new file that only this process' user may read."""
        with room():
            descriptor, name = tempfile.mkstemp(dir=self.folder)
        return StagedVideo(Path(name), os.fdopen(descriptor, "wb"), self.limit_bytes)


@dataclass(slots=True)
class StagedVideo:
    """One recording on its way in; `discard` it in the end, whatever happened."""

    path: Path
    file: BinaryIO
    limit_bytes: int
    size: int = 0
    recognised: bool = False
    _buffer: bytearray = field(default_factory=bytearray)
    _digest: _Digest = field(default_factory=hashlib.sha256)

    async def write(self, data: bytes) -> None:
        """Add bytes, or raise `TooLarge`, `NotAVideo` or `StorageFull`."""
        self.size += len(data)
        self._buffer += data
        if not self.recognised and len(self._buffer) >= HEAD_BYTES:
            self._recognise()
        if self.size > self.limit_bytes:
            raise TooLarge("the recording is too large", limit_bytes=self.limit_bytes)
        if len(self._buffer) >= BUFFER_BYTES:
            await run_sync(self._flush)

    async def finish(self) -> Recording:
        """Return the whole recording once it is safe on the disk."""
        if self.size == 0:
            raise Invalid("the recording is empty", pointer="/video")
        if not self.recognised:
            self._recognise()
        await run_sync(self._sync)
        return Recording(self.path, self._digest.hexdigest(), self.size)

    def discard(self) -> None:
        """Close the file, and erase it unless it was adopted."""
        with suppress(OSError):  # a full disk fails here again; the file goes all the same
            self.file.close()
        self.path.unlink(missing_ok=True)

    def _recognise(self) -> None:
        self.recognised = is_recording(bytes(self._buffer[:HEAD_BYTES]))
        if not self.recognised:
            raise NotAVideo

    def _flush(self) -> None:
        with room():
            self.file.write(self._buffer)
        self._digest.update(self._buffer)
        self._buffer.clear()

    def _sync(self) -> None:
        self._flush()
        with room():
            self.file.flush()
            os.fsync(self.file.fileno())
