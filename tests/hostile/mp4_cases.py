"""Every MP4 that lies, and how it ends."""

from collections.abc import Callable
from functools import partial

from tests.hostile import mp4
from tests.hostile.boxes import TABLES, TRACK, box, full, patched
from tests.hostile.case import Case
from tests.hostile.films import film
from tests.hostile.mp4 import MOST, decoded, refused, truncations

STBL, MEDIA = TABLES, f"{TRACK}/mdia"
FIXED = 1 << 16
LONG = pow(2, 31) - 1


def too_long(name: str, make: Callable[[], bytes]) -> Case:
    return Case(name, make, "too_long")


COUNTS = (
    refused("1001 tracks", partial(mp4.tracks, 1001), "more than 16 tracks"),
    refused("17 tracks", partial(mp4.tracks, 17), "more than 16 tracks"),
    decoded("16 tracks", partial(mp4.tracks, 16)),
    too_long("4,294,967,295 samples of one byte", partial(mp4.sizes, 1, MOST)),
    too_long("80,000,000 samples of one byte", partial(mp4.sizes, 1, 80_000_000)),
    too_long("the first sample a million times", mp4.one_sample_a_million_times),
    refused("more sizes than the box holds", partial(mp4.sizes, 0, 200), "longer than its box"),
    *(
        refused(f"more of {name} than the box holds", partial(mp4.too_many, name), "its box")
        for name in ("stts", "ctts", "stsc", "stco", "co64", "stss")
        if name not in ("ctts", "co64")
    ),
    too_long("a run of 80,000,000 samples", partial(mp4.run, 80_000_000)),
    refused("a run longer than its box", partial(mp4.run, MOST, 0x200), "longer than its box"),
    too_long("400 frames in 80 fragments", mp4.many_fragments),
)
NESTING = (
    refused("boxes nested a thousand times", partial(mp4.nested, "moov", 1000), "too deeply"),
    refused("tracks in tracks", partial(mp4.nested, "trak", 1000), "nested too deeply"),
    refused("100,000 boxes in a row", partial(mp4.beside, "free", 100_000), "too many parts"),
    refused("metadata nested a thousand times", partial(mp4.nested, "udta", 1000)),
    refused("waves nested a thousand times", partial(mp4.nested, "wave", 1000)),
    refused("a compressed header", mp4.compressed_header, "compressed"),
)
SIZES = (
    decoded("a header of no size", partial(mp4.sized, TRACK, 0)),
    refused("a header of 7 bytes", partial(mp4.sized, "moov", 7)),
    decoded("a header of 4 GB", partial(mp4.sized, "moov", MOST)),
    refused("a track of 7 bytes", partial(mp4.sized, TRACK, 7)),
    decoded("a track larger than the file", partial(mp4.sized, TRACK, MOST)),
    decoded("a header of 2^63 bytes", partial(mp4.large, "moov", pow(2, 63))),
    refused("a header of 2^64 - 1 bytes", partial(mp4.large, "moov", pow(2, 64) - 1)),
    refused("a track of 2^64 - 1 bytes", partial(mp4.large, TRACK, pow(2, 64) - 1)),
)
TIMES = (
    refused("a timescale of 0", partial(mp4.scaled, f"{MEDIA}/mdhd", 0)),
    decoded("a movie timescale of 0", partial(mp4.scaled, "moov/mvhd", 0)),
    refused("a timescale of 2^32 - 1", partial(mp4.scaled, f"{MEDIA}/mdhd", MOST)),
    decoded("10^6 frames a second", partial(mp4.entries, "stts", 5, 1)),
    decoded("no time at all", partial(mp4.entries, "stts", 5, 0)),
    too_long("frames 2^31 - 1 ticks apart", mp4.far_apart),
    decoded("frames that go back", partial(mp4.entries, "stts", 5, MOST)),
    decoded("2^32 - 1 frames of no time", partial(mp4.entries, "stts", MOST, 0)),
    refused("an edit that begins before the film", partial(mp4.edited, (1000, -LONG, FIXED))),
    decoded("an edit of no rate", partial(mp4.edited, (1000, 0, 0))),
    too_long("ten thousand edits", partial(mp4.edited, *[(1, 0, FIXED)] * 10_000)),
    refused("an edit behind the film", partial(mp4.edited, (1000, LONG, FIXED))),
)
SHAPES = (
    Case("65535 x 65535 by the header", partial(mp4.sides, 65535, 65535), "too_large_picture"),
    decoded("1 x 1 by the header", partial(mp4.sides, 1, 1)),
    decoded("0 x 0 by the header", partial(mp4.sides, 0, 0)),
    decoded(
        "turned by 45 degrees",
        partial(mp4.turned, 46341, 46341, 0, -46341, 46341, 0, 0, 0, 1 << 30),
    ),
    decoded("turned into nothing", partial(mp4.turned, *[0] * 9)),
    decoded("turned beyond all bounds", partial(mp4.turned, *[-(1 << 31)] * 9)),
)
ELSEWHERE = (
    refused(
        "a picture by its path", partial(mp4.reference, mp4.alias("/canary.mp4")), "another file"
    ),
    refused(
        "a picture by its address",
        partial(mp4.reference, full("url ", b"http://127.0.0.1:{port}/canary.mp4\0")),
        "another file",
    ),
    refused("an encrypted picture", mp4.encrypted, "encrypted"),
    Case("chapters that are the picture itself", mp4.chapters_of_itself, "no_video_stream"),
    refused("an unknown codec", partial(mp4.described, lambda one: box("zzzz", one[8:]))),
    refused("no description at all", partial(mp4.table, "stsd", full("stsd", b"\0" * 4))),
    refused("fragments without a header", mp4.without_moov),
    decoded("a megabyte of text that is no text", partial(mp4.boxed, "\xa9xyz", 2**20)),
    refused("ftyp and nothing else", lambda: film("mp4")[:32]),
    refused("a chunk behind the end", partial(mp4.entries, "stco", MOST), "cut off"),
    refused(
        "samples in the header", lambda: patched(film("mp4"), f"{STBL}/stco", 8, b"\0\0\0\x04")
    ),
)
CASES = (*COUNTS, *NESTING, *SIZES, *TIMES, *SHAPES, *ELSEWHERE)
CUTS = tuple(truncations())
