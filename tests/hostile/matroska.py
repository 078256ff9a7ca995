"""Matroska by hand: elements of any size, known or not, around sound pictures."""

import io
import zlib
from functools import cache
from struct import pack

import av

from tests.hostile.films import film

HEAD, SEGMENT, INFO, TRACKS, TRACK, CLUSTER = (
    0x1A45DFA3, 0x18538067, 0x1549A966, 0x1654AE6B, 0xAE, 0x1F43B675,
)  # fmt: skip
SEEK_HEAD, SEEK, TAGS, TAG, ATTACHMENTS, ATTACHED = (
    0x114D9B74, 0x4DBB, 0x1254C367, 0x7373, 0x1941A469, 0x61A7,
)  # fmt: skip
VIDEO, SUBTITLES = 1, 17
UNKNOWN = b"\x01" + b"\xff" * 7


def name_of(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def element(name: int, *payload: bytes, length: bytes | None = None) -> bytes:
    """Return an element; `length` is said in the place of its true one."""
    content = b"".join(payload)
    told = length or (1 << 56 | len(content)).to_bytes(8, "big")
    return name_of(name) + told + content


def number(name: int, value: int, size: int = 8) -> bytes:
    return element(name, value.to_bytes(size, "big"))


def head(kind: bytes = b"webm") -> bytes:
    return element(HEAD, element(0x4282, kind))


def info(scale_ns: int = 1_000_000) -> bytes:
    return element(INFO, number(0x2AD7B1, scale_ns), element(0x4489, pack(">d", 200.0)))


def track(*more: bytes, side: int = 64, kind: int = VIDEO, place: int | None = None) -> bytes:
    place = place or kind
    picture = element(0xE0, number(0xB0, side), number(0xBA, side)) if kind == VIDEO else b""
    codec = b"V_VP8" if kind == VIDEO else b"S_TEXT/UTF8"
    return element(
        TRACK, number(0xD7, place), number(0x73C5, place), number(0x83, kind),
        element(0x86, codec), picture, *more,
    )  # fmt: skip


@cache
def packets(name: str = "webm") -> tuple[bytes, ...]:
    """Return the coded pictures of a sound recording."""
    with av.open(io.BytesIO(film(name)), "r") as container:
        return tuple(bytes(one) for one in container.demux(video=0) if one.size)


def block(content: bytes, at: int, flags: int = 0x80, kind: int = VIDEO) -> bytes:
    """Return a SimpleBlock `at` ticks (signed) behind its cluster."""
    return element(0xA3, bytes([0x80 | kind]), pack(">hB", at, flags), content)


def cluster(*blocks: bytes, at: int = 0, length: bytes | None = None) -> bytes:
    return element(CLUSTER, number(0xE7, at), *blocks, length=length)


def pictures(step: int = 40) -> list[bytes]:
    """Return the blocks of five pictures."""
    return [block(one, step * index) for index, one in enumerate(packets())]


def film_of(
    *parts: bytes, tracks: bytes | None = None, body: bytes | None = None, scale_ns: int = 1_000_000
) -> bytes:
    """Return a film with more parts in front of its clusters."""
    listed = element(TRACKS, track() if tracks is None else tracks)
    body = cluster(*pictures()) if body is None else body
    return head() + element(SEGMENT, info(scale_ns), *parts, listed, body)


def of_unknown_sizes() -> bytes:
    body = cluster(*pictures(), length=UNKNOWN)
    return head() + element(SEGMENT, info(), element(TRACKS, track()), body, length=UNKNOWN)


def looking_for_itself() -> bytes:
    """Have the table of contents list the table of contents, a hundred times."""
    seek = element(SEEK, element(0x53AB, name_of(SEEK_HEAD)), number(0x53AC, 0))
    return film_of(element(SEEK_HEAD, seek * 100))


def nested(name: int, depth: int) -> bytes:
    inner = b""
    for _ in range(depth):
        inner = element(name, inner)
    return inner


def attachment(title: bytes, content: bytes) -> bytes:
    return element(
        ATTACHED, element(0x466E, title), element(0x4660, b"application/zip"),
        element(0x465C, content), number(0x46AE, 7),
    )  # fmt: skip


def attached(count: int, size: int = 100) -> bytes:
    files = [attachment(b"../../etc/%d" % one, b"PK\3\4" + b"\0" * size) for one in range(count)]
    return film_of(element(ATTACHMENTS, *files))


def subtitled(count: int) -> bytes:
    """Hang so many texts over one picture."""
    texts = [block(b"<b>" * 50, 1, kind=SUBTITLES) for _ in range(count)]
    return film_of(tracks=track() + track(kind=SUBTITLES), body=cluster(*pictures(), *texts))


def compressed(content: bytes) -> bytes:
    """Say that each block is packed with zlib, and give one that unpacks to much."""
    packing = element(0x6D80, element(0x6240, element(0x5034, number(0x4254, 0))))
    return film_of(tracks=track(packing), body=cluster(block(zlib.compress(content, 9), 0)))


def encrypted() -> bytes:
    locked = element(0x6D80, element(0x6240, number(0x5033, 1), element(0x5035, number(0x47E1, 5))))
    scrambled = [block(bytes(byte ^ 0x5A for byte in one), 0) for one in packets()]
    return film_of(tracks=track(locked), body=cluster(*scrambled))


def laced(flags: int, count: int) -> bytes:
    """Say that one block holds so many pictures."""
    return film_of(body=cluster(block(bytes([count]) + b"\xff" * 40, 0, flags)))


def many_frames(count: int) -> bytes:
    """Repeat a picture of a few bytes; no length says how often."""
    small = [block(packets()[1], index % 30_000) for index in range(count)]
    return film_of(body=cluster(block(packets()[0], 0), *small, length=UNKNOWN))


def at_times(*times: int) -> bytes:
    """Begin a cluster at each time."""
    placed = zip(packets(), times, strict=False)
    return film_of(body=b"".join(cluster(block(one, 0), at=at) for one, at in placed))
