"""An MP4 or MOV as nested boxes: held to its limits before FFmpeg believes what it says.

    moov ─┬─ trak ── mdia ─┬─ hdlr                     is it a picture?
          │                └─ minf ─┬─ dinf ── dref    does it lie in another file?
          │                         └─ stbl ─ stsd, stsz, stts, …    how large, how many?
          └─ trak …
    moof ── traf ── tfhd, trun                         and how many more?

FFmpeg allots memory by these numbers, so a file of a few kilobytes could ask for gigabytes. Only
limits are judged; whether the file is sound is for FFmpeg to say. ISO/IEC 14496-12.
"""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct
from typing import Final

from assessment.recording_faults import TooLargePicture, TooLong, Undecodable
from worker.box_tables import READERS, Track
from worker.order import Order

HEAD: Final = Struct(">I4s")
LARGE: Final = Struct(">Q")
NESTS: Final = frozenset(
    {b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl", b"mvex", b"moof", b"traf"}
)
MAX_TRACKS: Final = 16
MAX_DEPTH: Final = 10
MAX_BOXES: Final = 10_000
BOXES_PER_FRAGMENT: Final = 32
PACKETS_PER_S: Final = 400
"""No sound is cut into shorter pieces than 2.5 ms."""
READ_BYTES: Final = 256
"""What is read of a box that does not nest; every number asked for stands within."""


@dataclass(frozen=True, slots=True)
class Box:
    """One box; its payload lies from `start` to `end` of the file."""

    name: bytes
    start: int
    end: int


class Boxes:
    """The boxes of one open file."""

    def __init__(self, descriptor: int, order: Order) -> None:
        self._descriptor = descriptor
        self._order = order
        self._tracks: list[Track] = []
        self._current = Track()
        self._in_fragments: Counter[int] = Counter()
        self._left = MAX_BOXES

    def check(self) -> None:
        """Raise `TooLong`, `TooLargePicture` or `Undecodable` for what is beyond a limit."""
        self._walk(0, os.fstat(self._descriptor).st_size, 0)
        for track in self._tracks:
            self._judge(track)

    def _walk(self, start: int, end: int, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise Undecodable("the header of the recording is nested too deeply")
        for box in self._boxes(start, end):
            self._enter(box)
            if box.name in NESTS:
                self._walk(box.start, box.end, depth + 1)
            elif box.name in READERS:
                self._read(box)
            if box.name == b"traf":
                self._in_fragments[self._current.number] += self._current.samples

    def _boxes(self, start: int, end: int) -> Iterator[Box]:
        """Yield the boxes in a row, as far as they make sense; so does FFmpeg."""
        while start + HEAD.size <= end:
            content = os.pread(self._descriptor, HEAD.size + LARGE.size, start)
            size, name = HEAD.unpack_from(content)
            payload = start + HEAD.size
            if size == 1:
                (size,) = LARGE.unpack(content[HEAD.size :].ljust(LARGE.size, b"\0"))
                payload += LARGE.size
            following = start + size if size else end
            if following < payload:
                return
            yield Box(name, payload, min(following, end))
            start = following

    def _enter(self, box: Box) -> None:
        """Count the box; begin a track, or what a fragment adds to one."""
        self._left -= 1
        if self._left < 0:
            raise Undecodable("the header of the recording has too many parts")
        if box.name == b"cmov":
            raise Undecodable("the header of the recording is compressed")
        if box.name == b"moof":
            self._left += BOXES_PER_FRAGMENT
        if box.name in (b"trak", b"traf"):
            self._current = Track()
        if box.name == b"trak":
            self._tracks.append(self._current)
        if len(self._tracks) > MAX_TRACKS:
            raise Undecodable(f"the recording has more than {MAX_TRACKS} tracks")

    def _read(self, box: Box) -> None:
        size = box.end - box.start
        content = os.pread(self._descriptor, min(size, READ_BYTES), box.start)
        READERS[box.name](self._current, content.ljust(READ_BYTES, b"\0"), size)

    def _judge(self, track: Track) -> None:
        """Hold one track to the limits."""
        samples = track.samples + self._in_fragments[track.number]
        if not track.is_video:
            if samples > PACKETS_PER_S * self._order.max_seconds and not track.in_chunks:
                raise TooLong(f"the recording is longer than {self._order.max_seconds} s")
            return
        if samples > self._order.max_frames:
            raise TooLong(f"the recording has more than {self._order.max_frames} frames")
        if track.pixels > self._order.max_pixels:
            raise TooLargePicture(f"the picture has more than {self._order.max_pixels} pixels")
        if track.is_elsewhere:
            raise Undecodable("the picture lies in another file")
        if track.is_encrypted:
            raise Undecodable("the recording is encrypted")
