"""Which frames of a recording nobody needs decoded: neither sampled, nor needed by one that is.

    packets ─▶ their times, in order of display ─▶ due ones ─▶ decode: all but what nothing rests on

H.264 marks frames that no other frame refers to. Such a frame is left out when it is not sampled;
all others are decoded as ever, so that every sampled frame has the same pixels, number and time.
The times are read in a first pass over the packets, and the second pass must keep to them:
a recording that does not is decoded in full.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, pairwise
from typing import Final

from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from assessment.request import EVERY_FRAME, Sampling
from worker.sampling import Pace
from worker.timestamps import MediaClock

CONTAINERS: Final = ("mov", "matroska")
"""Demuxers that give every packet its own time; others leave that to guesses."""
CODEC: Final = "h264"


class Deviation(Exception):
    """The decoder gave other frames than the packets announced; all have to be decoded."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A frame that was not decoded: its time, as a decoded one would have had it."""

    pts: int
    time_base: Fraction


@dataclass(frozen=True, slots=True)
class Plan:
    """The times of all frames in the order of display, and those of the sampled ones."""

    times: tuple[int, ...]
    time_base: Fraction
    due: frozenset[int]

    def pictures(
        self, container: InputContainer, stream: VideoStream
    ) -> Generator[VideoFrame | Skipped]:
        """Yield every frame in the order of display; raises `Deviation`."""
        expected = iter(self.times)
        for picture in self._decoded(container, stream):
            yield from self._before(picture.pts, expected)
            yield picture
        yield from self._before(None, expected)

    def _before(self, pts: int | None, expected: Iterator[int]) -> Iterator[Skipped]:
        """Yield the frames that were left out before this one, all that remain for None."""
        for time in expected:
            if time == pts:
                return
            if time in self.due:
                raise Deviation
            yield Skipped(time, self.time_base)
        if pts is not None:
            raise Deviation

    def _decoded(self, container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
        context = stream.codec_context
        for packet in container.demux(stream):
            needed = packet.pts is None or packet.pts in self.due
            context.skip_frame = "DEFAULT" if needed else "NONREF"
            yield from packet.decode()


def plan(
    container: InputContainer, stream: VideoStream, sampling: Sampling, max_frames: int
) -> Plan | None:
    """Read the packets' times and go back to the first of them; nothing is decoded.

    None where all frames are to be decoded, nothing having been read. Raises `Deviation` for a
    recording whose packets do not tell every frame's time, or that has more than so many; it has
    to be opened anew.
    """
    base = stream.time_base
    if sampling == EVERY_FRAME or base is None or not _is_candidate(container, stream):
        return None
    times = sorted(islice(_times(container, stream), max_frames + 1))
    if not times or len(times) > max_frames or any(one == other for one, other in pairwise(times)):
        raise Deviation
    try:
        container.seek(times[0], stream=stream)
    except FFmpegError as error:  # It has no frame to begin with.
        raise Deviation from error
    return Plan(tuple(times), base, _due(times, base, sampling))


def _times(container: InputContainer, stream: VideoStream) -> Iterator[int]:
    for packet in container.demux(stream):
        if packet.size == 0:
            continue  # It only says that the recording ends.
        if packet.pts is None or packet.is_corrupt or packet.is_discard:
            raise Deviation
        yield packet.pts


def _is_candidate(container: InputContainer, stream: VideoStream) -> bool:
    name = container.format.name.split(",")[0]
    return name in CONTAINERS and stream.codec_context.name == CODEC


def _due(times: Sequence[int], base: Fraction, sampling: Sampling) -> frozenset[int]:
    """Return the times of the frames that will be sampled, told just as the decoder tells them."""
    clock, pace = MediaClock(), Pace(sampling)
    return frozenset(
        pts for index, pts in enumerate(times) if pace.due(index, clock.at_ms(pts, base))
    )
