"""The boxes of an MP4 track that hold the numbers which a bomb lies about, and how to read them.

Every reader takes the track that it fills, the first bytes of the payload, filled up with zeros,
and the payload's whole size. ISO/IEC 14496-12, sections 8.3 to 8.8; sizes of entries are bytes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from struct import Struct
from typing import Final

from assessment.recording_faults import Undecodable

NUMBER: Final = Struct(">I")
SIDES: Final = Struct(">HH")
ENTRY_BYTES: Final[Mapping[bytes, int]] = {
    b"stts": 8,
    b"ctts": 8,
    b"stsc": 12,
    b"stco": 4,
    b"co64": 8,
    b"stss": 4,
}
SAMPLE_FIELDS: Final = (0x100, 0x200, 0x400, 0x800)
"""Each of these flags of a `trun` gives every sample four bytes of its own."""
SELF_CONTAINED: Final = 1
ENCRYPTED: Final = frozenset({b"encv", b"drmi"})


@dataclass(slots=True)
class Track:
    """What the boxes say of a track; `pixels` of its first kind of sample.

    `in_chunks` is true of uncompressed sound, of which FFmpeg lists no samples.
    """

    number: int = 0
    is_video: bool = False
    samples: int = 0
    in_chunks: bool = False
    pixels: int = 0
    is_elsewhere: bool = False
    is_encrypted: bool = False


Reader = Callable[[Track, bytes, int], None]
"""Notes in the track what a box says: its head's bytes, and its size in bytes."""


def _number(content: bytes, at: int) -> int:
    (number,) = NUMBER.unpack_from(content, at)
    return number


def _require(entries_bytes: int, room: int) -> None:
    if entries_bytes > room:
        raise Undecodable("a table of the recording is longer than its box")


def _header(track: Track, content: bytes, _: int) -> None:
    """Read `tkhd`; in version 1 its two times have eight bytes each."""
    track.number = _number(content, 20 if content[0] else 12)


def _handler(track: Track, content: bytes, _: int) -> None:
    track.is_video |= content[8:12] == b"vide"


def _references(track: Track, content: bytes, size: int) -> None:
    """Read `dref`: each entry is a box whose flags say whether it means this very file."""
    at = 8
    for _ in range(_number(content, 4)):
        if at + 12 > min(size, len(content)):
            return
        track.is_elsewhere |= not _number(content, at + 8) & SELF_CONTAINED
        at += max(12, _number(content, at))


def _descriptions(track: Track, content: bytes, _: int) -> None:
    """Read `stsd`, which says how a sample is coded and, of pictures, how large it is."""
    track.is_encrypted = content[12:16] in ENCRYPTED
    width, height = SIDES.unpack_from(content, 40)
    track.pixels = width * height


def _sizes(track: Track, content: bytes, size: int) -> None:
    """Read `stsz`: one size for all samples, or a table of sizes."""
    same, count = _number(content, 4), _number(content, 8)
    _require(0 if same else 12 + 4 * count, size)
    track.samples = max(track.samples, count)


def _small_sizes(track: Track, content: bytes, size: int) -> None:
    """Read `stz2`, whose sizes have 4, 8 or 16 bits."""
    count = _number(content, 8)
    _require(12 + content[7] * count // 8, size)
    track.samples = max(track.samples, count)


def _table(entry_bytes: int) -> Reader:
    def read(_: Track, content: bytes, size: int) -> None:
        _require(8 + entry_bytes * _number(content, 4), size)

    return read


def _durations(track: Track, content: bytes, size: int) -> None:
    """Read `stts`; uncompressed sound has one entry, of one tick a sample."""
    _table(ENTRY_BYTES[b"stts"])(track, content, size)
    track.in_chunks = _number(content, 4) == 1 and _number(content, 12) == 1


def _fragment(track: Track, content: bytes, _: int) -> None:
    track.number = _number(content, 4)


def _run(track: Track, content: bytes, size: int) -> None:
    """Read `trun`: samples that a fragment adds."""
    flags, count = _number(content, 0), _number(content, 4)
    sample_bytes = 4 * sum(bool(flags & one) for one in SAMPLE_FIELDS)
    _require(8 + sample_bytes * count, size)
    track.samples += count


READERS: Final[Mapping[bytes, Reader]] = {
    **{name: _table(entry_bytes) for name, entry_bytes in ENTRY_BYTES.items()},
    b"tkhd": _header,
    b"hdlr": _handler,
    b"dref": _references,
    b"stsd": _descriptions,
    b"stsz": _sizes,
    b"stz2": _small_sizes,
    b"stts": _durations,
    b"tfhd": _fragment,
    b"trun": _run,
}
