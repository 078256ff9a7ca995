"""How large a photograph says that it is, read before a decoder believes it.

A video's size is bounded while FFmpeg opens it; of a picture too large for that, FFmpeg only says
that it is invalid. PNG 1.2, section 4.1.1; JPEG is ITU T.81, annex B.
"""

import os
from struct import Struct
from typing import Final

PNG_SIDES: Final = Struct(">16xII")
SEGMENT: Final = Struct(">BBH")
JPEG_SIDES: Final = Struct(">5xHH")
FIRST_FRAME, LAST_FRAME = 0xC0, 0xCF
NO_FRAMES: Final = frozenset({0xC4, 0xC8, 0xCC})
"""Markers between those of frames that begin a table."""
SCAN: Final = 0xDA
MAX_SEGMENTS: Final = 1000


def announced_pixels(descriptor: int, demuxer: str) -> int:
    """Return width times height of a PNG or JPEG, 0 where it does not say."""
    if demuxer == "png_pipe":
        content = os.pread(descriptor, PNG_SIDES.size, 0)
        width, height = PNG_SIDES.unpack(content.ljust(PNG_SIDES.size, b"\0"))
        return width * height
    return _pixels_of_jpeg(descriptor)


def _pixels_of_jpeg(descriptor: int) -> int:
    at = 2
    for _ in range(MAX_SEGMENTS):
        content = os.pread(descriptor, SEGMENT.size + JPEG_SIDES.size, at)
        if len(content) < SEGMENT.size + JPEG_SIDES.size:
            return 0
        mark, kind, size = SEGMENT.unpack_from(content)
        if mark != 0xFF or kind == SCAN:
            return 0
        if FIRST_FRAME <= kind <= LAST_FRAME and kind not in NO_FRAMES:
            height, width = JPEG_SIDES.unpack_from(content)
            return width * height
        at += 2 + size
    return 0
