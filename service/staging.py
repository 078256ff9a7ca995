"""A recording while it is uploaded: staged in threads, so that a slow disk stops nobody else."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from anyio.to_thread import run_sync

from adapters.staged_file import StagedFile, check_room
from assessment.containers import HEAD_BYTES
from assessment.faults import Invalid
from assessment.recording import Recording

BUFFER_BYTES: Final = 2**20


def nothing() -> int:
    """Return that no space is promised to anybody."""
    return 0


@dataclass(frozen=True, slots=True)
class Staging:
    """The folder in which recordings arrive, and the limits that hold there."""

    folder: Path
    limit_bytes: int
    free_min_bytes: int
    promised_bytes: Callable[[], int] = nothing
    """Space that resumable uploads were promised when they were created."""

    def check_room(self, announced_bytes: int) -> None:
        """Raise `StorageFull` when the disk would have less left than it must."""
        check_room(self.folder, self.free_min_bytes + announced_bytes)

    def check_room_for_recording(self, announced_bytes: int) -> None:
        """Raise `StorageFull` when, besides, an upload would not get what it was promised."""
        check_room(self.folder, self._kept_free_bytes + announced_bytes)

    def open(self) -> "StagedVideo":
        """Return a new file for one recording."""
        return StagedVideo(StagedFile.create(self.folder, self.limit_bytes, self._kept_free_bytes))

    @property
    def _kept_free_bytes(self) -> int:
        return self.free_min_bytes + self.promised_bytes()


@dataclass(slots=True)
class StagedVideo:
    """One recording on its way in; `discard` it in the end, whatever happened."""

    staged: StagedFile
    _buffer: bytearray = field(default_factory=bytearray)

    async def write(self, data: bytes) -> None:
        """Add bytes, or raise `TooLarge`, `NotAVideo` or `StorageFull`."""
        self._buffer += data
        # The first bytes tell what it is, so they do not wait for a MiB to come together.
        enough = BUFFER_BYTES if self.staged.size else HEAD_BYTES
        beyond = self.staged.size + len(self._buffer) > self.staged.limit_bytes
        if beyond or len(self._buffer) >= enough:
            await run_sync(self._flush)

    async def finish(self) -> Recording:
        """Return the whole recording once it is safe on the disk."""
        if not self.staged.size and not self._buffer:
            raise Invalid("the recording is empty", pointer="/video")
        return await run_sync(self._finish)

    def discard(self) -> None:
        """Close the file, and erase it unless it was adopted."""
        self.staged.discard()

    def _flush(self) -> None:
        self.staged.write(self._buffer)
        self._buffer.clear()

    def _finish(self) -> Recording:
        self._flush()
        return self.staged.finish()
