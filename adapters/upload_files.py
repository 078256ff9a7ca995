"""The bytes of uploads that are under way: `ROOT/uploads/ID`, 0600, never followed through links.

Two writers of one upload can meet for a moment: one that fell silent, and one that took
over. Each writes only while it is `alone` with the file, and asks the record first.
"""

import errno
import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from adapters.disk import room
from assessment.faults import Stale
from assessment.uploads import UPLOAD_ID_PATTERN, UploadId

FLAGS: Final = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
LOCK_TRIES: Final = 50
LOCK_PAUSE_S: Final = 0.02
_HELD_ELSEWHERE: Final = (errno.EWOULDBLOCK, errno.EACCES)


@dataclass(frozen=True, slots=True)
class UploadFile:
    """One upload's file, open for writing; positions are absolute, so it can be shared."""

    descriptor: int

    @contextmanager
    def alone(self) -> Generator[None]:
        """Keep every other writer out for a moment; raise `Stale` when one does not leave."""
        for _ in range(LOCK_TRIES):
            if _locked(self.descriptor):
                break
            time.sleep(LOCK_PAUSE_S)
        else:
            raise Stale("another writer is stuck on the file")
        try:
            yield
        finally:
            fcntl.flock(self.descriptor, fcntl.LOCK_UN)

    def write(self, content: bytes | bytearray, *, at: int) -> None:
        """Write all of the content, or raise `StorageFull`."""
        left = memoryview(content)
        with room():
            while left:
                written = os.pwrite(self.descriptor, left, at)
                left, at = left[written:], at + written

    def cut(self, size: int) -> None:
        """Drop what is beyond the size."""
        if os.fstat(self.descriptor).st_size > size:
            os.ftruncate(self.descriptor, size)

    def sync(self) -> None:
        """Have what was written outlive a power cut."""
        with room():
            os.fdatasync(self.descriptor)

    def head(self, count: int) -> bytes:
        """Return the first bytes."""
        return os.pread(self.descriptor, count, 0)

    def close(self) -> None:
        """Close the file."""
        os.close(self.descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _HELD_ELSEWHERE:
            return False
        raise
    return True


@dataclass(frozen=True, slots=True)
class UploadFiles:
    """The folder of uploads that are under way."""

    folder: Path

    def path(self, upload_id: UploadId) -> Path:
        """Return where its bytes are, or would be."""
        if not UPLOAD_ID_PATTERN.fullmatch(upload_id):
            raise ValueError("an id that is no id reached the uploads")
        return self.folder / upload_id

    def free_bytes(self) -> int:
        """Return how much room the disk has."""
        return shutil.disk_usage(self.folder).free

    def size(self, upload_id: UploadId) -> int:
        """Return how many bytes there are; none of an upload that has not begun."""
        try:
            return self.path(upload_id).stat().st_size
        except FileNotFoundError:
            return 0

    def open(self, upload_id: UploadId) -> UploadFile:
        """Return the file for writing, made if need be; only this process' user may read it."""
        with room():
            return UploadFile(os.open(self.path(upload_id), FLAGS, 0o600))

    def sha256(self, upload_id: UploadId) -> str:
        """Return the digest of the whole file, or raise `FileNotFoundError`."""
        with self.path(upload_id).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def move(self, upload_id: UploadId, target: Path) -> None:
        """Move the file in one step; of several callers one wins, the others find no file."""
        path = self.path(upload_id)
        os.utime(path)  # what waits in staging goes by its age there
        path.rename(target)

    def erase(self, upload_id: UploadId) -> None:
        """Erase the file; erasing twice is harmless."""
        self.path(upload_id).unlink(missing_ok=True)

    def stored(self) -> Sequence[UploadId]:
        """Return every upload that has a file."""
        names = [path.name for path in self.folder.iterdir()]
        return [UploadId(name) for name in names if UPLOAD_ID_PATTERN.fullmatch(name)]

    def age_s(self, upload_id: UploadId) -> float:
        """Return the seconds since the file last changed."""
        try:
            return time.time() - self.path(upload_id).stat().st_mtime  # noqa: TID251
        except FileNotFoundError:
            return 0.0
