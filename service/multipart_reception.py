"""multipart/form-data taken in: the recording straight to staging, the options to memory.

body ─▶ MultipartReader ─▶ part `video`   ─▶ StagedVideo
                        └▶ part `request` ─▶ RequestReader, at once
"""

from dataclasses import dataclass, field
from typing import Final

from anyio.to_thread import run_sync

from assessment.faults import Invalid, Malformed
from assessment.recording_faults import TooLarge
from service.multipart import Event, MultipartReader, PartBegan, PartEnded
from service.reception import REQUEST_BYTES, VIDEO, Arrival, arrived, read_beside
from service.request_part import Asked, RequestReader
from service.staging import StagedVideo, Staging
from service.strict_json import FIELD_NAME

VIDEO_PART: Final = "video"
REQUEST_PART: Final = "request"
ENVELOPE_BYTES: Final = 2 * REQUEST_BYTES
"""What a body may hold beside the recording: the request part, boundaries, part headers."""


@dataclass(slots=True)
class MultipartReception:
    """Takes the parts of one body, each to its place."""

    staging: Staging
    reader: RequestReader
    parts: MultipartReader
    begun: bool = False
    seen: set[str] = field(default_factory=set[str])
    part: str = ""
    raw_request: bytearray = field(default_factory=bytearray)
    asked: Asked | None = None
    video: StagedVideo | None = None

    @property
    def most_bytes(self) -> int:
        """How long the body may be."""
        return self.staging.limit_bytes + ENVELOPE_BYTES

    def too_large(self) -> TooLarge:
        """Return the fault of a body that is longer."""
        return TooLarge("the body is too large", limit_bytes=self.staging.limit_bytes)

    async def feed(self, chunk: bytes) -> None:
        """Take what the chunk holds."""
        self.begun = self.begun or bool(chunk)
        for event in self.parts.feed(chunk):
            await self._take(event)

    async def finish(self) -> Arrival:
        """Return what arrived, or raise `Invalid` when there is no recording."""
        if self.begun and not self.parts.ended:
            raise Malformed
        if self.video is None:
            raise Invalid("the part is missing", pointer=VIDEO)
        asked = self.asked or self.reader.read(b"{}")
        return arrived(asked, await self.video.finish())

    async def discard(self) -> None:
        """Erase what is staged, unless it was adopted."""
        if self.video is not None:
            await self.video.discard()

    async def _take(self, event: Event) -> None:
        if isinstance(event, PartBegan):
            await self._begin(event.name)
        elif isinstance(event, PartEnded):
            self._end()
        elif self.video is not None and self.part == VIDEO_PART:
            await self.video.write(event)
        else:
            self._add_to_request(event)

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
            self.asked = read_beside(self.reader, bytes(self.raw_request))

    def _add_to_request(self, data: bytes) -> None:
        self.raw_request += data
        if len(self.raw_request) > REQUEST_BYTES:
            raise Invalid(f"is larger than {REQUEST_BYTES} bytes", pointer="/request")
