"""How much was shown: shares of time, changes and smiles, from segments over usable face time.

The denominator is `observed_ms`: the media time of all stretches between gaps, uncertain time
included. What happened in a gap is neither shown nor not shown.
"""

from bisect import bisect
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from assessment.measurement import Measurement
from assessment.result import ExpressionSummary, Expressivity, Segment, Smiles
from assessment.stretches import Stretch, stretches

LEAST_OBSERVED_MS: Final = 5000
"""Ten segments of the shortest kind fit into it; a share or a rate of less says nothing."""
SMILE: Final = "happy"
MINUTE_MS: Final = 60_000


def expressed(
    measurement: Measurement, summaries: Sequence[ExpressionSummary]
) -> tuple[Expressivity, ...] | None:
    """Return one entry a network that saw the face for long enough, None where none did."""
    found = [_expressivity(measurement, summary) for summary in summaries]
    return tuple(one for one in found if one is not None) or None


def _expressivity(measurement: Measurement, summary: ExpressionSummary) -> Expressivity | None:
    parts = stretches(measurement, summary.model)
    observed_ms = sum(part.duration_ms for part in parts)
    if observed_ms < LEAST_OBSERVED_MS:
        return None
    times_ms = {label: _total_ms(summary.segments, label) for label in summary.labels}
    minutes = observed_ms / MINUTE_MS
    return Expressivity(
        model=summary.model,
        observed_ms=observed_ms,
        share={label: round(time_ms / observed_ms, 4) for label, time_ms in times_ms.items()},
        uncertain=round(1 - sum(times_ms.values()) / observed_ms, 4),
        transitions_per_minute=round(_transitions(summary.segments, parts) / minutes, 2),
        smiles=_smiles(summary.segments) if SMILE in summary.labels else None,
    )


def _total_ms(segments: Sequence[Segment], label: str) -> int:
    return sum(one.end_ms - one.start_ms for one in segments if one.label == label)


def _transitions(segments: Sequence[Segment], parts: Sequence[Stretch]) -> int:
    """Count the changes from one label to another; across a gap nobody saw a change."""
    starts_ms = [part.start_ms for part in parts]
    placed = [(bisect(starts_ms, one.start_ms), one.label) for one in segments]
    return sum(
        before[0] == after[0] and before[1] != after[1] for before, after in pairwise(placed)
    )


def _smiles(segments: Sequence[Segment]) -> Smiles:
    count = sum(one.label == SMILE for one in segments)
    total_ms = _total_ms(segments, SMILE)
    return Smiles(count, round(total_ms / count) if count else None, total_ms)
