"""Recordings made with PyAV: any container, codec, timing, rotation, and the damaged ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import av.container
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]

TIME_BASE = Fraction(1, 1000)
LEVEL_STEP = 8
"""Grey levels between one counted picture and the next."""


@dataclass(frozen=True, slots=True)
class Make:
    """How a recording is made; `options` go to the encoder, `muxing` to the container."""

    container: str = "mp4"
    codec: str = "libx264"
    pixel_format: str = "yuv420p"
    step_ms: int = 40
    counter_clockwise: int = 0
    mirrored: bool = False
    pixel_aspect: Fraction | None = None
    options: dict[str, str] = field(default_factory=dict)
    muxing: dict[str, str] = field(default_factory=dict)


def counted(count: int, width: int = 320, height: int = 240) -> list[Picture]:
    """Return flat pictures (height, width, 3) RGB whose grey level tells their number."""
    return [
        np.full((height, width, 3), 20 + index * LEVEL_STEP % 208, np.uint8)
        for index in range(count)
    ]


def number_of(pixels: Picture) -> int:
    """Return the number that `counted` painted, modulo 26."""
    return round((float(pixels.mean()) - 20) / LEVEL_STEP)


def with_red_corner(width: int = 320, height: int = 240) -> Picture:
    """Return a grey picture with its upper left quarter red."""
    picture = np.full((height, width, 3), 90, np.uint8)
    picture[: height // 2, : width // 2] = (230, 20, 20)
    return picture


def record(
    path: Path,
    pictures: Iterable[Picture],
    make: Make | None = None,
    times_ms: Sequence[int] | None = None,
) -> Path:
    """Write the RGB pictures to `path`; `times_ms` places each one."""
    make = make or Make()
    with av.open(str(path), "w", format=make.container, options=make.muxing) as container:
        stream: av.VideoStream | None = None
        for index, picture in enumerate(pictures):
            stream = stream or _stream(container, make, picture)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = times_ms[index] if times_ms else index * make.step_ms
            frame.time_base = TIME_BASE
            container.mux(stream.encode(frame.reformat(format=make.pixel_format)))
        if stream is not None:
            container.mux(stream.encode())
    return path


def _stream(
    container: av.container.OutputContainer, make: Make, picture: Picture
) -> av.VideoStream:
    stream = container.add_stream(make.codec, rate=Fraction(1000, make.step_ms))
    assert isinstance(stream, av.VideoStream)
    stream.height, stream.width = picture.shape[:2]
    stream.pix_fmt = make.pixel_format
    stream.codec_context.time_base = TIME_BASE
    stream.time_base = TIME_BASE
    stream.codec_context.gop_size = 12
    stream.codec_context.options = make.options
    if make.pixel_aspect:
        stream.codec_context.sample_aspect_ratio = make.pixel_aspect
    if make.counter_clockwise or make.mirrored:
        stream.set_display_rotation(make.counter_clockwise, hflip=make.mirrored)
    return stream


def record_sound(path: Path, seconds: int = 1) -> Path:
    """Write an MP4 that holds sound and no picture."""
    rate, samples = 16_000, 1024
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=rate)
        assert isinstance(stream, av.AudioStream)
        for index in range(seconds * rate // samples):
            silence = np.zeros((1, samples), np.float32)
            frame = av.AudioFrame.from_ndarray(silence, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = rate, index * samples
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def cut(path: Path, source: Path, share: float) -> Path:
    """Write the first `share` of the bytes of `source`."""
    content = source.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    return path


def record_huge(path: Path, side: int) -> Path:
    """Write a VP9 recording whose one frame says that it has sides so long, as the file does."""
    content = record(path, counted(1, 256, 256), Make("webm", "libvpx-vp9")).read_bytes()
    for name in (b"\xb0", b"\xba"):  # PixelWidth and PixelHeight
        small, large = (name + b"\x82" + one.to_bytes(2, "big") for one in (256, side))
        assert content.count(small) == 1
        content = content.replace(small, large)
    at = content.index(b"\x49\x83\x42") + 3  # behind the sync code: 4 bits, then both sides - 1
    said = int.from_bytes(content[at : at + 5], "big")
    assert said >> 4 & 0xFFFFFFFF == 255 << 16 | 255
    lied = said & 0xF0_0000_000F | ((side - 1) << 16 | side - 1) << 4
    path.write_bytes(content[:at] + lied.to_bytes(5, "big") + content[at + 5 :])
    return path
