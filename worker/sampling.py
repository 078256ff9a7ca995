"""Which frames are looked at: a pure filter over frames in the order of media time."""

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

from assessment.request import DEFAULT_EVERY_MS, Sampling


class Placed(Protocol):
    """Anything with a place in a recording: its number and its media time."""

    @property
    def index(self) -> int:
        """Number of the frame, from 0."""
        ...

    @property
    def at_ms(self) -> int:
        """Media time since the first frame, in milliseconds."""
        ...


P = TypeVar("P", bound=Placed)


def sampled(frames: Iterable[P], sampling: Sampling) -> Iterator[P]:
    """Yield the frames that are looked at; `frames` must not go back in time."""
    pace = Pace(sampling)
    return (frame for frame in frames if pace.due(frame.index, frame.at_ms))


class Pace:
    """Tells which frames of one recording are due, asked in the order of media time.

    By number: every nth. By time: the first frame at or after each multiple of
    `every_ms`; the frame after a gap is taken once, however many multiples it skips.
    """

    def __init__(self, sampling: Sampling) -> None:
        self._every_n_frames = sampling.every_n_frames
        self._every_ms = sampling.every_ms or DEFAULT_EVERY_MS
        self._due_ms = 0

    def due(self, index: int, at_ms: int) -> bool:
        """Return whether the frame of this number and media time is one of them."""
        if self._every_n_frames:
            return index % self._every_n_frames == 0
        if at_ms < self._due_ms:
            return False
        self._due_ms = (at_ms // self._every_ms + 1) * self._every_ms
        return True
