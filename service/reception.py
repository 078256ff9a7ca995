"""A body taken in, a chunk at a time, by one of three ways.

    multipart/form-data   part `video` ─▶ staged file      part `request` ─▶ options
    the recording itself  body         ─▶ staged file      `Mien-Request` ─▶ options
    application/json                                       body           ─▶ options

A way knows what it may hold, takes chunks, gives what arrived, and erases what is staged.
"""

from dataclasses import dataclass, field
from typing import Final, Protocol

from anyio.to_thread import run_sync

from assessment.faults import Invalid
from assessment.recording import Recording
from assessment.recording_faults import TooLarge
from assessment.request import AssessmentRequest
from service.choice import POINTER
from service.faults import RequestTooLarge
from service.request_part import Asked, RequestReader
from service.staging import StagedVideo, Staging

REQUEST_BYTES: Final = 64 * 2**10
HEADER_BYTES: Final = 16 * 2**10
VIDEO: Final = "/video"
SOURCE: Final = f"{POINTER}/source"
HEADER: Final = "/headers/mien-request"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request that has arrived whole; without a recording, it says where that is."""

    request: AssessmentRequest
    recording: Recording | None
    canonical: bytes


class Reception(Protocol):
    """One way to take a body in."""

    @property
    def most_bytes(self) -> int:
        """How long the body may be."""
        ...

    def too_large(self) -> TooLarge:
        """Return the fault of a body that is longer."""
        ...

    async def feed(self, chunk: bytes) -> None:
        """Take the next chunk, or raise what is wrong with it."""
        ...

    async def finish(self) -> Arrival:
        """Return what arrived, or raise what is missing."""
        ...

    async def discard(self) -> None:
        """Erase what is staged, unless it was adopted."""
        ...


def read_beside(reader: RequestReader, raw: bytes) -> Asked:
    """Return the options that came with a recording; they cannot point to another one."""
    asked = reader.read(raw)
    if asked.request.source is not None:
        raise Invalid("goes without a recording in the request", pointer=SOURCE)
    return asked


def arrived(asked: Asked, recording: Recording | None) -> Arrival:
    """Return the arrival, or raise `DigestMismatch` when another recording was announced."""
    if recording is not None:
        recording.require(asked.request.sha256)
    return Arrival(asked.request, recording, asked.canonical)


@dataclass(slots=True)
class RawReception:
    """Takes a body that is the recording."""

    staging: Staging
    asked: Asked
    video: StagedVideo | None = None

    @classmethod
    def of(
        cls, staging: Staging, reader: RequestReader, headers: tuple[str, ...]
    ) -> "RawReception":
        """Read the options in the headers before any of the body."""
        if len(headers) > 1:
            raise Invalid("comes twice", pointer=HEADER)
        raw = (headers[0] if headers else "{}").encode("latin-1")
        if len(raw) > HEADER_BYTES:
            raise Invalid(f"is larger than {HEADER_BYTES} bytes", pointer=HEADER)
        return cls(staging, read_beside(reader, raw))

    @property
    def most_bytes(self) -> int:
        """How long the body may be."""
        return self.staging.limit_bytes

    def too_large(self) -> TooLarge:
        """Return the fault of a body that is longer."""
        return TooLarge("the body is too large", limit_bytes=self.most_bytes)

    async def feed(self, chunk: bytes) -> None:
        """Stage the chunk."""
        if self.video is None:
            self.video = await run_sync(self.staging.open)
        await self.video.write(chunk)

    async def finish(self) -> Arrival:
        """Return what arrived."""
        if self.video is None:
            raise Invalid("the recording is empty", pointer=VIDEO)
        return arrived(self.asked, await self.video.finish())

    async def discard(self) -> None:
        """Erase what is staged, unless it was adopted."""
        if self.video is not None:
            await self.video.discard()


@dataclass(slots=True)
class JsonReception:
    """Takes a body of options that say where the recording is."""

    reader: RequestReader
    most_bytes: int = REQUEST_BYTES
    raw: bytearray = field(default_factory=bytearray)

    def too_large(self) -> TooLarge:
        """Return the fault of a body that is longer."""
        return RequestTooLarge("the body is too large", limit_bytes=self.most_bytes)

    async def feed(self, chunk: bytes) -> None:
        """Keep the chunk."""
        self.raw += chunk

    async def finish(self) -> Arrival:
        """Return what is asked for."""
        return sourced(self.reader, bytes(self.raw))

    async def discard(self) -> None:
        """Do nothing: nothing is staged."""


def sourced(reader: RequestReader, raw: bytes) -> Arrival:
    """Return a request without a recording, or raise `Invalid` unless it says where that is."""
    asked = reader.read(raw)
    if asked.request.source is None:
        raise Invalid("says where the recording is, and is missing", pointer=SOURCE)
    return arrived(asked, None)
