"""What a network said of the frames, parted where the face was lost.

    showings ─▶ stretch ─ gap ─ stretch ─ …        media time ─▶

A gap is half a second or more without a usable face, or a hole in the recording itself. A shorter
loss parts nothing: no expression that counts as one has room in it. Nothing is said of a gap.
"""

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

from assessment.ledger import Verdict
from assessment.measurement import Measurement

SHORTEST_MS: Final = 500
"""How long a segment lasts at least; what is shown for less is a micro-expression (Yan et al.,
J. Nonverbal Behav. 2013), and a loss of the face for so long is a gap."""
HOLE_INTERVALS: Final = 2.5
"""A longer step from one scored frame to the next is a hole, whatever lies in it."""


@dataclass(frozen=True, slots=True)
class Showing:
    """What one frame showed: a probability for each label, in media time."""

    at_ms: int
    probabilities: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Showings between two gaps, at least one; each stands until the next, the last to the end.

    `interval_ms` is the usual media time from one showing to the next.
    """

    showings: tuple[Showing, ...]
    end_ms: int
    interval_ms: float

    @property
    def start_ms(self) -> int:
        """When the first frame was shown."""
        return self.showings[0].at_ms

    @property
    def duration_ms(self) -> int:
        """The media time that the frames stand for."""
        return self.end_ms - self.start_ms

    def end_of(self, index: int) -> int:
        """Return until when the numbered showing stands."""
        after = index + 1
        return self.showings[after].at_ms if after < len(self.showings) else self.end_ms


def showings(measurement: Measurement, network: str) -> list[Showing]:
    """Return what the network said, frame after frame."""
    return [
        Showing(row.at_ms, probabilities)
        for row in measurement.observations
        for name, probabilities in row.expression
        if name == network
    ]


def stretches(measurement: Measurement, network: str) -> tuple[Stretch, ...]:
    """Return the network's showings between gaps, in the order of media time."""
    shown = showings(measurement, network)
    if not shown:
        return ()
    interval_ms = _interval_ms(shown, measurement.media.scored_interval_ms)
    starts = [0, *_starts_after_gaps(shown, measurement, interval_ms), len(shown)]
    parts = [tuple(shown[start:end]) for start, end in pairwise(starts) if end > start]
    limits = [*(part[0].at_ms for part in parts[1:]), measurement.media.duration_ms]
    return tuple(
        Stretch(part, _end_ms(part[-1].at_ms, interval_ms, limit_ms), interval_ms)
        for part, limit_ms in zip(parts, limits, strict=True)
    )


def _end_ms(last_ms: int, interval_ms: float, limit_ms: int) -> int:
    """Return until when a stretch's last frame stands; a picture's for no time at all."""
    return max(last_ms, min(last_ms + round(interval_ms), limit_ms))


def _interval_ms(shown: Sequence[Showing], scored_interval_ms: float) -> float:
    """Return what one frame stands for: what a clip shows stands at every frame looked at."""
    steps = [after.at_ms - before.at_ms for before, after in pairwise(shown)]
    return min(median(steps), scored_interval_ms) if steps else scored_interval_ms


def hole_ms(interval_ms: float) -> float:
    """Return the longest step between frames so far apart that is no hole in the recording."""
    return max(HOLE_INTERVALS * interval_ms, interval_ms + SHORTEST_MS)


def _starts_after_gaps(
    shown: Sequence[Showing], measurement: Measurement, interval_ms: float
) -> list[int]:
    """Return the numbers of the showings that come after a gap."""
    lost_ms = [row.at_ms for row in measurement.observations if row.verdict is not Verdict.USED]
    looked_every_ms = measurement.media.sample_interval_ms
    longest_ms = hole_ms(interval_ms)
    found: list[int] = []
    for i, (before, after) in enumerate(pairwise(shown), 1):
        lost = bisect(lost_ms, after.at_ms) - bisect(lost_ms, before.at_ms)
        hole = after.at_ms - before.at_ms > longest_ms
        if hole or lost * looked_every_ms >= SHORTEST_MS:
            found.append(i)
    return found
