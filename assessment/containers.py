"""Which containers are accepted, told from the first bytes; names and headers are not believed."""

from typing import Final

HEAD_BYTES: Final = 189
"""So many first bytes decide: an MPEG-TS shows its second packet at 188."""

_STILL_PICTURES: Final = frozenset(
    {b"avif", b"avis", b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}
)


def is_recording(head: bytes) -> bool:
    """Return whether the first bytes are those of an accepted video container or picture."""
    video = _is_mp4(head) or _is_matroska(head) or _is_avi(head) or _is_transport_stream(head)
    return video or _is_picture(head)


def _is_picture(head: bytes) -> bool:
    """A JPEG or a PNG is a recording of one frame."""
    return head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))


def _is_mp4(head: bytes) -> bool:
    """MP4 and MOV begin with an `ftyp` box; so do HEIC and AVIF pictures, by other brands."""
    return head[4:8] == b"ftyp" and head[8:12] not in _STILL_PICTURES


def _is_matroska(head: bytes) -> bool:
    return head.startswith(b"\x1a\x45\xdf\xa3")


def _is_avi(head: bytes) -> bool:
    return head.startswith(b"RIFF") and head[8:12] == b"AVI "


def _is_transport_stream(head: bytes) -> bool:
    return len(head) >= HEAD_BYTES and head[0] == head[HEAD_BYTES - 1] == ord("G")
