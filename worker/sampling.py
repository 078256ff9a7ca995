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
    """Yield the frames that are looked at; `frames` must not go back in time.

    By number: every nth. By time: the first frame at or after each multiple of
    `every_ms`; the frame after a gap is taken once, however many multiples it skips.
    """
    if sampling.every_n_frames:
        return _every_n_frames(frames, sampling.every_n_frames)
    return _every_ms(frames, sampling.every_ms or DEFAULT_EVERY_MS)


def _every_n_frames(frames: Iterable[P], count: int) -> Iterator[P]:
    return (frame for frame in frames if frame.index % count == 0)


def _every_ms(frames: Iterable[P], every_ms: int) -> Iterator[P]:
    due_ms = 0
    for frame in frames:
        if frame.at_ms >= due_ms:
            due_ms = (frame.at_ms // every_ms + 1) * every_ms
            yield frame
