"""The header fields of tus 1.0.0, understood; nothing of them is quoted or kept."""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Final, Protocol

from assessment.faults import Invalid
from assessment.uploads import Upload
from service.upload_faults import TUS_VERSION, ChecksumUnsupported, NotAChunk, TusVersionMismatch

EXTENSIONS: Final = ("creation", "creation-with-upload", "expiration", "termination", "checksum")
ALGORITHMS: Final = {"sha256": hashlib.sha256, "sha1": hashlib.sha1}
CHUNK_TYPE: Final = "application/offset+octet-stream"
LONGEST_METADATA: Final = 4096
LONGEST_NUMBER: Final = 18
_PAIR: Final = re.compile(r"([!-+\--~]+)(?: ([A-Za-z0-9+/]*={0,2}))?")
"""A key of visible ASCII without a comma, and a value in base64 if it has one."""

Headers = Mapping[str, str]


class Digest(Protocol):
    """A hash that is under way."""

    def update(self, data: bytes | bytearray, /) -> None:
        """Add bytes."""
        ...

    def digest(self) -> bytes:
        """Return the hash of what was added."""
        ...

    def hexdigest(self) -> str:
        """Return the same in hexadecimal digits."""
        ...


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a chunk must hash to, and the hash of what has come of it."""

    expected: bytes
    found: Digest

    @property
    def matches(self) -> bool:
        """Whether the chunk is the one that was sent."""
        return self.found.digest() == self.expected


def capabilities(limit_bytes: int) -> dict[str, str]:
    """Return what OPTIONS tells."""
    return {
        "Tus-Version": TUS_VERSION,
        "Tus-Extension": ",".join(EXTENSIONS),
        "Tus-Max-Size": str(limit_bytes),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }


def standing(upload: Upload) -> dict[str, str]:
    """Return how far the upload is."""
    return {"Upload-Offset": str(upload.offset), "Upload-Expires": http_date(upload.expires_at)}


def http_date(at: datetime) -> str:
    """Return the time as RFC 9110 wants it."""
    return format_datetime(at, usegmt=True)


def check_version(headers: Headers) -> None:
    """Raise `TusVersionMismatch` unless the request speaks tus 1.0.0."""
    if headers.get("tus-resumable") != TUS_VERSION:
        raise TusVersionMismatch


def check_chunk(headers: Headers) -> None:
    """Raise `NotAChunk` unless the body is marked as one."""
    if headers.get("content-type") != CHUNK_TYPE:
        raise NotAChunk
    if headers.get("content-encoding", "identity") != "identity":
        raise NotAChunk


def length_of(headers: Headers) -> int:
    """Return `Upload-Length`, or raise `Invalid`."""
    if "upload-defer-length" in headers or "upload-length" not in headers:
        detail = "is required; an upload whose length is told later is not supported"
        raise Invalid(detail, pointer="/Upload-Length")
    if "upload-concat" in headers:
        raise Invalid("concatenation is not supported", pointer="/Upload-Concat")
    return _number(headers["upload-length"], "Upload-Length")


def offset_of(headers: Headers) -> int:
    """Return `Upload-Offset`, or raise `Invalid`."""
    if "upload-offset" not in headers:
        raise Invalid("is required", pointer="/Upload-Offset")
    return _number(headers["upload-offset"], "Upload-Offset")


def announced_of(headers: Headers) -> int | None:
    """Return how long the body says it is, if it does."""
    announced = headers.get("content-length", "")
    return int(announced) if announced.isdecimal() else None


def check_metadata(headers: Headers) -> None:
    """Raise `Invalid` for `Upload-Metadata` that is none. It may name a person: it is not kept."""
    raw = headers.get("upload-metadata", "")
    if not raw:
        return
    pairs = [_PAIR.fullmatch(pair.strip(" ")) for pair in raw.split(",")]
    names = {pair[1] for pair in pairs if pair and _is_base64(pair[2] or "")}
    if len(raw) > LONGEST_METADATA or len(names) < len(pairs):
        detail = "must be pairs of a unique key and a base64 value, at most 4096 characters"
        raise Invalid(detail, pointer="/Upload-Metadata")


def checksum_of(headers: Headers) -> Checksum | None:
    """Return the checksum of the chunk, if it has one, or raise `ChecksumUnsupported`."""
    if "upload-checksum" not in headers:
        return None
    name, _, value = headers["upload-checksum"].partition(" ")
    if name not in ALGORITHMS or not _is_base64(value):
        raise ChecksumUnsupported
    found, expected = ALGORITHMS[name](usedforsecurity=False), base64.b64decode(value)
    if len(expected) != found.digest_size:
        raise ChecksumUnsupported
    return Checksum(expected, found)


def _number(text: str, name: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER):
        raise Invalid("must be a whole number of bytes", pointer=f"/{name}")
    return int(text)


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True
