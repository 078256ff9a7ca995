"""Uploads whose request is cancelled, as a server that stops does it: threads go on behind it."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from assessment.assessment import Tenant
from assessment.uploads import UploadId
from service.upload_reception import ChunkBody
from tests.unit.service.tus_client import RECORDING, SIZE

OURS = Tenant("ours")
OTHER = UploadId("upl_" + "f" * 32)
SENT = RECORDING[:1000]
PATIENCE_S = 10.0
WRITE = os.pwrite


@dataclass
class Disk:
    """A disk whose first write waits until it is told to go on."""

    began: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    def write(self, descriptor: int, content: bytes, at: int) -> int:
        """Write as `os.pwrite` does."""
        if not self.began.is_set():
            self.began.set()
            self.go_on.wait(PATIENCE_S)
        return WRITE(descriptor, content, at)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    slow = Disk()
    monkeypatch.setattr(os, "pwrite", slow.write)
    yield slow
    slow.go_on.set()


async def beginning() -> AsyncIterator[bytes]:
    yield SENT
    await asyncio.Event().wait()


def test_a_write_that_a_cancelled_request_left_behind_ends_in_its_own_file(house, disk):
    desk = house.app.state.desk
    files = desk.upload_store.files

    async def cancelled() -> UploadId:
        # given an upload whose first bytes are just being written
        upload = desk.upload_store.create(OURS, SIZE)
        body = ChunkBody(0, None, None, beginning())
        sending = asyncio.create_task(desk.upload_reception.append(OURS, upload.id, body))
        await asyncio.to_thread(disk.began.wait, PATIENCE_S)

        # when its request is cancelled, and another upload's file is opened before that write ends
        sending.cancel()
        await asyncio.sleep(0.2)
        other = files.open(OTHER)
        disk.go_on.set()
        with suppress(asyncio.CancelledError):
            await sending
        await asyncio.sleep(0.2)
        other.close()
        return upload.id

    one = asyncio.run(cancelled())

    # then what came is kept once, and none of it is in the other's file
    assert files.path(OTHER).read_bytes() == b""
    assert files.path(one).read_bytes() == SENT
    assert house.uploads.get(one).offset == len(SENT)
