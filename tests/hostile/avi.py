"""AVI and MPEG-TS whose numbers lie."""

from struct import pack

from tests.hostile.films import film

RATE = 20
"""Where in `strh`, behind its name and size, the scale stands; the rate follows."""


def at(name: bytes, offset: int, new: bytes, content: bytes | None = None) -> bytes:
    """Overwrite bytes of the first chunk of a name, behind its name and size."""
    content = content or film("avi")
    place = content.index(name) + 8 + offset
    return content[:place] + new + content[place + len(new) :]


def timed(scale: int, rate: int) -> bytes:
    return at(b"strh", RATE, pack("<II", scale, rate))


def sized(name: bytes, size: int) -> bytes:
    place = film("avi").index(name) + 4
    return film("avi")[:place] + pack("<I", size) + film("avi")[place + 4 :]


def index_of_itself() -> bytes:
    """Let the index of indexes point to itself."""
    content = film("avi")
    place = content.index(b"strf")
    entry = pack("<QII", place, 24, 1)
    table = pack("<HBBI4s3I", 4, 0, 0, 1, b"00dc", 0, 0, 0) + entry
    return content[:place] + b"indx" + pack("<I", len(table)) + table + content[place:]


def with_script(text: bytes) -> bytes:
    """Put a script where an AVI may have its subtitles, which FFmpeg opens as a file of its own."""
    place = film("avi").index(b"movi") + 4
    body = b"GAB2\0" + pack("<HIHI", 2, 2, 0, len(text)) + text
    return film("avi")[:place] + b"00tx" + pack("<I", len(body)) + body + film("avi")[place:]


def null_packets(count: int) -> bytes:
    return (b"G\x1f\xff\x10" + b"\xff" * 184) * count


def letters() -> bytes:
    """Return a text that has its letter G where packets begin."""
    return (b"G" + b"o" * 187) * 100


def programme_of_itself() -> bytes:
    """Have the table of programmes name its own packets as a programme."""
    content = bytearray(film("mpegts"))
    place = content.index(b"G\x40\0\x10")
    content[place + 15 : place + 17] = b"\xe0\0"
    return bytes(content)
