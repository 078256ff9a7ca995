"""Whole films of unusual kinds: codecs, formats, sizes, sound alone, and sizes that change."""

import io
import tempfile
from fractions import Fraction
from pathlib import Path

import av
import av.container
import numpy as np
from av.stream import Disposition

from tests.hostile.films import FAST_H264, FAST_VP9, bytes_of, film, shaped, sound
from tests.hostile.pictures import photograph
from tests.media.recordings import Make, Picture, counted

X265 = {"preset": "ultrafast", "x265-params": "log-level=none"}
PACKET_BYTES = 188
PACKET_ID = slice(1, 3)


def changing(make: Make, *sides: int) -> bytes:
    """Return a film whose pictures get other sides; each is coded by an encoder of its own."""
    stream = io.BytesIO()
    with av.open(stream, "w", format=make.container) as container:
        track: av.VideoStream | None = None
        for index, side in enumerate(sides):
            for packet in _coded(make, counted(2, side, side)):
                track = track or _track(container, make, side)
                packet.stream, packet.time_base = track, Fraction(1, 25)
                packet.pts = packet.dts = 2 * index + (packet.pts or 0)
                container.mux(packet)
    return stream.getvalue()


def _track(container: av.container.OutputContainer, make: Make, side: int) -> av.VideoStream:
    track = container.add_stream(make.codec, rate=25)
    assert isinstance(track, av.VideoStream)
    track.width = track.height = side
    track.pix_fmt = make.pixel_format
    track.codec_context.options = make.options
    return track


def _coded(make: Make, pictures: list[Picture]) -> list[av.Packet]:
    coder = av.CodecContext.create(make.codec, "w")
    assert isinstance(coder, av.VideoCodecContext)
    coder.height, coder.width = pictures[0].shape[:2]
    coder.pix_fmt, coder.time_base, coder.framerate = (
        make.pixel_format,
        Fraction(1, 25),
        Fraction(25),
    )
    coder.options, coder.gop_size = make.options, 1
    packets: list[av.Packet] = []
    for index, picture in enumerate(pictures):
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(
            format=make.pixel_format
        )
        frame.pts = index
        packets += coder.encode(frame)
    packets += coder.encode(None)
    for index, packet in enumerate(packets):
        packet.pts = packet.dts = index
    return packets


def joined(*sides: int) -> bytes:
    """Put MPEG-TS films of several sizes one after another, as `cat` would."""
    make = Make("mpegts", options=FAST_H264)
    return b"".join(bytes_of(counted(5, side, side), make) for side in sides)


def many_programmes(count: int) -> bytes:
    """Give an MPEG-TS so many tracks."""
    stream = io.BytesIO()
    with av.open(stream, "w", format="mpegts") as container:
        tracks = [_track(container, Make("mpegts", options=FAST_H264), 64) for _ in range(count)]
        frame = av.VideoFrame.from_ndarray(counted(1, 64, 64)[0], format="rgb24")
        for track in tracks:
            container.mux(track.encode(frame.reformat(format="yuv420p")))
            container.mux(track.encode())
    return stream.getvalue()


def cover_art() -> bytes:
    """Return sound with a photograph on its cover."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film"
        with (
            av.open(str(path), "w", format="mp4") as container,
            av.open(io.BytesIO(sound()), "r") as source,
        ):
            track = container.add_stream_from_template(source.streams.audio[0])
            cover = container.add_stream("mjpeg", rate=1)
            assert isinstance(cover, av.VideoStream)
            cover.width = cover.height = 64
            cover.pix_fmt = "yuvj420p"
            cover.disposition = Disposition.attached_pic
            packet = av.Packet(photograph())
            packet.stream, packet.pts, packet.dts = cover, 0, 0
            container.mux(packet)
            for one in source.demux(audio=0):
                if one.size:
                    one.stream = track
                    container.mux(one)
        return path.read_bytes()


def interlaced() -> bytes:
    return shaped(Make(options={"x264-params": "interlaced=1:tff=1"}))


def with_alpha() -> bytes:
    return shaped(Make("webm", "libvpx-vp9", "yuva420p", options=FAST_VP9))


def noise(seed: int, kind: str) -> bytes:
    """Put noise in the place of all but the first kilobyte of a film."""
    content = film(kind)
    chance = np.random.default_rng(seed)
    return content[:1024] + chance.bytes(len(content) - 1024)
