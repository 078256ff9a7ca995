"""A request body on its way in: the recording straight to staging, the request part to memory.

    body ─▶ MultipartReader ─▶ part `video`   ─▶ StagedVideo
                            └▶ part `request` ─▶ RequestReader, at once

Whatever ends it, a fault, a caller who hangs up or a full disk, no staged file stays.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from anyio.to_thread import run_sync

from assessment.faults import Invalid, Malformed, TooLarge
from assessment.request import AssessmentRequest
from service.faults import RequestTimedOut, UnsupportedMediaType
from service.intake import Recording
from service.multipart import Event, MultipartReader, PartBegan, PartEnded, boundary
from service.request_part import FIELD_NAME, RequestReader
from service.staging import StagedVideo, Staging

VIDEO_PART: Final = "video"
REQUEST_PART: Final = "request"
REQUEST_BYTES: Final = 64 * 2**10
ENVELOPE_BYTES: Final = 2 * REQUEST_BYTES
"""What a body may hold beside the recording: the request part, boundaries, part headers."""


@dataclass(frozen=True, slots=True)
class Body:
    """One request body: what its headers announce, and its bytes."""

    content_type: str
    content_encoding: str
    announced_bytes: int | None
    chunks: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request and a recording that have arrived whole."""

    request: AssessmentRequest
    recording: Recording


@dataclass(frozen=True, slots=True)
class Uploads:
    """Receives bodies."""

    staging: Staging
    read_request: RequestReader
    idle_s: float

    @asynccontextmanager
    async def receive(self, body: Body) -> AsyncGenerator[Arrival]:
        """Give what arrived, and erase what is still staged afterwards."""
        self._check_headers(body)
        if body.announced_bytes == 0:
            raise Invalid("the part is missing", pointer="/video")
        reader = MultipartReader(boundary(body.content_type))
        await run_sync(self.staging.check_room, body.announced_bytes or 0)
        reception = Reception(self.staging, self.read_request)
        try:
            async for chunk in self._bounded(body.chunks):
                for event in reader.feed(chunk):
                    await reception.take(event)
            if not reader.ended:
                raise Malformed
            yield await reception.finish()
        finally:
            reception.discard()

    def _check_headers(self, body: Body) -> None:
        if body.content_encoding not in ("", "identity"):
            raise UnsupportedMediaType
        if (body.announced_bytes or 0) > self._most_bytes:
            raise self._too_large()

    async def _bounded(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Pass the chunks on; raise when they stop coming, or do not stop coming."""
        left = self._most_bytes
        while True:
            try:
                async with asyncio.timeout(self.idle_s):
                    chunk = await anext(chunks, None)
            except TimeoutError:
                raise RequestTimedOut from None
            if chunk is None:
                return
            left -= len(chunk)
            if left < 0:
                raise self._too_large()
            yield chunk

    @property
    def _most_bytes(self) -> int:
        return self.staging.limit_bytes + ENVELOPE_BYTES

    def _too_large(self) -> TooLarge:
        return TooLarge("the body is too large", limit_bytes=self.staging.limit_bytes)


@dataclass(slots=True)
class Reception:
    """Takes the parts of one body, each to its place."""

    staging: Staging
    read_request: RequestReader
    seen: set[str] = field(default_factory=set[str])
    part: str = ""
    raw_request: bytearray = field(default_factory=bytearray)
    request: AssessmentRequest | None = None
    video: StagedVideo | None = None

    async def take(self, event: Event) -> None:
        """Take the next event of the body."""
        if isinstance(event, PartBegan):
            await self._begin(event.name)
        elif isinstance(event, PartEnded):
            self._end()
        elif self.video is not None and self.part == VIDEO_PART:
            await self.video.write(event)
        else:
            self._add_to_request(event)

    async def finish(self) -> Arrival:
        """Return what arrived, or raise `Invalid` when there is no recording."""
        if self.video is None:
            raise Invalid("the part is missing", pointer="/video")
        request = self.request or self.read_request(b"{}")
        return Arrival(request, await self.video.finish())

    def discard(self) -> None:
        """Erase the staged recording unless it was adopted."""
        if self.video is not None:
            self.video.discard()

    async def _begin(self, name: str) -> None:
        if name not in (VIDEO_PART, REQUEST_PART):
            pointer = f"/{name}" if FIELD_NAME.fullmatch(name) else ""
            raise Invalid("the parts are `video` and `request`", pointer=pointer)
        if name in self.seen:
            raise Invalid("the part comes twice", pointer=f"/{name}")
        self.seen.add(name)
        self.part = name
        if name == VIDEO_PART:
            self.video = await run_sync(self.staging.open)

    def _end(self) -> None:
        if self.part == REQUEST_PART:
            self.request = self.read_request(bytes(self.raw_request))

    def _add_to_request(self, data: bytes) -> None:
        self.raw_request += data
        if len(self.raw_request) > REQUEST_BYTES:
            raise Invalid(f"is larger than {REQUEST_BYTES} bytes", pointer="/request")
