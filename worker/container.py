"""An untrusted container: checked before it is opened and again before it is decoded.

first bytes ─▶ demuxer ─▶ boxes within limits? ─▶ open ─▶ track, codec, size, index ─▶ decode
"""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any, Final, cast

import av
from av.container import InputContainer
from av.sidedata.sidedata import Type as SideDataType
from av.stream import Disposition
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from assessment.recording_faults import NoVideoStream, TooLargePicture, TooLong, Undecodable
from worker.announced_size import announced_pixels
from worker.boxes import MAX_TRACKS, Boxes
from worker.demuxer import HEAD_BYTES, demuxer_of
from worker.order import Order
from worker.orientation import Orientation

STILLS: Final = {"jpeg_pipe": "jpeg", "png_pipe": "png"}
"""Pictures: FFmpeg's names of their demuxers, and ours."""
DECODERS: Final = frozenset(
    {"h264", "hevc", "vp8", "vp9", "libvpx", "libvpx-vp9", "libdav1d", "mpeg4", "mjpeg"}
)
DECODERS_OF_STILLS: Final = {"jpeg_pipe": frozenset({"mjpeg"}), "png_pipe": frozenset({"png"})}
PROBE_BYTES: Final = 5_000_000
PROBE_FACTOR: Final = 16
WIDEST_PIXEL: Final = 4
"""Pixels more oblong than this are taken for a damaged header and shown square."""


def open_recording(order: Order) -> InputContainer:
    """Open the recording by its descriptor: there is no name that could choose a demuxer.

    Raises `Undecodable`, and for an MP4 or MOV whatever `Boxes` does.
    """
    descriptor = sys.stdin.fileno()
    demuxer = demuxer_of(os.pread(descriptor, HEAD_BYTES, 0))
    if demuxer is None:
        raise Undecodable("the recording is not of a kind that is accepted")
    if demuxer == "mov":
        Boxes(descriptor, order).check()
    if demuxer in STILLS and announced_pixels(descriptor, demuxer) > order.max_pixels:
        raise _too_large(order)
    options = {
        "fd": str(descriptor),
        "protocol_whitelist": "fd",
        "format_whitelist": demuxer,
        # Holds for what FFmpeg decodes while it opens, and only there: see `video_stream`.
        "codec_whitelist": ",".join(sorted(decoders_of(demuxer))),
        "max_streams": str(MAX_TRACKS),
        # FFmpeg decodes while it looks for the size; a picture too large for us must get that far
        # to be told its reason. The memory limit holds all the same.
        "max_pixels": str(PROBE_FACTOR * order.max_pixels),
        "probesize": str(PROBE_BYTES),
    }
    # FFmpeg itself tells a PNG from an animated one, by a demuxer that is not allowed.
    pinned = None if demuxer in STILLS else demuxer
    return av.open("fd:", format=pinned, options=options, metadata_errors="ignore")


def _too_large(order: Order) -> TooLargePicture:
    return TooLargePicture(f"the picture has more than {order.max_pixels} pixels")


def decoders_of(demuxer: str) -> frozenset[str]:
    """Return the decoders that may read what this demuxer finds."""
    return DECODERS_OF_STILLS.get(demuxer, DECODERS)


def video_stream(container: InputContainer, order: Order) -> VideoStream:
    """Return the video track, ready to decode.

    Raises `NoVideoStream`, `Undecodable` for a codec that is not accepted or a file that was
    cut off, `TooLargePicture` or `TooLong`.
    """
    if not len(container.streams):
        raise Undecodable("the recording has no track")
    stream = container.streams.best("video")
    if not isinstance(stream, VideoStream) or stream.disposition & Disposition.attached_pic:
        raise NoVideoStream("the recording has no video track")
    # PyAV has no context for a codec that FFmpeg does not know, whatever its types say.
    context = cast("VideoCodecContext | None", stream.codec_context)
    if context is None or context.codec.name not in decoders_of(container.format.name):
        raise Undecodable("the codec is not one of those that are accepted")
    if context.width * context.height > order.max_pixels:
        raise _too_large(order)
    _check_index(container, stream, order)
    context.options = {"max_pixels": str(order.max_pixels)}
    if is_still(container):
        # A picture that was cut off would be filled up with grey.
        context.options |= {"err_detect": "explode"}
    context.thread_count = order.threads
    stream.thread_type = "AUTO"
    return stream


def _check_index(container: InputContainer, stream: VideoStream, order: Order) -> None:
    """Refuse an MP4 that lists more than the limit, or samples that lie behind its end.

    FFmpeg takes a file that was cut off between two samples for one that ended well.
    """
    if not container.format.name.startswith("mov"):
        return
    size_bytes = os.fstat(sys.stdin.fileno()).st_size
    entries = stream.index_entries
    if len(entries) > order.max_frames:
        raise TooLong(f"the recording has more than {order.max_frames} frames")
    if any(entry.pos + entry.size > size_bytes for entry in entries):
        raise Undecodable("the recording is cut off")


def facts(container: InputContainer, stream: VideoStream, picture: VideoFrame) -> dict[str, object]:
    """Return what is told of a recording once its first frame is decoded."""
    orientation = _orientation_of(picture)
    width, height = orientation.size(shown_width(stream, picture), picture.height)
    return {
        "width": width,
        "height": height,
        "codec": stream.codec_context.codec.canonical_name,
        "container": _container_name(container),
        # The header's word, good for a progress bar and nothing else.
        "announced_ms": max(0, (container.duration or 0) // 1000),
        "orientation": asdict(orientation),
    }


def is_still(container: InputContainer) -> bool:
    """Return whether it is a picture; what may follow it, such as a preview, is not shown."""
    return container.format.name in STILLS


def _container_name(container: InputContainer) -> str:
    name = container.format.name.split(",")[0]
    if name in STILLS:
        return STILLS[name]
    if name == "mov" and container.metadata.get("major_brand") != "qt  ":
        return "mp4"  # One demuxer reads both.
    return name


def shown_width(stream: VideoStream, picture: VideoFrame) -> int:
    """Return the width in square pixels."""
    aspect = stream.codec_context.sample_aspect_ratio or stream.sample_aspect_ratio
    if not aspect or not 1 / WIDEST_PIXEL <= aspect <= WIDEST_PIXEL:
        return picture.width
    return max(1, round(picture.width * aspect))


def _orientation_of(picture: VideoFrame) -> Orientation:
    """Return how stored pictures are turned when they are shown, told by the first of them.

    Asked once a recording: PyAV ties a picture and its side data into a cycle, and pictures
    would pile up until Python looks for cycles.
    """
    with _unknown_side_data():
        matrix = picture.side_data.get("DISPLAYMATRIX")
    return Orientation.of(bytes(matrix) if matrix is not None else None)


@contextmanager
def _unknown_side_data() -> Generator[None]:
    """Let PyAV read side data beside a kind that it has no name for, such as a photograph's EXIF.

    It reads all of it or, at the first unknown kind, raises `ValueError`. Inside, an unknown kind
    goes by the name of one that nothing here asks for.
    """

    def unnamed(_: int) -> SideDataType:
        """Name every kind without a name alike."""
        return SideDataType.PANSCAN

    names: Any = SideDataType  # `Enum` asks its own `_missing_` for a value without a name
    names._missing_ = unnamed
    try:
        yield
    finally:
        del names._missing_
