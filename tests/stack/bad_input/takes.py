"""Rows 40-42, 46, 53-56 and 60-77: what only a worker can tell."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from tests.media.recordings import Make, record_huge
from tests.stack.bad_input import films
from tests.stack.bad_input.take import Take

Film = Callable[[Path], Path]
VARIED = (0, 33, 133, 180, 500, 533, 900, 1400)
AT_240 = tuple(round(index * 1000 / 240) for index in range(24))
VP9 = {"deadline": "realtime", "cpu-used": "8"}
EXPRESSION = {"analyses": ["expression"]}


def shifted(by_ms: int) -> list[int]:
    return [by_ms + at for at in VARIED]


def far_away(path: Path) -> Path:
    return films.film(path, films.on_a_wall(films.portrait(), 0.13))


def take(number: int, sent: str, make: Film, said: str, **request: Any) -> Take:
    asked = EXPRESSION | request
    return Take(number=number, sent=sent, make=make, said=said, request=asked)


def timed(number: int, sent: str, make: Film, times_ms: tuple[int, ...] = VARIED) -> Take:
    every_frame = take(number, sent, make, "no_face", sampling={"every_n_frames": 1})
    return replace(every_frame, times_ms=times_ms)


def fetched(number: int, sent: str, path: str, said: str, **request: Any) -> Take:
    return Take(number=number, sent=f"a source {sent}", fetched=path, said=said, request=request)


UNUSABLE = (
    take(53, "audio only", films.sound, "no_video_stream"),
    take(54, "subtitles only", films.subtitles, "no_video_stream"),
    take(55, "an MP4 without moov", partial(films.truncated, share=0.6), "no_video_stream"),
    take(
        56, "an MP4 that is cut off", partial(films.truncated, share=0.6, index_first=True),
        "undecodable",
    ),
    take(60, "20,000 x 20,000 pixels", partial(record_huge, side=20_000), "too_large_picture"),
    take(61, "8 h of a still", films.endless, "too_long"),
)  # fmt: skip
WITHHELD = (
    take(62, "one frame", partial(films.timed, times_ms=[0]), "no_face"),
    take(63, "no face", partial(films.flat, level=128), "no_face"),
    take(64, "a face of 12 pixels", far_away, "quality_too_low"),
    take(65, "two people all along", films.company, "multiple_people"),
    take(66, "a poster behind a person", films.poster, "multiple_people"),
    take(67, "black", partial(films.flat, level=0), "no_face"),
    take(68, "all white", partial(films.flat, level=255), "no_face"),
    take(70, "upside down", partial(films.turned, tagged=False), "no_face"),
)
MEASURED = (
    take(
        66, "a poster behind the largest", films.poster, "reported",
        subject={"select": "largest"},
    ),
    replace(take(69, "frozen", films.frozen, "reported"), still=1.0),
    take(70, "upside down, and tagged so", partial(films.turned, tagged=True), "reported"),
    timed(71, "a variable frame rate", partial(films.timed, times_ms=VARIED)),
    timed(72, "times from 10 h on", partial(films.timed, times_ms=shifted(10 * films.HOURS_MS))),
    timed(
        73, "a negative first time",
        partial(
            films.timed,
            times_ms=shifted(-1000),
            make=Make("mpegts", muxing={"avoid_negative_ts": "disabled"}),
        ),
    ),
    timed(74, "240 frames a second", partial(films.timed, times_ms=AT_240), AT_240),
    take(
        75, "641 x 479 pixels", partial(
            films.shaped, make=Make("webm", "libvpx-vp9", options=VP9), width=641, height=479
        ), "reported",
    ),
    take(
        76, "10-bit HEVC", partial(
            films.shaped,
            make=Make(
                codec="libx265", pixel_format="yuv420p10le",
                options={"preset": "ultrafast", "x265-params": "log-level=none"},
            ),
        ), "reported",
    ),
    take(
        77, "VP9 with alpha", partial(
            films.shaped, make=Make("webm", "libvpx-vp9", "yuva420p", options=VP9)
        ), "reported",
    ),
)  # fmt: skip
FETCHED = (
    fetched(40, "redirecting to where nobody may go", "/inside", "source_not_fetched"),
    fetched(40, "redirecting to itself", "/round", "source_not_fetched"),
    fetched(41, "answering 404", "/none", "source_not_fetched"),
    fetched(42, "larger than the limit", "/large", "too_large"),
    fetched(46, "with another digest", "/visit.mp4", "digest_mismatch", sha256="0" * 64),
)
TAKES = (*FETCHED, *UNUSABLE, *WITHHELD, *MEASURED)
