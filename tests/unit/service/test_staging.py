"""A recording on its way in: written beside what is received, and nothing left of what fails."""

import asyncio
import errno
import hashlib
import io
import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from typing_extensions import Buffer

from adapters.staged_file import StagedFile
from assessment.containers import HEAD_BYTES
from assessment.faults import StorageFull
from assessment.recording_faults import NotAVideo, TooLarge
from service.staging import BUFFER_BYTES, StagedVideo, Staging

HEAD = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom".ljust(HEAD_BYTES, b"\0")
LIMIT = 8 * BUFFER_BYTES
BLOCK = bytes(64 * 1024)


class FillsUp(io.BytesIO):
    """A disk with room for the first block alone."""

    def write(self, content: Buffer, /) -> int:
        if self.tell():
            raise OSError(errno.ENOSPC, "no space")
        return super().write(content)


def video(folder: Path, file: object = None) -> StagedVideo:
    staged = StagedFile.create(folder, LIMIT, 0)
    if file is not None:
        staged.file.close()
        staged = replace(staged, file=file)
    return StagedVideo(staged)


async def send(taken: StagedVideo, size: int) -> None:
    await taken.write(HEAD)
    for _ in range(size // len(BLOCK)):
        await taken.write(BLOCK)


def test_what_is_sent_is_on_the_disk_in_order(tmp_path: Path) -> None:
    # given blocks that tell their place
    blocks = [HEAD, *(bytes([at % 256]) * 70_001 for at in range(60))]

    async def whole() -> tuple[bytes, str, int]:
        taken = Staging(tmp_path, LIMIT, 0).open()
        for block in blocks:
            await taken.write(block)
        found = await taken.finish()
        content = found.path.read_bytes()
        await taken.discard()
        return content, found.sha256, found.size

    # when
    content, digest, size = asyncio.run(whole())

    # then
    assert content == b"".join(blocks)
    assert digest == hashlib.sha256(content).hexdigest()
    assert size == len(content)
    assert list(tmp_path.iterdir()) == []


def test_more_is_taken_while_the_disk_is_slow_and_it_is_closed_when_the_thread_has_done(
    tmp_path: Path,
) -> None:
    # given a "disk" that takes nothing until it is read
    end, start = os.pipe()

    async def taking() -> float:
        taken = video(tmp_path, os.fdopen(start, "wb", buffering=0))
        await send(taken, BUFFER_BYTES)
        await asyncio.sleep(0.1)
        # when a thread is in the middle of a MiB, more comes, and all is given up
        for _ in range(8):
            await taken.write(BLOCK)
        began = time.monotonic()
        threading.Timer(0.3, drain, args=(end,)).start()
        await taken.discard()
        return time.monotonic() - began

    # then nobody waited for the disk but who closed the file
    assert asyncio.run(asyncio.wait_for(taking(), 10)) >= 0.2
    assert list(tmp_path.iterdir()) == []


def drain(end: int) -> None:
    """Read a pipe to its end."""
    while os.read(end, 65536):
        pass
    os.close(end)


@pytest.mark.parametrize("ends", [True, False], ids=["finish", "write"])
def test_a_disk_that_fills_up_is_told_by_what_comes_next(tmp_path: Path, ends: bool) -> None:
    async def filling() -> None:
        taken = video(tmp_path, FillsUp())
        try:
            await send(taken, BUFFER_BYTES if ends else 4 * BUFFER_BYTES)
            assert ends, "nobody told that the disk is full"
            await taken.finish()
        finally:
            await taken.discard()

    with pytest.raises(StorageFull):
        asyncio.run(filling())
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_video_and_what_is_too_large_are_told_at_once(tmp_path: Path) -> None:
    async def wrong() -> None:
        taken = video(tmp_path)
        with pytest.raises(NotAVideo):
            await taken.write(b"%PDF-1.7".ljust(HEAD_BYTES))
        await taken.discard()

    async def large() -> None:
        taken = video(tmp_path)
        await send(taken, LIMIT - len(BLOCK))
        with pytest.raises(TooLarge):
            await taken.write(BLOCK)
        await taken.discard()

    asyncio.run(wrong())
    asyncio.run(large())
    assert list(tmp_path.iterdir()) == []
