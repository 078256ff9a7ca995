"""MP4 and MOV whose boxes lie: counts, sizes, times, nesting, references, keys."""

from collections.abc import Callable, Iterator
from functools import partial
from struct import pack

from tests.hostile.boxes import (
    TABLES,
    TRACK,
    box,
    exchanged,
    found,
    full,
    patched,
    payload_of,
    starts,
)
from tests.hostile.case import Case
from tests.hostile.films import COUNT, film

MOST = 2**32 - 1


def mp4() -> bytes:
    return film("mp4")


def tracks(count: int) -> bytes:
    return exchanged(mp4(), TRACK, lambda track: track * count)


def table(name: str, new: bytes) -> bytes:
    return exchanged(mp4(), f"{TABLES}/{name}", new)


def sizes(same: int, count: int, *explicit: bytes) -> bytes:
    return table("stsz", full("stsz", pack(">II", same, count), *explicit))


def one_sample_a_million_times() -> bytes:
    """List the first sample so often, in a table that is there."""
    count = 1_000_000
    content = sizes(1, count)
    chunks = payload_of(content, f"{TABLES}/stco")
    content = exchanged(
        content, f"{TABLES}/stco", full("stco", pack(">I", count), chunks[8:12] * count)
    )
    return exchanged(content, f"{TABLES}/stsc", full("stsc", pack(">IIII", 1, 1, 1, 1)))


def entries(name: str, *fields: int) -> bytes:
    """Give a table one entry of these fields."""
    return table(name, full(name, pack(f">{len(fields) + 1}I", 1, *fields)))


def too_many(name: str) -> bytes:
    return table(name, full(name, pack(">I", MOST), b"\0" * 64))


def nested(name: str, depth: int) -> bytes:
    inner = b""
    for _ in range(depth):
        inner = box(name, inner)
    return exchanged(mp4(), "moov", lambda moov: box("moov", moov[8:], inner))


def beside(name: str, count: int) -> bytes:
    return exchanged(mp4(), "moov", lambda moov: box("moov", moov[8:], box(name) * count))


def sized(way: str, size: int) -> bytes:
    start, _ = found(mp4(), way)
    return mp4()[:start] + pack(">I", size) + mp4()[start + 4 :]


def large(way: str, size: int) -> bytes:
    """Give a box a size of 64 bits."""
    return exchanged(mp4(), way, lambda one: pack(">I", 1) + one[4:8] + pack(">Q", size) + one[8:])


def reference(entry: bytes) -> bytes:
    return exchanged(mp4(), f"{TRACK}/mdia/minf/dinf/dref", full("dref", pack(">I", 1), entry))


def alias(path: str) -> bytes:
    """Return a QuickTime alias that gives an absolute path."""
    name = path.encode()
    record = pack(">HH", 2, len(name)) + name + b"\0" * (len(name) % 2) + pack(">HH", MOST >> 16, 0)
    head = pack(">4sHHH", b"\0" * 4, 0, 2, 0) + b"\0" * 140
    return full("alis", head + record)


def described(change: Callable[[bytes], bytes]) -> bytes:
    """Change the first description of samples."""

    def changed(one: bytes) -> bytes:
        return full("stsd", pack(">I", 1), change(one[16:]))

    return exchanged(mp4(), f"{TABLES}/stsd", changed)


def encrypted() -> bytes:
    scheme = full("schm", b"cenc", pack(">I", 0x10000))
    key = full("tenc", b"\0\0\1\x08", b"k" * 16)
    info = box("sinf", box("frma", b"avc1"), scheme, box("schi", key))
    return described(lambda entry: box("encv", entry[8:], info))


def sides(width: int, height: int) -> bytes:
    return patched(mp4(), f"{TABLES}/stsd", 8 + 32, pack(">HH", width, height))


def compressed_header() -> bytes:
    header = box("dcom", b"zlib") + box("cmvd", pack(">I", MOST), b"x\x9c")
    return exchanged(mp4(), "moov", box("moov", box("cmov", header)))


def scaled(way: str, scale: int) -> bytes:
    return patched(mp4(), way, 12, pack(">I", scale))


def turned(*matrix: int) -> bytes:
    return patched(mp4(), f"{TRACK}/tkhd", 40, pack(">9i", *matrix))


def edited(*edits: tuple[int, int, int]) -> bytes:
    """Give the track an edit list of (duration, time in the media, rate)."""
    listed = b"".join(pack(">IiI", *one) for one in edits)
    edit = box("edts", full("elst", pack(">I", len(edits)), listed))
    return exchanged(mp4(), TRACK, lambda track: box("trak", _without(track[8:], "edts"), edit))


def _without(content: bytes, name: str) -> bytes:
    try:
        start, end = found(content, name)
    except KeyError:
        return content
    return content[:start] + content[end:]


def far_apart() -> bytes:
    """Place the frames 2^31 - 1 ticks apart, and let no edit list cut them off."""
    content = entries("stts", COUNT, 2**31 - 1)
    return exchanged(content, TRACK, lambda one: box("trak", _without(one[8:], "edts")))


def chapters_of_itself() -> bytes:
    return exchanged(
        mp4(), TRACK, lambda one: box("trak", one[8:], box("tref", box("chap", pack(">I", 1))))
    )


def run(count: int, flags: int = 0) -> bytes:
    """Make the fragment's run of samples so long."""
    return exchanged(
        film("fragments"), "moof/traf/trun", full("trun", pack(">I", count), flags=flags)
    )


def without_moov() -> bytes:
    return exchanged(film("fragments"), "moov", b"")


def many_fragments() -> bytes:
    """Repeat the fragment so that 400 frames come of it."""
    start, end = found(film("fragments"), "moof")
    _, end = found(film("fragments")[start:], "mdat")
    return film("fragments")[:start] + film("fragments")[start : start + end] * 80


def boxed(name: str, size: int) -> bytes:
    return exchanged(
        mp4(), "moov", lambda moov: box("moov", moov[8:], box("udta", box(name, b"\xff" * size)))
    )


def cut_at(place: int) -> bytes:
    return film("faststart")[:place]


def decoded(name: str, make: Callable[[], bytes], frames: int | None = COUNT) -> Case:
    return Case(name, make, "decoded", frames=frames)


def refused(name: str, make: Callable[[], bytes], said: str = "") -> Case:
    return Case(name, make, "undecodable", said)


def truncations() -> Iterator[Case]:
    """Cut the recording in the head and in the middle of every box."""
    content = film("faststart")
    track, _ = found(content, TRACK)
    _, kind = found(content, f"{TRACK}/mdia/hdlr")
    for number, start in enumerate(starts(content)[1:]):
        for more in (0, 6):
            place = start + more
            # Without its handler a track is no picture; before it begins, there is no track.
            ends = "no_video_stream" if track + 8 <= place < kind else "undecodable"
            yield Case(f"cut {more} bytes into box {number}", partial(cut_at, place), ends)
