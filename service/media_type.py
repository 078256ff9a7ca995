"""The three kinds of body that make an assessment, told by `Content-Type`."""

from enum import StrEnum
from typing import Final

from python_multipart.multipart import parse_options_header

from service.faults import UnsupportedMediaType

RECORDINGS: Final = frozenset({"image/jpeg", "image/png", "application/octet-stream"})


class BodyKind(StrEnum):
    """How a body is to be read."""

    MULTIPART = "multipart/form-data"
    RAW = "the recording itself"
    JSON = "application/json"


def kind_of(content_type: str) -> BodyKind:
    """Return how the body is to be read, or raise `UnsupportedMediaType`."""
    media_type = parse_options_header(content_type)[0].decode("latin-1")
    if media_type in (BodyKind.MULTIPART, BodyKind.JSON):
        return BodyKind(media_type)
    if media_type in RECORDINGS or media_type.removeprefix("video/") not in ("", media_type):
        return BodyKind.RAW
    raise UnsupportedMediaType
