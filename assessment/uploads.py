"""A recording that arrives in parts: its record, and the port that keeps it.

    open ─▶ hold ─▶ renew, advance … ─▶ release ─▶ hold … ─▶ close
            one writer at a time, by number; one that falls silent is overtaken

The record says how much of the file counts. What a writer wrote beyond that was never
acknowledged, and the next writer cuts it off.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NewType, Protocol

from assessment.assessment import Tenant

UploadId = NewType("UploadId", str)

UPLOAD_ID_PATTERN: Final = re.compile(r"upl_[0-9a-f]{32}")
"""128 random bits, as an assessment's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An announced recording; `offset` of its `length` bytes are safe on the disk.

    `sha256` is known early when all of it came in one run.
    """

    id: UploadId
    tenant: Tenant
    length: int
    expires_at: datetime
    offset: int = 0
    sha256: str | None = None

    @property
    def complete(self) -> bool:
        """Whether all of it has arrived."""
        return self.offset == self.length


@dataclass(frozen=True, slots=True)
class Hold:
    """The right to write to an upload, until a later writer takes it over."""

    upload_id: UploadId
    writer: int


class UploadRecords(Protocol):
    """The record of every upload. Leases are measured by the store's own time.

    Every method may raise `StoreUnavailable`.
    """

    def open(self, upload: Upload, *, most: int, room_bytes: int) -> None:
        """Store a new upload.

        Raise `TooManyUploads` when the tenant has `most` already, and `StorageFull` when
        what all open uploads still expect would then exceed `room_bytes`.
        """
        ...

    def get(self, upload_id: UploadId) -> Upload:
        """Return the upload, or raise `NotFound` or `Gone`."""
        ...

    def announced_bytes(self, tenant: Tenant) -> int:
        """Return how long the tenant's open uploads will be, together."""
        ...

    def missing_bytes(self) -> int:
        """Return what the open uploads of all tenants still expect, together."""
        ...

    def held(self, upload_id: UploadId) -> bool:
        """Return whether somebody writes to the upload now."""
        ...

    def hold(self, upload_id: UploadId, *, lease_s: float) -> Hold | None:
        """Become its writer, unless somebody is; raise `Stale` when there is no such upload."""
        ...

    def renew(self, hold: Hold, *, lease_s: float) -> None:
        """Stay its writer, also when the lease ran out unnoticed; `Stale` if another took over."""
        ...

    def advance(self, hold: Hold, offset: int, *, sha256: str | None = None) -> None:
        """Note that so many bytes are safe on the disk; raise `Stale` if another took over."""
        ...

    def release(self, hold: Hold) -> None:
        """Stop being its writer; harmless if another took over."""
        ...

    def close(self, upload: Upload) -> None:
        """Forget the upload; `get` raises `Gone` from now on. Closing twice is harmless."""
        ...

    def expired(self, limit: int) -> Sequence[UploadId]:
        """Return open uploads whose time is over, oldest first."""
        ...
