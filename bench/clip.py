"""The clip that is assessed: 1280x720 at 30 frames a second in H.264, made from a recording.

    a real face, 640x360 ─▶ forwards and backwards ─▶ 1280x720 with grain ─▶ x264, 2.5 Mbit/s
                         ─▶ the same ten seconds over and over, without encoding them again

Enlarging alone leaves a picture that is easier to decode than any camera's, so grain is added.
"""

import hashlib
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Final, cast

import av
import numpy as np
from av.video.frame import VideoFrame

from bench.places import CACHE, PROJECT

SOURCE: Final = PROJECT / "weights" / "media" / "WolfgangLanger_Pexels.mp4"
WIDTH, HEIGHT, RATE = 1280, 720, 30
BITS_PER_SECOND: Final = 2_500_000
GRAIN: Final = 2.0
"""Standard deviation of the grain, in grey levels."""
GRAINS: Final = 16
LOOP_SECONDS: Final = 10
OPTIONS: Final = {
    "film": {"preset": "medium"},
    "camera": {"preset": "veryfast", "tune": "zerolatency", "profile": "baseline"},
}


def clip(seconds: int, *, camera: bool = False) -> Path:
    """Return the clip of that length, a multiple of ten seconds, made when not in the cache.

    `camera` makes it as browsers and telephones record: every frame is one that others rest on.
    """
    kind = "camera" if camera else "film"
    path = CACHE / f"{kind}-{seconds}s-{_recipe()}.mp4"
    if not path.exists():
        _whole(path, lambda partial: _repeat(_loop(kind), partial, seconds // LOOP_SECONDS))
    return path


def _recipe() -> str:
    recipe = (WIDTH, HEIGHT, RATE, BITS_PER_SECOND, GRAIN, GRAINS, LOOP_SECONDS, OPTIONS)
    return hashlib.sha256(f"{SOURCE.name} {recipe}".encode()).hexdigest()[:8]


def _whole(path: Path, write: Callable[[Path], None]) -> None:
    """Have a file appear complete or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part.mp4")
    write(partial)
    partial.replace(path)


def _loop(kind: str) -> Path:
    """Return ten seconds that end where they begin."""
    path = CACHE / f"{kind}-loop-{_recipe()}.mp4"
    if not path.exists():
        _whole(path, lambda partial: _encode(partial, OPTIONS[kind]))
    return path


def _pictures() -> Iterator[VideoFrame]:
    """Yield the recording's first frames forwards and backwards, enlarged, with grain."""
    half = LOOP_SECONDS * RATE // 2
    with av.open(str(SOURCE)) as container:
        frames = [
            frame.reformat(WIDTH, HEIGHT, "yuv420p").to_ndarray()
            for frame in islice(container.decode(video=0), half)
        ]
    chance = np.random.default_rng(1)
    grains = [chance.normal(0.0, GRAIN, (HEIGHT, WIDTH)).astype(np.float32) for _ in range(GRAINS)]
    for number, planes in enumerate([*frames, *frames[::-1]]):
        noisy = planes.copy()  # (height * 3 / 2, width) uint8: light, then colours
        light = noisy[:HEIGHT] + grains[(number * 7) % GRAINS]
        noisy[:HEIGHT] = np.clip(light, 0, 255).astype(np.uint8)
        yield VideoFrame.from_ndarray(noisy, format="yuv420p")


def _encode(path: Path, options: dict[str, str]) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.bit_rate = BITS_PER_SECOND
        # One thread, so that the clip is the same on every machine.
        stream.options = {**options, "threads": "1"}
        for number, picture in enumerate(_pictures()):
            picture.pts, picture.time_base = number, Fraction(1, RATE)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))


def _repeat(loop: Path, path: Path, times: int) -> None:
    """Write the loop's packets so many times over, one after another, as they are."""
    with av.open(str(loop)) as source, av.open(str(path), "w") as target:
        track = source.streams.video[0]
        copied = target.add_stream_from_template(track)
        base = cast("Fraction", track.time_base)
        for turn in range(times):
            source.seek(0)
            shift = round(turn * LOOP_SECONDS / base)
            for packet in source.demux(track):
                if packet.dts is None or packet.pts is None:
                    continue  # The end of the file.
                packet.dts, packet.pts = packet.dts + shift, packet.pts + shift
                packet.stream = copied
                target.mux(packet)
