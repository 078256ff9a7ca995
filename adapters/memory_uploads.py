"""Uploads that are under way, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assessment.assessment import Tenant
from assessment.faults import Gone, NotFound, Stale, StorageFull
from assessment.ports import Clock
from assessment.quota_faults import TooManyUploads
from assessment.uploads import Hold, Upload, UploadId


@dataclass
class MemoryUploads:
    """The port `UploadRecords` in dictionaries; the clock is the store's time."""

    clock: Clock
    stored: dict[UploadId, Upload] = field(default_factory=dict)
    writers: dict[UploadId, tuple[int, float]] = field(default_factory=dict)
    closed: dict[UploadId, Tenant] = field(default_factory=dict)

    def _now(self) -> float:
        return self.clock().timestamp()

    def open(self, upload: Upload, *, most: int, room_bytes: int) -> None:
        """Store a new upload, or raise `TooManyUploads` or `StorageFull`."""
        if sum(one.tenant == upload.tenant for one in self.stored.values()) >= most:
            raise TooManyUploads
        if self.missing_bytes() + upload.length > room_bytes:
            raise StorageFull
        self.stored[upload.id] = upload
        self.writers[upload.id] = (0, 0.0)

    def get(self, upload_id: UploadId) -> Upload:
        """Return the upload, or raise `NotFound` or `Gone`."""
        if upload_id in self.closed:
            raise Gone(self.closed[upload_id])
        if upload_id not in self.stored:
            raise NotFound(upload_id)
        return self.stored[upload_id]

    def announced_bytes(self, tenant: Tenant) -> int:
        """Return how long the tenant's open uploads will be, together."""
        return sum(one.length for one in self.stored.values() if one.tenant == tenant)

    def missing_bytes(self) -> int:
        """Return what the open uploads of all tenants still expect, together."""
        return sum(one.length - one.offset for one in self.stored.values())

    def held(self, upload_id: UploadId) -> bool:
        """Return whether somebody writes to the upload now."""
        return self.writers.get(upload_id, (0, 0.0))[1] > self._now()

    def hold(self, upload_id: UploadId, *, lease_s: float) -> Hold | None:
        """Become its writer, unless somebody is; raise `Stale` when there is no such upload."""
        if upload_id not in self.writers:
            raise Stale(upload_id)
        if self.held(upload_id):
            return None
        hold = Hold(upload_id, self.writers[upload_id][0] + 1)
        self.writers[upload_id] = (hold.writer, self._now() + lease_s)
        return hold

    def _require(self, hold: Hold) -> None:
        if self.writers.get(hold.upload_id, (0, 0.0))[0] != hold.writer:
            raise Stale(hold.upload_id)

    def renew(self, hold: Hold, *, lease_s: float) -> None:
        """Stay its writer, or raise `Stale` if another took over."""
        self._require(hold)
        self.writers[hold.upload_id] = (hold.writer, self._now() + lease_s)

    def advance(self, hold: Hold, offset: int, *, sha256: str | None = None) -> None:
        """Note that so many bytes are safe on the disk, or raise `Stale`."""
        self._require(hold)
        stored = self.stored[hold.upload_id]
        self.stored[hold.upload_id] = replace(stored, offset=offset, sha256=sha256)

    def release(self, hold: Hold) -> None:
        """Stop being its writer."""
        if self.writers.get(hold.upload_id, (0, 0.0))[0] == hold.writer:
            self.writers[hold.upload_id] = (hold.writer, 0.0)

    def close(self, upload: Upload) -> None:
        """Forget the upload; `get` raises `Gone` from now on."""
        self.stored.pop(upload.id, None)
        self.writers.pop(upload.id, None)
        self.closed[upload.id] = upload.tenant

    def expired(self, limit: int) -> Sequence[UploadId]:
        """Return open uploads whose time is over, oldest first."""
        over = [one for one in self.stored.values() if one.expires_at.timestamp() <= self._now()]
        return [one.id for one in sorted(over, key=lambda one: one.expires_at)[:limit]]
