"""MP4 boxes by hand: built, found by their way from the top, exchanged with all sizes put right."""

from collections.abc import Callable, Iterator
from struct import pack

NESTS = {"moov", "trak", "mdia", "minf", "dinf", "stbl", "edts", "mvex", "moof", "traf", "udta"}
TRACK = "moov/trak"
TABLES = f"{TRACK}/mdia/minf/stbl"


def box(name: str, *payload: bytes) -> bytes:
    """Return a box with its size."""
    content = b"".join(payload)
    return pack(">I", len(content) + 8) + name.encode("latin-1") + content


def full(name: str, *payload: bytes, version: int = 0, flags: int = 0) -> bytes:
    """Return a box that begins with version and flags."""
    return box(name, pack(">I", version << 24 | flags), *payload)


def found(content: bytes, way: str) -> tuple[int, int]:
    """Return where the first box at the end of the way begins and ends."""
    start, end = 0, len(content)
    for name in way.split("/"):
        for at, size, kind in _row(content, start, end):
            if kind == name:
                start, end = at + 8, at + size
                break
        else:
            raise KeyError(way)
    return start - 8, end


def _row(content: bytes, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    while start + 8 <= end:
        size = int.from_bytes(content[start : start + 4], "big")
        yield start, size, content[start + 4 : start + 8].decode("latin-1")
        start += max(8, size)


def payload_of(content: bytes, way: str) -> bytes:
    start, end = found(content, way)
    return content[start + 8 : end]


def exchanged(content: bytes, way: str, new: Callable[[bytes], bytes] | bytes) -> bytes:
    """Put other bytes in the place of a box; the boxes around it grow or shrink with it.

    The `mdat` of a recording made by `record` comes first, so that no offset changes.
    """
    start, end = found(content, way)
    put = new(content[start:end]) if callable(new) else new
    *around, _ = way.split("/")
    result = bytearray(content[:start] + put + content[end:])
    for depth in range(1, len(around) + 1):
        at, until = found(content, "/".join(around[:depth]))
        result[at : at + 4] = pack(">I", until - at + len(put) - (end - start))
    return bytes(result)


def patched(content: bytes, way: str, at: int, new: bytes) -> bytes:
    """Overwrite bytes of a payload, `at` bytes behind the name of the box."""
    start, end = found(content, way)
    assert start + 8 + at + len(new) <= end
    return content[: start + 8 + at] + new + content[start + 8 + at + len(new) :]


def starts(content: bytes) -> list[int]:
    """Return where every box begins."""

    def within(start: int, end: int) -> Iterator[int]:
        for at, size, name in _row(content, start, end):
            yield at
            if name in NESTS:
                yield from within(at + 8, at + size)

    return list(within(0, len(content)))
