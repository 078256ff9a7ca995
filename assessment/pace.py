"""How long assessments have taken lately: what a remaining time is estimated from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

KEPT: Final = 200
"""Runs that are remembered; older ones are forgotten."""


@dataclass(frozen=True, slots=True)
class Run:
    """One assessment that succeeded: seconds of work and of media. It says not whose it was."""

    processing_s: float
    media_s: float | None = None


class Pace(Protocol):
    """The latest runs, of all workers. May raise `StoreUnavailable`."""

    def note(self, run: Run) -> None:
        """Remember the run and forget the oldest beyond `KEPT`."""
        ...

    def lately(self) -> Sequence[Run]:
        """Return the runs that are remembered, the latest first."""
        ...
