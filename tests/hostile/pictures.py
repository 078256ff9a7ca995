"""Photographs, and what merely looks like one: sizes that lie, endless passes, hidden text."""

import io
import zlib
from functools import cache
from struct import pack

from PIL import Image

PNG = b"\x89PNG\r\n\x1a\n"
START_OF_FRAME = b"\xff\xc0"
START_OF_SCAN = b"\xff\xda"
END = b"\xff\xd9"


@cache
def photograph(kind: str = "JPEG", width: int = 64, height: int = 64) -> bytes:
    stream = io.BytesIO()
    options = {"progressive": True} if kind == "JPEG" and width > 64 else {}
    Image.new("RGB", (width, height), (90, 120, 90)).save(stream, kind, **options)
    return stream.getvalue()


def jpeg_of(width: int, height: int) -> bytes:
    """Return a small photograph whose header says another size."""
    content = photograph()
    at = content.index(START_OF_FRAME) + 5
    return content[:at] + pack(">HH", height, width) + content[at + 4 :]


def endless_jpeg(passes: int) -> bytes:
    """Repeat the last pass of a progressive photograph; each one visits every pixel."""
    content = photograph("JPEG", 992, 992)
    last = content.rindex(START_OF_SCAN)
    return content[:last] + content[last:-2] * passes + END


def two_jpegs() -> bytes:
    return photograph() + photograph("JPEG", 320, 240)


def chunk(name: bytes, content: bytes) -> bytes:
    return pack(">I", len(content)) + name + content + pack(">I", zlib.crc32(name + content))


def png_of(width: int, height: int, *more: bytes, rows: int = 1, depth: int = 1) -> bytes:
    """Return a grey picture of any size, with as many of its rows as are told."""
    header = pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)
    row = b"\0" * (1 + (min(width, 65_535) * depth + 7) // 8)
    body = chunk(b"IDAT", zlib.compress(row * rows, 9))
    return PNG + chunk(b"IHDR", header) + b"".join(more) + body + chunk(b"IEND", b"")


def hidden_text(name: bytes, megabytes: int) -> bytes:
    """Return a picture with a text that unpacks to so much."""
    packed = zlib.compress(b"\0" * (megabytes * 2**20), 9)
    return png_of(64, 64, chunk(name, b"text\0\0" + packed), rows=64)


def webp(width: int, height: int) -> bytes:
    """Return the head of a lossless WebP that says such a size."""
    bits = pack("<I", (width - 1) | (height - 1) << 14)
    body = b"VP8L" + pack("<I", 5) + b"\x2f" + bits + b"\0"
    return b"RIFF" + pack("<I", len(body) + 4) + b"WEBP" + body
