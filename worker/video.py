"""A recording as an iterator of sampled frames, decoded in a process of its own.

    with decode(path, sampling, limits) as recording:
        recording.media              facts, known once the first frame is decoded
        for frame in recording: …    upright BGR pixels and media time
        recording.end                counted facts, known after the last frame

The process is killed on every way out of the `with` block. A recording decodes to its
end or raises an `Unusable`; there is no partial success.
"""

import logging
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from assessment.recording_faults import (
    DecoderCrashed,
    NoVideoStream,
    TooLargePicture,
    TooLong,
    Undecodable,
    Unusable,
)
from assessment.request import Sampling
from worker.channel import Kind, Message
from worker.decoder_process import DecoderProcess, Start, start_decoder
from worker.order import Order
from worker.orientation import Orientation
from worker.plain_file import open_plain

log = logging.getLogger(__name__)

Pixels = npt.NDArray[np.uint8]
"""(height, width, 3) uint8."""

Facts = TypeVar("Facts", bound="SourceMedia | End | Orientation")

CHANNELS: Final = 3
ROW_ALIGNMENT: Final = 64
"""FFmpeg pads each row to at most this many bytes."""
VERDICTS: Final[dict[str, type[Unusable]]] = {
    fault.code: fault for fault in (NoVideoStream, TooLargePicture, TooLong, Undecodable)
}
"""What a decoder may say of a recording; anything else it says is a crash."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a worker one recording may take."""

    max_seconds: int = 3600
    max_frames: int = 220_000
    max_pixels: int = 8_294_400
    threads: int = 1
    memory_bytes: int = 2 * 2**30
    silence_seconds: float = 60.0

    def wall_seconds(self, media_seconds: float) -> float:
        """Return how long a worker waits in all for so much media time."""
        return max(60.0, 4 * min(media_seconds, self.max_seconds))


@dataclass(frozen=True, slots=True)
class SourceMedia:
    """Facts of a recording: the upright picture in square pixels, and what the header announces."""

    width: int
    height: int
    codec: str
    container: str
    announced_ms: int


@dataclass(frozen=True, slots=True)
class End:
    """What was counted on the way; `missing` and `backward` timestamps were repaired."""

    frames: int
    duration_ms: int
    missing: int
    backward: int


@dataclass(frozen=True, slots=True)
class Frame:
    """A sampled frame; `pixels` is (height, width, 3) uint8 BGR, upright.

    `damaged` says that the decoder concealed missing data in it.
    """

    index: int
    at_ms: int
    pixels: Pixels
    damaged: bool = False


def _nothing() -> None: ...


class Recording:
    """An open recording; iterate once."""

    def __init__(
        self, process: DecoderProcess, limits: Limits, while_waiting: Callable[[], None]
    ) -> None:
        self._process = process
        self._limits = limits
        self._while_waiting = while_waiting
        self._media_s = 0.0
        self.end: End | None = None
        _tell_of_open_locks(tuple(self._receive(Kind.HELLO).facts.get("not_locked", ())))
        facts = self._receive(Kind.MEDIA).facts
        self._orientation = _parsed(Orientation, facts.pop("orientation", {}))
        self.media = _parsed(SourceMedia, facts)
        self._media_s = self.media.announced_ms / 1000

    def __iter__(self) -> Iterator[Frame]:
        """Yield the sampled frames in the order of media time."""
        while True:
            message = self._receive(Kind.FRAME, Kind.BEAT, Kind.END)
            if message.kind is Kind.END:
                self.end = _parsed(End, message.facts)
                return
            self._media_s = max(self._media_s, _number(message.facts, "at_ms") / 1000)
            if message.kind is Kind.FRAME:
                yield _frame(message, self._orientation)

    @property
    def waited_ms(self) -> int:
        """How long the worker waited for the decoder, in milliseconds."""
        return round(self._process.waited_s * 1000)

    def _receive(self, *expected: Kind) -> Message:
        message = self._process.receive(
            budget_s=self._limits.wall_seconds(self._media_s),
            silence_s=self._limits.silence_seconds,
            payload_limit=(CHANNELS + ROW_ALIGNMENT) * self._limits.max_pixels,
            idle=self._while_waiting,
        )
        if message.kind is Kind.FAULT:
            raise _verdict(message.facts)
        if message.kind not in expected:
            raise DecoderCrashed("the decoder sent a message out of order")
        return message


@contextmanager
def decode(
    path: Path,
    sampling: Sampling,
    limits: Limits,
    while_waiting: Callable[[], None] = _nothing,
    start: Start = start_decoder,
) -> Generator[Recording]:
    """Decode the recording at `path` in a process of its own.

    `while_waiting` is called about twice a second while the decoder is waited for.
    `start` begins the process.
    Raises `SourceMissing`, or any other `Unusable`, here or while iterating.
    """
    with open_plain(path) as source:
        process = DecoderProcess(source, _order(sampling, limits), start)
    try:
        yield Recording(process, limits, while_waiting)
    finally:
        process.end()


def _order(sampling: Sampling, limits: Limits) -> Order:
    wall_seconds = limits.wall_seconds(limits.max_seconds)
    return Order(
        parent=os.getpid(),
        sampling=sampling,
        max_seconds=limits.max_seconds,
        max_frames=limits.max_frames,
        max_pixels=limits.max_pixels,
        threads=limits.threads,
        memory_bytes=limits.memory_bytes,
        cpu_seconds=round(wall_seconds) * limits.threads,
    )


def _frame(message: Message, orientation: Orientation) -> Frame:
    facts = message.facts
    width, height, row_bytes = (_number(facts, name) for name in ("width", "height", "row_bytes"))
    if not 0 < CHANNELS * width <= row_bytes or row_bytes * height != len(message.payload):
        raise DecoderCrashed("the decoder sent a picture of another size than it said")
    rows = np.frombuffer(message.payload, np.uint8).reshape(height, row_bytes)
    stored = rows[:, : CHANNELS * width].reshape(height, width, CHANNELS)
    return Frame(
        index=_number(facts, "index"),
        at_ms=_number(facts, "at_ms"),
        pixels=_upright(stored, orientation),
        damaged=bool(facts.get("damaged")),
    )


def _upright(stored: Pixels, orientation: Orientation) -> Pixels:
    """Return (height, width, 3) as it is shown, contiguous."""
    shown = stored.transpose(1, 0, 2) if orientation.transposed else stored
    shown = shown[:, ::-1] if orientation.mirrored_x else shown
    shown = shown[::-1] if orientation.mirrored_y else shown
    return np.ascontiguousarray(shown)


def _number(facts: dict[str, Any], name: str) -> int:
    value = facts.get(name)
    if not isinstance(value, int) or value < 0:
        raise DecoderCrashed(f"the decoder sent no {name}")
    return value


def _parsed(kind: type[Facts], facts: dict[str, Any]) -> Facts:
    facts.pop("bytes", None)
    try:
        return kind(**facts)
    except TypeError as error:
        raise DecoderCrashed("the decoder sent other facts than it should") from error


def _verdict(facts: dict[str, Any]) -> Unusable:
    fault = VERDICTS.get(str(facts.get("code")), DecoderCrashed)
    return fault(str(facts.get("detail"))[:200])


@cache
def _tell_of_open_locks(refused: tuple[str, ...]) -> None:
    """Say it once a process."""
    if refused:
        log.warning("decoding without %s: this system does not allow it", ", ".join(refused))
