"""The recordings of rows 53-77, made anew each time and as small as they can be."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from tests.media.portraits import astronaut
from tests.media.recordings import Make, Picture, counted, cut, record, record_sound

STEP_MS = 200
FRAMES = 12
FAST = {"preset": "ultrafast"}
SIZE_OF_ASTRONAUT = slice(20, 276), slice(96, 352)
"""256 x 256 pixels around the face, which is 90 wide."""
HOURS_MS = 3_600_000
FROZEN_MS = 6000
"""Long enough for its movement to be told."""


def portrait() -> Picture:
    return astronaut()[SIZE_OF_ASTRONAUT]


def alive(picture: Picture, count: int = FRAMES) -> Iterator[Picture]:
    """Yield the picture with the little movement that there is in anybody."""
    for index in range(count):
        yield np.roll(picture, (index % 3, 2 * (index % 4)), (0, 1))


def film(path: Path, picture: Picture, make: Make | None = None) -> Path:
    make = make or Make(step_ms=STEP_MS, options=FAST)
    times = [index * STEP_MS for index in range(FRAMES)]
    return record(path, alive(picture), make, times)


def on_a_wall(picture: Picture, factor: float) -> Picture:
    """Show the picture smaller, on a grey wall of 256 x 256."""
    small = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    wall = np.full((256, 256, 3), 128, np.uint8)
    wall[20 : 20 + small.shape[0], 20 : 20 + small.shape[1]] = small
    return wall


def sound(path: Path) -> Path:
    return record_sound(path)


def subtitles(path: Path) -> Path:
    """Write the smallest Matroska file with one track, of texts."""
    track = _element(
        0xAE, b"\xd7\x81\x01\x73\xc5\x81\x01\x83\x81\x11" + _element(0x86, b"S_TEXT/UTF8")
    )
    block = _element(0xA3, b"\x81\x00\x00\x80Good morning")
    cluster = _element(0x1F43B675, b"\xe7\x81\x00" + block)
    head = _element(0x1A45DFA3, _element(0x4282, b"matroska"))
    path.write_bytes(head + _element(0x18538067, _element(0x1654AE6B, track) + cluster))
    return path


def _element(name: int, content: bytes) -> bytes:
    """Return an EBML element: its id, its length in four bytes, its content."""
    length = (0x10000000 | len(content)).to_bytes(4, "big")
    return name.to_bytes((name.bit_length() + 7) // 8, "big") + length + content


def truncated(path: Path, share: float, *, index_first: bool = False) -> Path:
    muxing = {"movflags": "faststart"} if index_first else {}
    whole = record(path.with_suffix(".whole"), counted(25, 64, 64), Make(muxing=muxing))
    return cut(path, whole, share)


def endless(path: Path) -> Path:
    """Write a still that is shown for eight hours, once every 100 s."""
    times = range(0, 8 * HOURS_MS, 100_000)
    pictures = (np.full((64, 64, 3), 90, np.uint8) for _ in times)
    return record(path, pictures, Make(options=FAST), list(times))


def flat(path: Path, level: int) -> Path:
    picture = np.full((128, 128, 3), level, np.uint8)
    return record(path, [picture] * FRAMES, Make(step_ms=STEP_MS, options=FAST), _times(FRAMES))


def frozen(path: Path) -> Path:
    count = FROZEN_MS // STEP_MS
    return record(path, [portrait()] * count, Make(step_ms=STEP_MS, options=FAST), _times(count))


def _times(count: int) -> list[int]:
    return [index * STEP_MS for index in range(count)]


def turned(path: Path, *, tagged: bool) -> Path:
    """Show a person upside down; with the tag a player turns it back."""
    make = Make(step_ms=STEP_MS, options=FAST, counter_clockwise=180 if tagged else 0)
    return film(path, np.ascontiguousarray(portrait()[::-1, ::-1]), make)


def company(path: Path) -> Path:
    return film(path, np.concatenate([portrait(), portrait()], axis=1))


def poster(path: Path) -> Path:
    """Show a person who moves, and beside them a smaller portrait that does not."""
    wall = on_a_wall(portrait(), 0.6)

    def pictures() -> Iterator[Picture]:
        for moved in alive(portrait()):
            yield np.concatenate([moved, wall], axis=1)

    return record(path, pictures(), Make(options=FAST), _times(FRAMES))


def timed(path: Path, times_ms: Sequence[int], make: Make | None = None) -> Path:
    """Write small grey pictures at these times."""
    return record(path, counted(len(times_ms), 64, 64), make or Make("matroska"), times_ms)


def shaped(path: Path, make: Make, width: int = 256, height: int = 256) -> Path:
    """Show a person in pictures of another size or kind."""
    wall = np.full((height, width, 3), 128, np.uint8)
    wall[:256, :256] = portrait()
    return film(path, wall, make)
