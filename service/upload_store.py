"""Resumable uploads from their creation to their use: whose, how large, how long, and once.

    create ─▶ (chunks, `service.upload_chunks`) ─▶ take ─▶ a recording in staging
         └──────────▶ erase, or the sweeper when its time is over

A record is made before its file and goes after it, so a file without a record is left
over from something that died, and may be erased.
"""

import os
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final, NoReturn

from adapters.disk import room
from adapters.upload_files import UploadFiles
from assessment.assessment import Tenant
from assessment.faults import Gone, Invalid, NotFound, Unavailable
from assessment.ports import Clock
from assessment.recording import Recording
from assessment.recording_faults import NotAVideo, TooLarge
from assessment.uploads import UPLOAD_ID_PATTERN, Upload, UploadId, UploadRecords
from service.upload_faults import NoSuchUpload, UploadGone

POINTER: Final = "/request/source/upload_id"


def new_id() -> UploadId:
    """Return an id of 128 random bits."""
    return UploadId(f"upl_{secrets.token_hex(16)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadRules:
    """The plain values that uploads go by."""

    staging: Path
    limit_bytes: int
    free_min_bytes: int
    ttl_s: float
    most_open: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadStore:
    """The uploads of all tenants, each seen by its own only."""

    records: UploadRecords
    files: UploadFiles
    clock: Clock
    rules: UploadRules
    new_id: Callable[[], UploadId] = new_id

    def create(self, tenant: Tenant, length: int) -> Upload:
        """Return a new upload; raise `TooLarge`, `TooManyUploads` or `StorageFull`."""
        if length == 0:
            raise NotAVideo
        if length > self.rules.limit_bytes:
            raise TooLarge("the recording is too large", limit_bytes=self.rules.limit_bytes)
        upload = Upload(
            id=self.new_id(),
            tenant=tenant,
            length=length,
            expires_at=self.clock() + timedelta(seconds=self.rules.ttl_s),
        )
        room_bytes = self.files.free_bytes() - self.rules.free_min_bytes
        self.records.open(upload, most=self.rules.most_open, room_bytes=room_bytes)
        return upload

    def find(self, tenant: Tenant, upload_id: str) -> Upload:
        """Return the upload as it truly stands, or raise `NoSuchUpload` or `UploadGone`."""
        if not UPLOAD_ID_PATTERN.fullmatch(upload_id):
            raise NoSuchUpload
        try:
            upload = self.records.get(UploadId(upload_id))
        except NotFound:
            raise NoSuchUpload from None
        except Gone as gone:
            raise (UploadGone if gone.tenant == tenant else NoSuchUpload) from None
        if upload.tenant != tenant:
            raise NoSuchUpload
        if upload.expires_at <= self.clock():
            raise UploadGone
        return replace(upload, offset=min(upload.offset, self.files.size(upload.id)))

    def erase(self, upload: Upload) -> None:
        """Forget the upload and erase what came of it, also while somebody writes."""
        self.records.close(upload)  # first, so that the writer stops
        self.files.erase(upload.id)

    def take(self, tenant: Tenant, upload_id: str) -> Recording:
        """Return the whole recording, moved to staging; the upload is used up.

        Raise `Invalid` when there is none that can be used. Of several callers one gets it.
        """
        upload = self._whole(tenant, upload_id)
        try:
            sha256 = upload.sha256 or self.files.sha256(upload.id)
            staged = self._stage(upload.id)
        except FileNotFoundError:
            _refuse("is used already")
        try:
            self.records.close(upload)
        except Unavailable:
            staged.rename(self.files.path(upload.id))  # it can be taken again
            raise
        return Recording(staged, sha256, upload.length)

    def _whole(self, tenant: Tenant, upload_id: str) -> Upload:
        try:
            upload = self.find(tenant, upload_id)
        except (NoSuchUpload, UploadGone):
            _refuse("is no upload of this key, or one that expired or is used already")
        if not upload.complete:
            _refuse("has not arrived whole")
        return upload

    def _stage(self, upload_id: UploadId) -> Path:
        with room():
            descriptor, name = tempfile.mkstemp(dir=self.rules.staging)
        os.close(descriptor)
        try:
            self.files.move(upload_id, Path(name))
        except FileNotFoundError:
            Path(name).unlink()
            raise
        return Path(name)


def _refuse(detail: str) -> NoReturn:
    raise Invalid(detail, pointer=POINTER)
