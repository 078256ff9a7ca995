"""Every film of an unusual kind, and how it ends."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from tests.hostile import avi, kinds
from tests.hostile.case import LIMITS, Case
from tests.hostile.films import FAST_H264, FAST_VP9, film, shaped, sound
from tests.hostile.mp4 import decoded, refused
from tests.hostile.scripts import SCRIPTS
from tests.media.recordings import Make

VP9 = Make("webm", "libvpx-vp9", options=FAST_VP9)
VP8 = Make("webm", "libvpx", options=FAST_VP9)
MJPEG = Make("avi", "mjpeg", "yuvj420p")
NOISY = ("matroska", "mpeg4", "mpegts")
MOST = pow(2, 32) - 1


def good(name: str, make: Make, width: int = 64, height: int = 64) -> Case:
    return decoded(name, partial(shaped, make, width, height))


def barred(container: str, codec: str, pixel_format: str) -> Case:
    make = Make(container, codec, pixel_format)
    return refused(f"{codec} in {container}", partial(shaped, make), "not one of those")


def hevc(pixel_format: str) -> Make:
    return Make("mp4", "libx265", pixel_format, options=kinds.X265)


def grown(name: str, make: Callable[[], bytes]) -> Case:
    return Case(name, make, "too_large_picture", limits=replace(LIMITS, max_pixels=100_000))


BARRED = (
    barred("mov", "prores_ks", "yuv422p10le"),
    barred("mov", "png", "rgb24"),
    barred("avi", "magicyuv", "gbrp"),
    barred("mov", "cinepak", "rgb24"),
    barred("mov", "qtrle", "rgb24"),
    barred("avi", "rawvideo", "yuv420p"),
    barred("matroska", "ffv1", "yuv420p"),
    barred("avi", "flv", "yuv420p"),
    refused("a film as OGG", partial(shaped, Make("ogg", "libvpx")), "not of a kind"),
    refused("a film as FLV", partial(shaped, Make("flv", options=FAST_H264)), "not of a kind"),
    refused(
        "a film as raw H.264", partial(shaped, Make("h264", options=FAST_H264)), "not of a kind"
    ),
    refused("a film as GIF", partial(shaped, Make("gif", "gif", "rgb8")), "not of a kind"),
)
FORMATS = (
    good("4:4:4", Make(pixel_format="yuv444p", options=FAST_H264)),
    good("4:2:2 of 10 bits", Make(pixel_format="yuv422p10le", options=FAST_H264)),
    good("grey", Make(pixel_format="gray", options=FAST_H264)),
    good("HEVC of 10 bits", hevc("yuv420p10le")),
    good("HEVC of 12 bits, 4:2:2", hevc("yuv422p12le")),
    good("HEVC of red, green and blue", hevc("gbrp")),
    good("VP9 of 4:4:0", Make("webm", "libvpx-vp9", "yuv440p", options=FAST_VP9)),
    good("VP9 of 4:4:4", Make("webm", "libvpx-vp9", "yuv444p", options=FAST_VP9)),
    decoded("VP9 with alpha", kinds.with_alpha),
    decoded("interlaced", kinds.interlaced),
    good("1 x 1", VP9, 1, 1),
    good("1 x 1 as VP8", VP8, 1, 1),
    good("641 x 479", VP9, 641, 479),
    good("16,000 x 2", MJPEG, 16_000, 2),
    good("2 x 4,000", VP8, 2, 4_000),
)
CHANGING = (
    decoded("a film that shrinks and grows", partial(kinds.changing, VP9, 64, 32, 64), 6),
    grown("VP9 that grows beyond the limit", partial(kinds.changing, VP9, 64, 400)),
    grown("VP8 that grows beyond the limit", partial(kinds.changing, VP8, 64, 400)),
    grown("MJPEG that grows beyond the limit", partial(kinds.changing, MJPEG, 64, 400)),
    grown("H.264 that grows beyond the limit", partial(kinds.joined, 64, 400)),
    decoded("two films joined", partial(kinds.joined, 64, 96), None),
)
SOUND = (
    Case("sound alone", sound, "no_video_stream"),
    Case("sound and a cover", kinds.cover_art, "no_video_stream"),
)
NUMBERS = (
    decoded("AVI of no frames a second", partial(avi.timed, 1, 0)),
    decoded("AVI of frames that last no time", partial(avi.timed, 0, 25)),
    decoded("AVI of 4 * 10^9 frames a second", partial(avi.timed, 1, MOST)),
    Case("AVI of one frame in 136 years", partial(avi.timed, MOST, 1), "too_long"),
    decoded("AVI of 2^32 - 1 frames", partial(avi.at, b"strh", 32, b"\xff" * 4)),
    decoded("AVI with an index of itself", avi.index_of_itself),
    refused("AVI with an index of 4 GB", partial(avi.sized, b"idx1", MOST)),
    decoded("AVI whose first picture has 4 GB", partial(avi.sized, b"00dc", MOST)),
    refused("AVI with a script for subtitles", lambda: avi.with_script(_concat())),
    refused("MPEG-TS of nothing", partial(avi.null_packets, 2000)),
    refused("a text of a letter and its packets", avi.letters),
    decoded("MPEG-TS that names itself", avi.programme_of_itself, None),
    decoded("MPEG-TS of 20 programmes", partial(kinds.many_programmes, 20), None),
    *(refused(f"noise in {one}", partial(kinds.noise, 7, one)) for one in NOISY),
    *(
        decoded(f"a sound film as {one}", partial(film, one))
        for one in ("mov", "fragments", "mpeg4")
    ),
)
CASES = (*BARRED, *FORMATS, *CHANGING, *SOUND, *NUMBERS)


def _concat() -> bytes:
    return SCRIPTS["a concat script beside a recording"].encode()
