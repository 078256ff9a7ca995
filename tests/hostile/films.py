"""Small sound recordings as bytes, made once each, to be spoilt."""

import tempfile
from functools import cache
from pathlib import Path

from tests.media.recordings import Make, Picture, counted, record, record_sound

COUNT = 5
FAST_H264 = {"preset": "ultrafast"}
FAST_VP9 = {"deadline": "realtime", "cpu-used": "8"}
MAKES = {
    "mp4": Make(options=FAST_H264),
    "mov": Make("mov", options=FAST_H264),
    "fragments": Make(
        options=FAST_H264, muxing={"movflags": "frag_keyframe+empty_moov+default_base_moof"}
    ),
    "faststart": Make(options=FAST_H264, muxing={"movflags": "faststart"}),
    "matroska": Make("matroska", options=FAST_H264),
    "webm": Make("webm", "libvpx", options=FAST_VP9),
    "vp9": Make("webm", "libvpx-vp9", options=FAST_VP9),
    "avi": Make("avi", "mjpeg", "yuvj420p"),
    "mpeg4": Make("avi", "mpeg4"),
    "mpegts": Make("mpegts", options=FAST_H264),
}


def bytes_of(pictures: list[Picture], make: Make, times_ms: list[int] | None = None) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return record(Path(folder) / "film", pictures, make, times_ms).read_bytes()


@cache
def film(name: str) -> bytes:
    """Return five grey pictures of 64 x 64, in one of the kinds above."""
    return bytes_of(counted(COUNT, 64, 64), MAKES[name])


@cache
def sound() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return record_sound(Path(folder) / "sound").read_bytes()


def shaped(make: Make, width: int = 64, height: int = 64) -> bytes:
    """Return five pictures of another size or kind."""
    return bytes_of(counted(COUNT, width, height), make)
