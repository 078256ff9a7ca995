"""Every Matroska file that lies, and how it ends."""

from functools import partial

from tests.hostile import matroska as mkv
from tests.hostile.case import Case
from tests.hostile.mp4 import decoded, refused

LONG = pow(2, 62)

CASES = (
    decoded("a film by hand", mkv.film_of),
    decoded("sizes that nobody knows", mkv.of_unknown_sizes),
    Case("a thousand frames without a length", partial(mkv.many_frames, 1000), "too_long"),
    decoded("contents that list themselves", mkv.looking_for_itself),
    decoded("tags nested a thousand times", lambda: mkv.film_of(mkv.nested(mkv.TAG, 1000))),
    decoded("a segment in a segment", lambda: mkv.film_of(mkv.nested(mkv.SEGMENT, 50))),
    decoded(
        "100 tracks",
        lambda: mkv.film_of(tracks=b"".join(mkv.track(place=one + 1) for one in range(100))),
    ),
    decoded("files beside the picture", partial(mkv.attached, 3)),
    decoded("100 files beside the picture", partial(mkv.attached, 100)),
    decoded("a file of two megabytes beside the picture", partial(mkv.attached, 1, 2 * 2**20)),
    Case(
        "files and no picture",
        lambda: mkv.head() + mkv.element(mkv.SEGMENT, mkv.element(mkv.ATTACHMENTS)),
        "undecodable",
    ),
    decoded("20,000 texts on one picture", partial(mkv.subtitled, 20_000)),
    Case(
        "texts and no picture",
        lambda: mkv.film_of(tracks=mkv.track(kind=mkv.SUBTITLES)),
        "no_video_stream",
    ),
    refused("a block that unpacks to 9 MB", lambda: mkv.compressed(b"\0" * 9_000_000)),
    refused("a block that unpacks to 40 MB", lambda: mkv.compressed(b"\0" * 40_000_000)),
    refused("encrypted blocks", mkv.encrypted),
    refused("255 pictures in one block", partial(mkv.laced, 0x84, 255)),
    refused("pictures of sizes that go back", partial(mkv.laced, 0x86, 255)),
    decoded(
        "Matroska of 65535 x 65535 by the header", lambda: mkv.film_of(tracks=mkv.track(side=65535))
    ),
    decoded(
        "Matroska of 2^62 x 2^62 by the header", lambda: mkv.film_of(tracks=mkv.track(side=LONG))
    ),
    decoded("Matroska of 0 x 0 by the header", lambda: mkv.film_of(tracks=mkv.track(side=0))),
    decoded("no frames a second", lambda: mkv.film_of(tracks=mkv.track(mkv.number(0x23E383, 0)))),
    decoded("10^9 frames a second", lambda: mkv.film_of(tracks=mkv.track(mkv.number(0x23E383, 1)))),
    decoded("a tick of no time", partial(mkv.film_of, scale_ns=0)),
    refused("a tick of 2^62 ns", partial(mkv.film_of, scale_ns=LONG)),
    decoded("times that go back", lambda: mkv.at_times(800, 400, 200, 100, 0)),
    decoded("times that repeat", lambda: mkv.at_times(0, 0, 0, 0, 0)),
    Case("times of 2^62", lambda: mkv.at_times(0, 40, 80, LONG, LONG + 40), "too_long"),
    decoded("times beyond 2^63", lambda: mkv.at_times(0, 40, pow(2, 64) - 1, 120, 160)),
    Case("a frame ten hours later", lambda: mkv.at_times(0, 40, 36_000_000), "too_long"),
    refused(
        "a cluster of 2^56 bytes",
        lambda: mkv.film_of(body=mkv.cluster(length=b"\x01" + b"\xff" * 6 + b"\xfe")),
    ),
    refused(
        "a head of 2^56 bytes", lambda: mkv.name_of(mkv.HEAD) + b"\x01" + b"\xff" * 6 + b"\xfe"
    ),
    refused("a head and nothing else", mkv.head),
    refused(
        "pictures of zeros",
        lambda: mkv.film_of(body=mkv.cluster(*[mkv.block(b"\0" * 50, i) for i in range(5)])),
    ),
)
