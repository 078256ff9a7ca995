"""The decoder process: reads one recording from descriptor 0, writes messages to descriptor 1.

    python -P -s -m worker.decoder '{"parent": …, "sampling": …, "max_pixels": …}'

It is started by `worker.video` for one recording and dies with it. Nothing but what is
sampled leaves it. `av.logging.set_level` is never called: with frame threads its callback
deadlocks. It leaves through `os._exit`, since threads of a broken decoder may never join.
"""

import importlib
import os
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final, cast

from av.container import InputContainer
from av.error import ArgumentError, FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from assessment.faults import TooLargePicture, TooLong, Undecodable, Unusable
from worker import sandbox
from worker.channel import Kind, Sender
from worker.container import facts, is_still, open_recording, shown_width, video_stream
from worker.order import Order
from worker.sampling import sampled
from worker.timestamps import MediaClock

LATE_IMPORTS: Final = ("av.subtitles.codeccontext", "av.subtitles.stream")
"""What PyAV imports while it opens a file, when no file can be read any more."""
DESCRIPTORS: Final = 16
BEAT_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded picture, its number and its media time."""

    index: int
    at_ms: int
    picture: VideoFrame


@dataclass(slots=True)
class Progress:
    """How many frames were decoded; a fault says so."""

    frames: int = 0


def main(argument: str) -> None:
    """Decode descriptor 0 after the order in `argument`; never returns."""
    order = Order.parse(argument)
    sandbox.die_with(order.parent)
    sandbox.limit(
        memory_bytes=order.memory_bytes, cpu_seconds=order.cpu_seconds, descriptors=DESCRIPTORS
    )
    for name in LATE_IMPORTS:
        importlib.import_module(name)
    sender = Sender(sys.stdout.fileno())
    sender.send(Kind.HELLO, {"not_locked": sandbox.lock()})
    progress = Progress()
    try:
        _decode(order, sender, progress)
    except Unusable as fault:
        detail = f"{fault}, after {progress.frames} frames"
        sender.send(Kind.FAULT, {"code": fault.code, "detail": detail})
    except BrokenPipeError:
        pass  # The worker has stopped listening.
    os._exit(0)


def _decode(order: Order, sender: Sender, progress: Progress) -> None:
    try:
        with open_recording(order) as container:
            _send_frames(container, order, sender, progress)
    except MemoryError as error:
        raise Undecodable("the recording takes more memory than the limit") from error
    except (FFmpegError, UnicodeError) as error:
        # The message may quote the recording; the type does not.
        raise Undecodable(f"the decoder reports {type(error).__name__}") from error


def _send_frames(
    container: InputContainer, order: Order, sender: Sender, progress: Progress
) -> None:
    stream = video_stream(container, order)
    clock = MediaClock()
    decoded = container.decode(stream)
    shown = islice(decoded, 1) if is_still(container) else decoded
    pictures = _bounded(shown, order, progress)
    placed = _placed(pictures, clock, order)
    try:
        first = next(placed, None)
    except ArgumentError as error:
        if stream.codec_context.width:
            raise
        # FFmpeg forgets a size that is beyond what it may decode, or can.
        raise TooLargePicture(f"the picture has more than {order.max_pixels} pixels") from error
    if first is None:
        raise Undecodable("the recording has no picture")
    sender.send(Kind.MEDIA, facts(container, stream, first.picture))
    with_beats = _with_beats(chain([first], placed), sender)
    for frame in sampled(with_beats, order.sampling):
        _send_frame(sender, frame, stream, order.max_pixels)
    counted = {
        "frames": progress.frames,
        "duration_ms": clock.end_ms(),
        "missing": clock.missing,
        "backward": clock.backward,
    }
    sender.send(Kind.END, counted)


def _bounded(
    pictures: Iterable[VideoFrame], order: Order, progress: Progress
) -> Iterator[VideoFrame]:
    """Count frames, and refuse those that no header announced."""
    for picture in pictures:
        if progress.frames >= order.max_frames:
            raise TooLong(f"the recording has more than {order.max_frames} frames")
        if picture.width * picture.height > order.max_pixels:
            raise TooLargePicture(f"the picture has more than {order.max_pixels} pixels")
        progress.frames += 1
        yield picture


def _placed(pictures: Iterable[VideoFrame], clock: MediaClock, order: Order) -> Iterator[Decoded]:
    for index, picture in enumerate(pictures):
        at_ms = clock.at_ms(picture.pts, picture.time_base)
        if at_ms > order.max_seconds * 1000:
            raise TooLong(f"the recording is longer than {order.max_seconds} s")
        yield Decoded(index, at_ms, picture)


def _with_beats(frames: Iterable[Decoded], sender: Sender) -> Iterator[Decoded]:
    """Say now and then how far decoding has come, however rare the sampled frames are."""
    last = time.monotonic()
    for frame in frames:
        if time.monotonic() - last > BEAT_S:
            sender.send(Kind.BEAT, {"at_ms": frame.at_ms})
            last = time.monotonic()
        yield frame


def _send_frame(sender: Sender, frame: Decoded, stream: VideoStream, max_pixels: int) -> None:
    width = shown_width(stream, frame.picture)
    if width * frame.picture.height > max_pixels:
        raise TooLargePicture(f"the picture has more than {max_pixels} pixels")
    # By default FFmpeg starts a thread for every core anew with each picture.
    bgr = frame.picture.reformat(width=width, format="bgr24", threads=1)
    plane = bgr.planes[0]
    described = {
        "index": frame.index,
        "at_ms": frame.at_ms,
        "width": bgr.width,
        "height": bgr.height,
        "row_bytes": plane.line_size,
        "damaged": frame.picture.is_corrupt,
    }
    sender.send(Kind.FRAME, described, memoryview(cast("bytes", plane)))


if __name__ == "__main__":
    main(sys.argv[1])
