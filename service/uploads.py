"""A request body on its way in: bounded in size and time, checked against what it announces.

    headers ─▶ which way of taking it in ─▶ chunks ─▶ length, digest ─▶ arrival

Whatever ends it, a fault, a caller who hangs up or a full disk, no staged file stays.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from anyio.to_thread import run_sync

from assessment.faults import Invalid, Malformed
from service.content_digest import ContentDigest, parse
from service.faults import RequestTimedOut, UnsupportedMediaType
from service.media_type import BodyKind, kind_of
from service.multipart import MultipartReader, boundary
from service.multipart_reception import MultipartReception
from service.reception import HEADER, Arrival, JsonReception, RawReception, Reception
from service.request_part import RequestReader
from service.staging import Staging


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """One request body: what its headers announce, and its bytes."""

    content_type: str
    content_encoding: str
    announced_bytes: int | None
    content_digest: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    chunks: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class Uploads:
    """Receives bodies."""

    staging: Staging
    read_request: RequestReader
    idle_s: float

    @asynccontextmanager
    async def receive(self, body: Body) -> AsyncGenerator[Arrival]:
        """Give what arrived, and erase what is still staged afterwards."""
        reception = self._reception(body)
        try:
            await self._fill(reception, body)
            yield await reception.finish()
        finally:
            await reception.discard()

    async def text(self, body: Body, most_bytes: int) -> bytes:
        """Return a body of JSON, whole."""
        if kind_of(body.content_type) is not BodyKind.JSON:
            raise UnsupportedMediaType
        self._refuse_options(body)
        reception = JsonReception(self.read_request, most_bytes)
        await self._fill(reception, body)
        return bytes(reception.raw)

    async def _fill(self, reception: Reception, body: Body) -> None:
        """Take the whole body in, or raise what is wrong with it."""
        if body.content_encoding not in ("", "identity"):
            raise UnsupportedMediaType
        if (body.announced_bytes or 0) > reception.most_bytes:
            raise reception.too_large()
        digest = ContentDigest(parse(body.content_digest))
        await run_sync(self._room_for(reception), body.announced_bytes or 0)
        size = 0
        async for chunk in self._timed(body.chunks):
            size += len(chunk)
            if size > reception.most_bytes:
                raise reception.too_large()
            digest.update(chunk)
            await reception.feed(chunk)
        if body.announced_bytes not in (None, size):
            raise Malformed
        digest.check()

    def _reception(self, body: Body) -> Reception:
        kind = kind_of(body.content_type)
        if kind is BodyKind.RAW:
            return RawReception.of(self.staging, self.read_request, body.options)
        self._refuse_options(body)
        if kind is BodyKind.JSON:
            return JsonReception(self.read_request)
        parts = MultipartReader(boundary(body.content_type))
        return MultipartReception(self.staging, self.read_request, parts)

    def _room_for(self, reception: Reception) -> Callable[[int], None]:
        """Return the check of the disk; one that uses an upload up has its space already."""
        if isinstance(reception, JsonReception):
            return self.staging.check_room
        return self.staging.check_room_for_recording

    def _refuse_options(self, body: Body) -> None:
        if body.options:
            raise Invalid("goes only with the recording as body", pointer=HEADER)

    async def _timed(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Pass the chunks on; raise `RequestTimedOut` when they stop coming."""
        while True:
            try:
                async with asyncio.timeout(self.idle_s):
                    chunk = await anext(chunks, None)
            except TimeoutError:
                raise RequestTimedOut from None
            if chunk is None:
                return
            if chunk:
                yield chunk
