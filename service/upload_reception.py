"""Receives the chunks of uploads: one writer at a time, bounded in memory and in patience.

A caller whose line was cut comes back while the service may still listen to the dead
connection. So a writer keeps its upload only while bytes come: silent for `LEASE_S`, it
can be overtaken, and whoever comes back waits that long at most.
"""

import asyncio
from asyncio import CancelledError
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Final

from anyio import CancelScope
from anyio.to_thread import run_sync
from starlette.requests import ClientDisconnect

from assessment.assessment import Tenant
from assessment.faults import Fault, Stale, Unavailable
from assessment.recording_faults import NotAVideo
from assessment.uploads import Hold, Upload, UploadId
from service.faults import RequestTimedOut
from service.tus_headers import Checksum
from service.upload_chunks import LEASE_S, Chunk
from service.upload_faults import LongerThanAnnounced, OffsetMismatch, UploadLocked
from service.upload_store import UploadStore

BEAT_S: Final = 1.0
LOOK_EVERY_S: Final = 0.1
PATIENCE_S: Final = LEASE_S + 1
CUT_SHORT: Final = (ClientDisconnect, RequestTimedOut, CancelledError)


@dataclass(frozen=True, slots=True)
class ChunkBody:
    """One chunk as it comes: where it begins, what it should be, and its bytes."""

    offset: int
    announced_bytes: int | None
    checksum: Checksum | None
    chunks: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class UploadReception:
    """Takes chunks in, and says how far an upload is."""

    store: UploadStore
    idle_s: float
    patience_s: float = PATIENCE_S

    async def settled(self, tenant: Tenant, upload_id: str) -> Upload:
        """Return the upload, once nobody writes to it or patience is over."""
        upload = await run_sync(self.store.find, tenant, upload_id)
        for _ in range(self._looks):
            if not await run_sync(self.store.records.held, upload.id):
                break
            await asyncio.sleep(LOOK_EVERY_S)
        return await run_sync(self.store.find, tenant, upload_id)

    async def create(self, tenant: Tenant, length: int, body: ChunkBody | None) -> Upload:
        """Return a new upload, with its first chunk if that came along."""
        upload = await run_sync(self.store.create, tenant, length)
        if body is None:
            return upload
        try:
            return await self.append(tenant, upload.id, body)
        except (Fault, OSError, *CUT_SHORT):
            # The caller was never told its id.
            with CancelScope(shield=True), suppress(Unavailable, OSError):
                await run_sync(self.store.erase, upload)
            raise

    async def append(self, tenant: Tenant, upload_id: str, body: ChunkBody) -> Upload:
        """Add the chunk and return how the upload stands, or raise why it could not be added."""
        upload = await run_sync(self.store.find, tenant, upload_id)
        try:
            hold = await self._hold(upload.id)
            try:
                await self._receive(hold, upload, body)
            finally:
                with CancelScope(shield=True), suppress(Unavailable):
                    await run_sync(self.store.records.release, hold)
        except Stale:
            await run_sync(self.store.find, tenant, upload_id)  # raises when it is gone
            raise UploadLocked from None
        except NotAVideo:
            await run_sync(self.store.erase, upload)
            raise
        return await run_sync(self.store.find, tenant, upload_id)

    @property
    def _looks(self) -> int:
        return round(self.patience_s / LOOK_EVERY_S)

    async def _hold(self, upload_id: UploadId) -> Hold:
        """Become the writer, or raise `UploadLocked` after a while."""
        for _ in range(self._looks + 1):
            hold = await run_sync(lambda: self.store.records.hold(upload_id, lease_s=LEASE_S))
            if hold is not None:
                return hold
            await asyncio.sleep(LOOK_EVERY_S)
        raise UploadLocked

    async def _receive(self, hold: Hold, upload: Upload, body: ChunkBody) -> None:
        chunk = await run_sync(self._chunk, hold, upload.tenant, body)
        try:
            await run_sync(chunk.begin)
            await self._fill(chunk, body.chunks)
            await run_sync(chunk.keep)
        except CUT_SHORT:
            # The caller is to resume, so what came is kept, unless a checksum needs the rest.
            if chunk.unsettled:
                with CancelScope(shield=True), suppress(Stale):
                    await run_sync(chunk.keep)
            raise
        finally:
            with CancelScope(shield=True):
                await run_sync(chunk.close)

    def _chunk(self, hold: Hold, tenant: Tenant, body: ChunkBody) -> Chunk:
        upload = self.store.find(tenant, hold.upload_id)  # again: now nobody else changes it
        if body.offset != upload.offset:
            raise OffsetMismatch
        if (body.announced_bytes or 0) > upload.length - upload.offset:
            raise LongerThanAnnounced("the chunk is too long", limit_bytes=upload.length)
        file = self.store.files.open(upload.id)
        return Chunk(self.store.records, hold, upload, file, body.checksum)

    async def _fill(self, chunk: Chunk, chunks: AsyncIterator[bytes]) -> None:
        async with aclosing(self._beats(chunks)) as beats:
            async for content in beats:
                if content:
                    chunk.add(content)
                    if chunk.due:
                        await run_sync(chunk.flush)
                elif chunk.unsettled:  # silence: whoever comes back finds what came
                    await run_sync(chunk.keep)

    async def _beats(self, chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes]:
        """Pass the chunks on, and nothing for every second of silence, up to the limit."""
        silent_s, beat_s = 0.0, min(BEAT_S, self.idle_s)
        coming = asyncio.ensure_future(anext(chunks, None))
        try:
            while silent_s < self.idle_s:
                done, _ = await asyncio.wait({coming}, timeout=beat_s)
                if not done:
                    silent_s += beat_s
                    yield b""
                    continue
                silent_s, content = 0.0, coming.result()
                if content is None:
                    return
                yield content
                coming = asyncio.ensure_future(anext(chunks, None))
            raise RequestTimedOut
        finally:
            if not coming.done():
                coming.cancel()
                await asyncio.wait({coming})
