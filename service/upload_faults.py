"""Faults that only resumable uploads know, as branches of the tree in `assessment.faults`.

Rejected
├── NotFound
│   └── NoSuchUpload         no such upload, or somebody else's
├── UploadGone               it expired, was deleted, or became an assessment
├── TusVersionMismatch       another version of the protocol than 1.0.0, or none named
├── OffsetMismatch           the upload does not stand where the chunk begins
├── UploadLocked             another request writes to the upload
├── ChecksumMismatch         the chunk is not what its checksum says
├── ChecksumUnsupported      a checksum that is not one of the announced algorithms'
├── TooLarge
│   └── LongerThanAnnounced  more bytes than `Upload-Length`
└── UnsupportedMediaType
    └── NotAChunk            not `application/offset+octet-stream`
"""

from typing import ClassVar, Final

from assessment.faults import NotFound, Rejected
from assessment.recording_faults import TooLarge
from service.faults import UnsupportedMediaType

TUS_VERSION: Final = "1.0.0"


class NoSuchUpload(NotFound):
    """No upload has that id, or it belongs to somebody else."""

    advice = "There is no such upload for this key. Check the id, or create an upload."


class UploadGone(Rejected):
    """The upload expired, was deleted, or became an assessment."""

    code = "upload_gone"
    advice = "This upload expired, was deleted or has been used. Create a new one."


class TusVersionMismatch(Rejected):
    """The request names no version of the protocol, or one that is not spoken here."""

    code = "tus_version_unsupported"
    advice = "Send `Tus-Resumable: 1.0.0`."
    headers: ClassVar[dict[str, str]] = {"Tus-Version": TUS_VERSION}


class OffsetMismatch(Rejected):
    """The chunk does not begin where the upload stands."""

    code = "offset_mismatch"
    advice = "Ask with HEAD for `Upload-Offset`, and send the recording from there on."


class UploadLocked(Rejected):
    """Another request writes to the upload, or has taken it over."""

    code = "upload_locked"
    advice = "Another request writes to this upload. Ask with HEAD how far it is, then go on."


class ChecksumMismatch(Rejected):
    """The chunk changed on its way; none of it was kept."""

    code = "checksum_mismatch"
    advice = "The chunk changed on its way and was not kept. Send it again."


class ChecksumUnsupported(Rejected):
    """The checksum is not one of an announced algorithm."""

    code = "checksum_unsupported"
    advice = "Send `Upload-Checksum` as `sha256` or `sha1`, a space, and the digest in base64."


class LongerThanAnnounced(TooLarge):
    """The body goes on beyond the length that the upload was created with."""

    advice = "Send no more bytes than `Upload-Length` announced; `limit_bytes` is that length."


class NotAChunk(UnsupportedMediaType):
    """The body is not marked as a chunk of an upload."""

    advice = "Send `Content-Type: application/offset+octet-stream` and no content encoding."
