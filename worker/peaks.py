"""From a series of readings to events: peaks, their flanks, and what is above the noise.

    readings ─▶ greatest within the reach? ─▶ both flanks down to `FOOT`? ─▶ brief? ─▶ Event
                                                 strength ─▶ noise ─▶ threshold, at the end

That both flanks come down takes the place of the contrast of Moilanen et al. (a peak less the ends
of its neighbourhood), which the noise of two single frames spoils. They are read along the peak's
own direction of motion, since the strength alone is cut short where the moments before or after lie
within the event, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from worker.regions import Reading

REACH_MS: Final = 250.0
"""How far a moment is compared to either side: half of the longest event, 0.5 s."""
SHORTEST_MS: Final = 100.0
LONGEST_MS: Final = 500.0
"""A micro-expression lasts at most half a second (Yan et al., 2013) [inferred]."""
FOOT: Final = 0.15
"""The share of the height below which a movement has not begun, or is over [assumed]."""
LEAST_FLANK: Final = 0.15
"""The share of an event that its rise and its fall take at least [assumed]."""
FLOOR: Final = 0.5
"""Pixels of a 224 face; what the flow itself trembles by on sharp faces at rest stays below."""
LARGEST: Final = 5.0
"""Pixels of a 224 face; what is larger is speech or a turn of the head, however brief [assumed]."""
DEVIATIONS: Final = 2.0
BINS: Final = 512
BIN_PIXELS: Final = 1.0 / 64.0
TO_DEVIATION: Final = 1.4826
"""A normal distribution's deviation over its median absolute deviation."""


@dataclass(frozen=True, slots=True)
class Event:
    """A movement that came and went; media time in milliseconds, strength in pixels (224 face)."""

    onset_ms: float
    apex_ms: float
    offset_ms: float
    strength: float

    @property
    def duration_ms(self) -> float:
        """From onset to offset."""
        return self.offset_ms - self.onset_ms


class Noise:
    """How strong readings usually are, in a histogram: memory does not grow with the recording."""

    def __init__(self) -> None:
        self._counts = np.zeros(BINS, np.int64)

    def add(self, strength: float) -> None:
        """Count a reading's strength."""
        self._counts[min(int(strength / BIN_PIXELS), BINS - 1)] += 1

    def threshold(self) -> float:
        """Return the least strength of an event, in pixels.

        Median + 2 deviations (of the median absolute deviation), at least `FLOOR`. Moilanen's own
        threshold lies between the mean and the greatest peak, which finds an event in every
        recording, one without any too.
        """
        total = int(self._counts.sum())
        if total == 0:
            return FLOOR
        levels = (np.arange(BINS) + 0.5) * BIN_PIXELS
        middle = _median(levels, self._counts, total)
        away = np.abs(levels - middle)
        order = np.argsort(away, kind="stable")
        deviation = TO_DEVIATION * _median(away[order], self._counts[order], total)
        return max(FLOOR, middle + DEVIATIONS * deviation)


def _median(levels: npt.NDArray[np.floating], counts: npt.NDArray[np.int64], total: int) -> float:
    """Return the median of ascending levels, each counted so often."""
    return float(levels[np.searchsorted(np.cumsum(counts), (total + 1) // 2)])


def event_at(readings: Sequence[Reading], apex: int) -> Event | None:
    """Return the event whose apex is the numbered reading, or None where there is none.

    `readings` are in order of time and reach at least `REACH_MS` to both sides, or to a gap.
    """
    moment = readings[apex]
    near = [reading for reading in readings if abs(reading.at_ms - moment.at_ms) <= REACH_MS]
    strength = moment.strength
    # Of equals the first is the peak.
    greatest = max(near, key=lambda reading: (reading.strength, -reading.at_ms))
    if not 0.0 < strength <= LARGEST or greatest.at_ms != moment.at_ms:
        return None
    weights = np.where(moment.counted[:, None], moment.rise + moment.fall, 0.0)
    before = [reading for reading in near if reading.at_ms <= moment.at_ms]
    after = [reading for reading in near if reading.at_ms >= moment.at_ms]
    rising = [(reading.at_ms, float((reading.rise * weights).sum())) for reading in before]
    falling = [(reading.at_ms, float((reading.fall * weights).sum())) for reading in after]
    onset, offset = foot(rising[::-1]), foot(falling)
    if onset is None or offset is None:
        return None
    event = Event(onset, moment.at_ms, offset, strength)
    return event if is_brief(event) else None


def is_brief(event: Event) -> bool:
    """Return whether a movement is as short as a micro-expression and has two flanks."""
    flank = min(event.apex_ms - event.onset_ms, event.offset_ms - event.apex_ms)
    brief = SHORTEST_MS <= event.duration_ms <= LONGEST_MS
    return brief and flank >= LEAST_FLANK * event.duration_ms


def foot(flank: Sequence[tuple[float, float]]) -> float | None:
    """Return when a flank, from its top (ms, height) outwards, first comes down to `FOOT` of it.

    Between two readings the time is interpolated; None when it never does.
    """
    level = FOOT * flank[0][1]
    for (near_ms, near), (far_ms, far) in pairwise(flank):
        if far <= level < near:
            return near_ms + (far_ms - near_ms) * (near - level) / (near - far)
    return None
