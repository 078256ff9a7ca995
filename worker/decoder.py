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

from assessment.recording_faults import TooLargePicture, TooLong, Undecodable, Unusable
from worker import sandbox
from worker.channel import Kind, Sender
from worker.container import facts, is_still, open_recording, shown_width, video_stream
from worker.order import Order
from worker.sampling import sampled
from worker.skipping import Deviation, Skipped, plan
from worker.timestamps import MediaClock

LATE_IMPORTS: Final = ("av.subtitles.codeccontext", "av.subtitles.stream")
"""What PyAV imports while it opens a file, when no file can be read any more."""
DESCRIPTORS: Final = 16
BEAT_S: Final = 1.0


Picture = VideoFrame | Skipped


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture, its number and its media time; it may have been left out."""

    index: int
    at_ms: int
    picture: Picture


@dataclass(slots=True)
class Progress:
    """How many frames were decoded (a fault says so), and how far they were sent.

    `sparing` says that frames may be left out; it is given up for a recording that does not suit.
    """

    frames: int = 0
    sent_ms: int | None = None
    sparing: bool = True


def main(argument: str) -> None:
    """Decode descriptor 0 after the order in `argument`; never returns."""
    order = Order.parse(argument)
    sandbox.die_with(order.parent)
    sandbox.limit(
        memory_bytes=order.memory_bytes,
        cpu_seconds=order.cpu_seconds,
        descriptors=DESCRIPTORS,
        alone=order.threads == 1,
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
        try:
            with open_recording(order) as container:
                _send_frames(container, order, sender, progress)
        except Deviation:
            progress.frames, progress.sparing = 0, False
            os.lseek(sys.stdin.fileno(), 0, os.SEEK_SET)
            with open_recording(order) as container:
                _send_frames(container, order, sender, progress)
    except MemoryError as error:
        # FFmpeg says the same of a track too many.
        raise Undecodable("the recording takes more memory or tracks than the limit") from error
    except (FFmpegError, UnicodeError) as error:
        # The message may quote the recording; the type does not.
        raise Undecodable(f"the decoder reports {type(error).__name__}") from error


def _send_frames(
    container: InputContainer, order: Order, sender: Sender, progress: Progress
) -> None:
    stream = video_stream(container, order)
    clock = MediaClock()
    found = _of_known_size(_pictures(container, stream, order, progress), stream, order)
    pictures = _bounded(found, order, progress)
    placed = _placed(pictures, clock, order)
    first = next(placed, None)
    if first is None:
        raise Undecodable("the recording has no picture")
    if progress.sent_ms is None:
        sender.send(Kind.MEDIA, facts(container, stream, shown(first)))
    with_beats = _with_beats(chain([first], placed), sender)
    for frame in sampled(with_beats, order.sampling):
        if progress.sent_ms is None or frame.at_ms > progress.sent_ms:
            _send_frame(sender, frame, stream, order.max_pixels)
            progress.sent_ms = frame.at_ms
    counted = {
        "frames": progress.frames,
        "duration_ms": clock.end_ms(),
        "missing": clock.missing,
        "backward": clock.backward,
    }
    sender.send(Kind.END, counted)


def _pictures(
    container: InputContainer, stream: VideoStream, order: Order, progress: Progress
) -> Iterator[Picture]:
    """Yield every frame in the order of display, those left out that nobody needs."""
    if progress.sparing:
        planned = plan(container, stream, order.sampling, order.max_frames)
        if planned is not None:
            return planned.pictures(container, stream)
    decoded = container.decode(stream)
    return islice(decoded, 1) if is_still(container) else decoded


def _of_known_size(
    pictures: Iterable[Picture], stream: VideoStream, order: Order
) -> Iterator[Picture]:
    """Tell a picture too large for FFmpeg, the first or a later one, from what it cannot decode."""
    try:
        yield from pictures
    except ArgumentError as error:
        if stream.codec_context.width:
            raise
        # FFmpeg forgets a size that is beyond what it may decode, or can.
        raise TooLargePicture(f"the picture has more than {order.max_pixels} pixels") from error


def shown(frame: Decoded) -> VideoFrame:
    """Return the pixels of a frame that is looked at, or raise `Deviation`."""
    if isinstance(frame.picture, Skipped):
        raise Deviation
    return frame.picture


def _bounded(pictures: Iterable[Picture], order: Order, progress: Progress) -> Iterator[Picture]:
    """Count frames, and refuse those that no header announced."""
    for picture in pictures:
        if progress.frames >= order.max_frames:
            raise TooLong(f"the recording has more than {order.max_frames} frames")
        if _pixels(picture) > order.max_pixels:
            raise TooLargePicture(f"the picture has more than {order.max_pixels} pixels")
        progress.frames += 1
        yield picture


def _pixels(picture: Picture) -> int:
    return 0 if isinstance(picture, Skipped) else picture.width * picture.height


def _placed(pictures: Iterable[Picture], clock: MediaClock, order: Order) -> Iterator[Decoded]:
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
    picture = shown(frame)
    width = shown_width(stream, picture)
    if width * picture.height > max_pixels:
        raise TooLargePicture(f"the picture has more than {max_pixels} pixels")
    # By default FFmpeg starts a thread for every core anew with each picture.
    bgr = picture.reformat(width=width, format="bgr24", threads=1)
    plane = bgr.planes[0]
    described = {
        "index": frame.index,
        "at_ms": frame.at_ms,
        "width": bgr.width,
        "height": bgr.height,
        "row_bytes": plane.line_size,
        "damaged": picture.is_corrupt,
    }
    sender.send(Kind.FRAME, described, memoryview(cast("bytes", plane)))


if __name__ == "__main__":
    main(sys.argv[1])
