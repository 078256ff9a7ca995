"""Uploads that are under way, in Redis: ids, counts and digests, nothing of a caller's words.

mien:upload:ID         hash: tenant, length, expires, offset, sha256, writer, held_until
mien:uploads           every upload, by when it expires
mien:uploads:TENANT    the tenant's uploads
mien:uploads-missing   hash: id to the bytes that it still expects
mien:upload-gone:ID    the tenant of an upload that is no more, for a week
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, cast

import redis

from adapters.redis_store import PREFIX, Scripts, reachable
from assessment.assessment import Tenant
from assessment.faults import Gone, NotFound, Stale, StorageFull
from assessment.quota_faults import TooManyUploads
from assessment.uploads import Hold, Upload, UploadId

RECORD: Final = PREFIX + "upload:"
EXPIRIES: Final = PREFIX + "uploads"
MISSING: Final = PREFIX + "uploads-missing"
GONE_KEPT_S: Final = 7 * 24 * 3600
NO_UPLOAD: Final = -1


def _record(upload_id: UploadId) -> str:
    return RECORD + upload_id


def _own(tenant: Tenant) -> str:
    return f"{EXPIRIES}:{tenant}"


def _gone(upload_id: UploadId) -> str:
    return f"{PREFIX}upload-gone:{upload_id}"


class RedisUploads:
    """The port `UploadRecords` over Redis; every change is one script."""

    def __init__(self, client: "redis.Redis") -> None:
        self._client = client
        self._run = Scripts(client, "uploads.lua")

    def open(self, upload: Upload, *, most: int, room_bytes: int) -> None:
        """Store a new upload, or raise `TooManyUploads` or `StorageFull`."""
        keys = [_record(upload.id), EXPIRIES, _own(upload.tenant), MISSING]
        expires = f"{upload.expires_at.timestamp():.6f}"
        arguments = (upload.id, upload.tenant, upload.length, expires, most, room_bytes)
        answer = self._run("open", keys, *arguments)
        if answer == "too many":
            raise TooManyUploads
        if answer == "full":
            raise StorageFull

    def get(self, upload_id: UploadId) -> Upload:
        """Return the upload, or raise `NotFound` or `Gone`."""
        with reachable():
            fields = cast("dict[str, str]", self._client.hgetall(_record(upload_id)))
            tenant = None if fields else cast("str | None", self._client.get(_gone(upload_id)))
        if tenant is not None:
            raise Gone(tenant)
        if not fields:
            raise NotFound(upload_id)
        return Upload(
            id=upload_id,
            tenant=Tenant(fields["tenant"]),
            length=int(fields["length"]),
            expires_at=datetime.fromtimestamp(float(fields["expires"]), UTC),
            offset=int(fields["offset"]),
            sha256=fields["sha256"] or None,
        )

    def announced_bytes(self, tenant: Tenant) -> int:
        """Return how long the tenant's open uploads will be, together."""
        return int(self._run("announced", [_own(tenant)], RECORD))

    def missing_bytes(self) -> int:
        """Return what the open uploads of all tenants still expect, together."""
        with reachable():
            return sum(map(int, cast("list[str]", self._client.hvals(MISSING))))

    def held(self, upload_id: UploadId) -> bool:
        """Return whether somebody writes to the upload now."""
        return bool(self._run("held", [_record(upload_id)]))

    def hold(self, upload_id: UploadId, *, lease_s: float) -> Hold | None:
        """Become its writer, unless somebody is; raise `Stale` when there is no such upload."""
        writer = int(self._run("hold", [_record(upload_id)], lease_s))
        if writer == NO_UPLOAD:
            raise Stale(upload_id)
        return Hold(upload_id, writer) if writer else None

    def renew(self, hold: Hold, *, lease_s: float) -> None:
        """Stay its writer, or raise `Stale` if another took over."""
        if not self._run("renew", [_record(hold.upload_id)], hold.writer, lease_s):
            raise Stale(hold.upload_id)

    def advance(self, hold: Hold, offset: int, *, sha256: str | None = None) -> None:
        """Note that so many bytes are safe on the disk, or raise `Stale`."""
        keys = [_record(hold.upload_id), MISSING]
        arguments = (hold.writer, offset, sha256 or "", hold.upload_id)
        if not self._run("advance", keys, *arguments):
            raise Stale(hold.upload_id)

    def release(self, hold: Hold) -> None:
        """Stop being its writer."""
        self._run("release", [_record(hold.upload_id)], hold.writer)

    def close(self, upload: Upload) -> None:
        """Forget the upload; `get` raises `Gone` from now on."""
        one = upload.id
        keys = [_record(one), EXPIRIES, _own(upload.tenant), MISSING, _gone(one)]
        self._run("close", keys, one, upload.tenant, GONE_KEPT_S)

    def expired(self, limit: int) -> Sequence[UploadId]:
        """Return open uploads whose time is over, oldest first."""
        return [UploadId(one) for one in self._run("expired", [EXPIRIES], limit)]
