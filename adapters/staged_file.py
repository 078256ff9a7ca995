"""A recording while it arrives: counted, hashed and recognised on its way to the disk.

Both ways in end here, the upload and the fetched address.
"""

import hashlib
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, Protocol, Self

from adapters.disk import room
from assessment.containers import HEAD_BYTES, is_recording
from assessment.faults import StorageFull
from assessment.recording import Recording
from assessment.recording_faults import NotAVideo, TooLarge

LOOK_EVERY_BYTES: Final = 16 * 2**20
"""After so many bytes the free space is looked at again."""


class _Digest(Protocol):
    def update(self, data: bytes | bytearray, /) -> None: ...
    def hexdigest(self) -> str: ...


def check_room(folder: Path, needed_bytes: int) -> None:
    """Raise `StorageFull` unless the disk has so much room."""
    if shutil.disk_usage(folder).free < needed_bytes:
        raise StorageFull


@dataclass(slots=True)
class StagedFile:
    """One recording on its way in; `discard` it in the end, whatever happened."""

    path: Path
    file: BinaryIO
    limit_bytes: int
    free_min_bytes: int
    size: int = 0
    _head: bytes = b""
    _unlooked: int = 0
    _digest: _Digest = field(default_factory=hashlib.sha256)

    @classmethod
    def create(cls, folder: Path, limit_bytes: int, free_min_bytes: int) -> Self:
        """Return a new file in the folder that only this process' user may read."""
        with room():
            descriptor, name = tempfile.mkstemp(dir=folder)
        return cls(Path(name), os.fdopen(descriptor, "wb"), limit_bytes, free_min_bytes)

    def write(self, chunk: bytes | bytearray) -> None:
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
        with room():
            self.file.write(chunk)

    def finish(self) -> Recording:
        """Return the whole recording once it is safe on the disk."""
        if len(self._head) < HEAD_BYTES:
            self._recognise()
        with room():
            self.file.flush()
            os.fsync(self.file.fileno())
        return Recording(self.path, self._digest.hexdigest(), self.size)

    def close(self) -> None:
        """Close the file, which stays."""
        with suppress(OSError):  # a full disk fails here again
            self.file.close()

    def discard(self) -> None:
        """Close the file, and erase it unless it was adopted."""
        self.close()
        self.path.unlink(missing_ok=True)

    def _recognise(self) -> None:
        if not is_recording(self._head):
            raise NotAVideo

    def _look_at_room(self, added: int) -> None:
        self._unlooked += added
        if self._unlooked >= LOOK_EVERY_BYTES:
            self._unlooked = 0
            check_room(self.path.parent, self.free_min_bytes)
