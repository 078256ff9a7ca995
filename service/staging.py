"""A recording while it is uploaded: staged in threads, so that a slow disk stops nobody else."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
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
    """One recording on its way in; `discard` it in the end, whatever happened.

    What has come together is hashed and written by a thread while more is received.
    """

    staged: StagedFile
    _buffer: bytearray = field(default_factory=bytearray)
    _taken: int = 0
    _writing: "asyncio.Future[None] | None" = None

    async def write(self, data: bytes) -> None:
        """Add bytes; raises `TooLarge`, `NotAVideo` or `StorageFull`, for earlier bytes too."""
        self._taken += len(data)
        self._buffer += data
        # The first bytes tell what it is, so they do not wait for a MiB to come together.
        first, beyond = self._writing is None, self._taken > self.staged.limit_bytes
        if beyond or len(self._buffer) >= (HEAD_BYTES if first else BUFFER_BYTES):
            await self._turn()
            if first or beyond:
                await self._written()

    async def finish(self) -> Recording:
        """Return the whole recording once it is safe on the disk."""
        if not self._taken:
            raise Invalid("the recording is empty", pointer="/video")
        await self._turn()
        await self._written()
        return await run_sync(self.staged.finish)

    async def discard(self) -> None:
        """Close the file once the thread has done, and erase it unless it was adopted."""
        try:
            with suppress(Exception):  # It was told, or nobody waits for it any more.
                await self._written()
        finally:
            self._writing = None  # Its fault holds this object by its traceback.
            self.staged.discard()

    async def _turn(self) -> None:
        """Have what came together written, once what came before it is."""
        await self._written()
        whole, self._buffer = self._buffer, bytearray()
        self._writing = asyncio.ensure_future(run_sync(self.staged.write, whole))

    async def _written(self) -> None:
        """Wait for the thread, and raise what stopped it; it goes on when this is cancelled."""
        if self._writing is not None:
            await asyncio.shield(self._writing)
