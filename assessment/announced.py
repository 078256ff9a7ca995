"""The length that a container's header announces, read without decoding; nothing is believed.

MP4, MOV   moov/mvhd, or moov/mvex/mehd where it is fragmented     ISO/IEC 14496-12, 8.2.2, 8.8.2
Matroska   Segment/Info: Duration times TimestampScale               RFC 9559, 5.1.2
AVI        avih: frames times microseconds a frame                  Microsoft AVI RIFF reference

A few reads of a few bytes. It is good for estimates alone: the worker measures for itself.
"""

from collections.abc import Iterator
from pathlib import Path
from struct import error as TooShort  # noqa: N812  it says what happened
from struct import unpack
from typing import BinaryIO, Final

MOST_BOXES: Final = 200
"""Boxes or elements looked at, so that a hostile file costs no more than a good one."""
LONG_SIZE: Final = 1
UNKNOWN_LENGTH: Final = 0xFFFFFFFF
SEGMENT, INFO, SCALE, DURATION = 0x18538067, 0x1549A966, 0x2AD7B1, 0x4489
SCALE_NS: Final = 1_000_000
"""Nanoseconds in a tick where `TimestampScale` is absent."""
PICTURES: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


def announced_s(recording: Path, *, longest_s: float) -> float | None:
    """Return the announced seconds, at most `longest_s`, 0 for a picture, None when unknown."""
    try:
        with recording.open("rb") as file:
            found = _announced_s(file, recording.stat().st_size)
    except (TooShort, OSError, OverflowError, ZeroDivisionError):
        return None
    return None if found is None or not found >= 0 else min(found, longest_s)


def _announced_s(file: BinaryIO, size: int) -> float | None:
    head = file.read(12)
    if head.startswith(PICTURES):
        return 0.0
    if head[4:8] == b"ftyp":
        return _of_mp4(file, size)
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return _of_matroska(file, size)
    if head.startswith(b"RIFF") and head[8:] == b"AVI ":
        return _of_avi(file)
    return None


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, start and end of the content of each box."""
    for _ in range(MOST_BOXES):
        if start + 8 > end:
            return
        file.seek(start)
        size, name = unpack(">I4s", file.read(8))
        content = start + 8
        if size == LONG_SIZE:
            (size,) = unpack(">Q", file.read(8))
            content += 8
        stop = min(start + size, end) if size else end
        if stop < content:
            return
        yield name, content, stop
        start = stop


def _of_mp4(file: BinaryIO, size: int) -> float | None:
    ticks, scale = 0, 0
    for name, start, end in _boxes(file, 0, size):
        if name != b"moov":
            continue
        for inner, content, stop in _boxes(file, start, end):
            if inner == b"mvhd":
                scale, ticks = _header(file, content)
            elif inner == b"mvex" and not ticks:
                ticks = _fragments(file, content, stop)
        return ticks / scale if ticks and scale else None
    return None


def _header(file: BinaryIO, content: int) -> tuple[int, int]:
    """Return the ticks in a second and those of the whole, 0 when it does not say."""
    file.seek(content)
    version = file.read(4)[0:1]
    if version == b"\x01":
        _, _, scale, ticks = unpack(">QQIQ", file.read(28))
        return scale, 0 if ticks == 2**64 - 1 else ticks
    _, _, scale, ticks = unpack(">IIII", file.read(16))
    return scale, 0 if ticks == UNKNOWN_LENGTH else ticks


def _fragments(file: BinaryIO, start: int, end: int) -> int:
    for name, content, _ in _boxes(file, start, end):
        if name == b"mehd":
            file.seek(content)
            long = file.read(4)[0:1] == b"\x01"
            (ticks,) = unpack(">Q" if long else ">I", file.read(8 if long else 4))
            return ticks
    return 0


def _elements(file: BinaryIO, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield id, start and end of the content of each element."""
    for _ in range(MOST_BOXES):
        if start >= end:
            return
        file.seek(start)
        number, _ = _vint(file, marked=True)
        size, unknown = _vint(file, marked=False)
        content = file.tell()
        stop = end if unknown else min(content + size, end)
        yield number, content, stop
        start = stop


def _vint(file: BinaryIO, *, marked: bool) -> tuple[int, bool]:
    """Return a number of variable length, with its length marker or without; RFC 8794, 4."""
    (first,) = unpack("B", file.read(1))
    more = 8 - first.bit_length()
    if more > 7:
        raise TooShort
    rest = file.read(more)
    if len(rest) < more:
        raise TooShort
    value = int.from_bytes(bytes([first]) + rest, "big")
    bits = 7 * (more + 1)
    bare = value & (1 << bits) - 1
    return (value if marked else bare), bare == (1 << bits) - 1


def _of_matroska(file: BinaryIO, size: int) -> float | None:
    for number, start, end in _elements(file, 0, size):
        if number != SEGMENT:
            continue
        for inner, content, stop in _elements(file, start, end):
            if inner == INFO:
                return _of_info(file, content, stop)
        return None
    return None


def _of_info(file: BinaryIO, start: int, end: int) -> float | None:
    scale_ns, ticks = SCALE_NS, None
    for number, content, stop in _elements(file, start, end):
        file.seek(content)
        if number == SCALE:
            scale_ns = int.from_bytes(file.read(min(stop - content, 8)), "big")
        elif number == DURATION:
            (ticks,) = unpack(">d" if stop - content == 8 else ">f", file.read(stop - content))
    return None if ticks is None else ticks * scale_ns / 1e9


def _of_avi(file: BinaryIO) -> float | None:
    """The main header is the first chunk of the first list."""
    file.seek(24)
    name, _, microseconds = unpack("<4sII", file.read(12))
    file.seek(32 + 16)
    (frames,) = unpack("<I", file.read(4))
    return microseconds * frames / 1e6 if name == b"avih" and microseconds and frames else None
