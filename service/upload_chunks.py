"""One chunk of an upload on its way to the file: written, synced, and only then acknowledged.

    bytes ─▶ buffer ─▶ file ─▶ fsync ─▶ record        (`add` … `keep`)
                        └── cut off again             (`close`: a wrong checksum, a fault)

A chunk with a checksum counts whole or not at all; of any other what arrived counts.
"""

import hashlib
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Final

from adapters.upload_files import UploadFile
from assessment.containers import HEAD_BYTES, is_recording
from assessment.faults import Stale, Unavailable
from assessment.recording_faults import NotAVideo
from assessment.uploads import Hold, Upload, UploadRecords
from service.tus_headers import Checksum, Digest
from service.upload_faults import ChecksumMismatch, LongerThanAnnounced

BUFFER_BYTES: Final = 2**20
SYNC_BYTES: Final = 4 * 2**20
"""At most so much is lost when the process is killed."""
FLUSH_S: Final = 1.0
LEASE_S: Final = 3.0
"""A writer from whom nothing has come for so long may be overtaken."""


@dataclass(slots=True)
class Chunk:
    """One chunk; `begin`, `flush`, `keep` and `close` block."""

    records: UploadRecords
    hold: Hold
    upload: Upload
    file: UploadFile
    checksum: Checksum | None
    written: int = field(init=False)
    recorded: int = field(init=False)
    buffer: bytearray = field(default_factory=bytearray)
    flushed_at: float = field(default_factory=monotonic)
    run: Digest | None = field(init=False)
    """The digest of the whole upload, while all of it comes in this one chunk."""
    closed: bool = False
    _turns: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.written = self.recorded = self.upload.offset
        self.run = hashlib.sha256() if self.upload.offset == 0 else None

    def begin(self) -> None:
        """Cut off what an earlier writer did not get acknowledged."""
        with self._turn(), self.file.alone():
            self.records.renew(self.hold, lease_s=LEASE_S)
            self.file.cut(self.upload.offset)

    def add(self, content: bytes) -> None:
        """Take bytes into the buffer, or raise `LongerThanAnnounced`."""
        self.buffer += content
        if self._received > self.upload.length:
            raise LongerThanAnnounced("the chunk is too long", limit_bytes=self.upload.length)

    @property
    def due(self) -> bool:
        """Whether it is time to `flush`."""
        unknown = self.recorded < HEAD_BYTES <= self._received
        late = bool(self.buffer) and monotonic() - self.flushed_at >= FLUSH_S
        return unknown or late or len(self.buffer) >= BUFFER_BYTES

    @property
    def unsettled(self) -> bool:
        """Whether something that came is not acknowledged, and could be."""
        return self.checksum is None and self._received > self.recorded

    @property
    def _received(self) -> int:
        return self.written + len(self.buffer)

    def flush(self) -> None:
        """Write what waits; raise `Stale` when another writer took over, or `NotAVideo`."""
        with self._turn():
            self._write()
            first = self.recorded < HEAD_BYTES <= self.written
            if self.checksum is None and (first or self.written - self.recorded >= SYNC_BYTES):
                self._record()

    def keep(self) -> None:
        """Make what arrived last, and say so in the record."""
        with self._turn():
            self._write()
            if self.checksum is not None and not self.checksum.matches:
                raise ChecksumMismatch
            self._record()

    def close(self) -> None:
        """Cut off what is not acknowledged, if that is still ours to do, and close the file."""
        with self._turn():
            self.closed = True
            try:
                if self.written > self.recorded:
                    with suppress(Stale, Unavailable, OSError), self.file.alone():
                        self.records.renew(self.hold, lease_s=LEASE_S)
                        self.file.cut(self.recorded)
            finally:
                self.file.close()

    @contextmanager
    def _turn(self) -> Generator[None]:
        """Wait for the step before this one, or raise `Stale` after the last.

        A caller who is cancelled leaves his thread at work: the next step must not write beside
        it, nor close a descriptor whose number another upload's file has a moment later.
        """
        with self._turns:
            if self.closed:
                raise Stale("the chunk is closed")
            yield

    def _write(self) -> None:
        with self.file.alone():
            self.records.renew(self.hold, lease_s=LEASE_S)
            self.file.write(self.buffer, at=self.written)
        for digest in (self.run, self.checksum.found if self.checksum else None):
            if digest is not None:
                digest.update(self.buffer)
        self.written += len(self.buffer)
        self.buffer.clear()
        self.flushed_at = monotonic()

    def _record(self) -> None:
        complete = self.written == self.upload.length
        if self.recorded < HEAD_BYTES and (complete or self.written >= HEAD_BYTES):
            self._recognise()
        self.file.sync()
        sha256 = self.run.hexdigest() if self.run and complete else self.upload.sha256
        self.records.advance(self.hold, self.written, sha256=sha256)
        self.recorded = self.written

    def _recognise(self) -> None:
        if not is_recording(self.file.head(HEAD_BYTES)):
            raise NotAVideo
