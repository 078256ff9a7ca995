"""One hostile recording: how it is made, and the one way in which it ends."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from worker.video import Limits

LIMITS = Limits(max_seconds=600, max_frames=300, max_pixels=1_000_000, silence_seconds=20.0)


@dataclass(frozen=True, slots=True)
class Case:
    """A recording of some bytes, and what becomes of it.

    `ends` is the code of a fault or, of what can be decoded all the same, `decoded`. `said` is a
    part of the fault's words; `frames` how many were decoded.
    """

    name: str
    make: Callable[[], bytes]
    ends: str
    said: str = ""
    frames: int | None = None
    limits: Limits = LIMITS

    def write(self, folder: Path) -> Path:
        """Write the recording beside whatever else is in the folder."""
        path = folder / "recording.mp4"
        path.write_bytes(self.make())
        return path
