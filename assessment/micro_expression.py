"""From brief motions to micro-expressions: the likeliest label of each, and how finely it was seen.

An event lasts half a second at most (Yan et al., J. Nonverbal Behav. 2013); the benchmarks film at
100 to 200 frames a second. A recording below 60 is used and labelled, below 24 it is not used.
"""

from collections.abc import Sequence
from typing import Final

from assessment.measurement import Event, Measurement
from assessment.result import MicroExpression

FINE_FRAME_RATE: Final = 60.0
LOWEST_FRAME_RATE: Final = 24.0
ROUNDING: Final = 0.96
"""Media times are whole milliseconds, and 24 frames a second may be 23.976."""


def frame_rate(measurement: Measurement) -> float:
    """Return the frames looked at in a second; 0 for a single one."""
    interval_ms = measurement.media.sample_interval_ms
    return 1000.0 / interval_ms if interval_ms else 0.0


def fast_enough(measurement: Measurement) -> bool:
    """Return whether brief motion can be seen at all."""
    return frame_rate(measurement) >= LOWEST_FRAME_RATE * ROUNDING


def summarise(
    measurement: Measurement, model: str, labels: Sequence[str]
) -> tuple[MicroExpression, ...]:
    """Return the network's micro-expressions in the order of media time; there may be none."""
    low = frame_rate(measurement) < FINE_FRAME_RATE * ROUNDING
    found = [event for event in measurement.events if event.network == model]
    return tuple(_micro_expression(event, labels, low=low) for event in found)


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
