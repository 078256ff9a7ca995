"""From brief motions to micro-expressions: the likeliest label of each, and how finely it was seen.

An event lasts half a second at most (Yan et al., J. Nonverbal Behav. 2013); the benchmarks film at
100 to 200 frames a second. A recording below 60 is used and labelled, below 24 it is not used.

Where the frame rate varies, it is the rate that at least half of the media time has: the median
over time, not over frames, since a burst of a few seconds can hold most of the frames. An event
is labelled by the frames around itself.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Final

from assessment.measurement import Event, Measurement
from assessment.result import MicroExpression

FINE_FRAME_RATE: Final = 60.0
LOWEST_FRAME_RATE: Final = 24.0
ROUNDING: Final = 0.96
"""Media times are whole milliseconds, and 24 frames a second may be 23.976."""


def frame_rate(measurement: Measurement) -> float:
    """Return the frames looked at in a second, as most of the time has them; 0 for a single one."""
    return _rate([row.at_ms for row in measurement.observations])


def _rate(times_ms: Sequence[int]) -> float:
    """Return the rate of the interval up to which the shorter ones fill half of the time."""
    steps = sorted(after - before for before, after in pairwise(times_ms))
    filled = list(accumulate(steps))
    if not filled or not filled[-1]:
        return 0.0
    return 1000.0 / steps[bisect_left(filled, filled[-1] / 2)]


def fast_enough(measurement: Measurement) -> bool:
    """Return whether brief motion can be seen at all."""
    return frame_rate(measurement) >= LOWEST_FRAME_RATE * ROUNDING


def summarise(
    measurement: Measurement, model: str, labels: Sequence[str]
) -> tuple[MicroExpression, ...]:
    """Return the network's micro-expressions in the order of media time; there may be none."""
    times_ms = [row.at_ms for row in measurement.observations]
    found = [event for event in measurement.events if event.network == model]
    return tuple(_micro_expression(event, labels, low=_coarse(times_ms, event)) for event in found)


def _coarse(times_ms: Sequence[int], event: Event) -> bool:
    """Return whether the frames from before the onset to after the offset are too few."""
    first, last = bisect_right(times_ms, event.onset_ms), bisect_left(times_ms, event.offset_ms)
    around = times_ms[max(0, first - 1) : last + 1]
    return _rate(around) < FINE_FRAME_RATE * ROUNDING


def _micro_expression(event: Event, labels: Sequence[str], *, low: bool) -> MicroExpression:
    best = max(range(len(labels)), key=event.probabilities.__getitem__)
    return MicroExpression(
        model=event.network,
        label=labels[best],
        onset_ms=event.onset_ms,
        apex_ms=event.apex_ms,
        offset_ms=event.offset_ms,
        confidence=round(event.probabilities[best], 4),
        low_temporal_resolution=low,
    )
