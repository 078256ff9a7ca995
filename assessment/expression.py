"""From expression probabilities of frames to a summary and segments of media time."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from statistics import fmean

from assessment.measurement import Measurement, Observation
from assessment.result import ExpressionSummary, Segment

SMOOTHING_FRAMES = 3
"""A label must lead the mean of three neighbouring samples, so one odd frame makes no segment."""


def summarise(measurement: Measurement, model: str, labels: Sequence[str]) -> ExpressionSummary:
    """Return what was shown in the used frames; there must be at least one."""
    used = [row for row in measurement.observations if row.expression]
    mean = {label: fmean(row.expression[i] for row in used) for i, label in enumerate(labels)}
    return ExpressionSummary(
        model=model,
        labels=tuple(labels),
        mean={label: round(value, 4) for label, value in mean.items()},
        dominant=max(mean, key=lambda label: mean[label]),
        segments=_within(
            segments(used, labels, measurement.media.sample_interval_ms),
            measurement.media.duration_ms,
        ),
    )


def segments(
    used: Sequence[Observation], labels: Sequence[str], interval_ms: float
) -> tuple[Segment, ...]:
    """Return stretches of one leading label; a gap of more than two samples ends a stretch."""
    smooth = [_smoothed(used, i) for i in range(len(used))]
    leading = [max(range(len(labels)), key=values.__getitem__) for values in smooth]
    breaks = _gap_numbers(used, 2.5 * interval_ms)
    found: list[Segment] = []
    for (label, _), members in groupby(range(len(used)), key=lambda i: (leading[i], breaks[i])):
        indexes = list(members)
        found.append(
            Segment(
                label=labels[label],
                start_ms=used[indexes[0]].at_ms,
                end_ms=used[indexes[-1]].at_ms + round(interval_ms),
                mean=round(fmean(used[i].expression[label] for i in indexes), 4),
            )
        )
    return tuple(found)


def _within(found: Sequence[Segment], duration_ms: int) -> tuple[Segment, ...]:
    """Let the last sample stand for no more than the recording has."""
    return tuple(replace(one, end_ms=min(one.end_ms, duration_ms)) for one in found)


def _smoothed(used: Sequence[Observation], i: int) -> list[float]:
    half = SMOOTHING_FRAMES // 2
    window = used[max(0, i - half) : i + half + 1]
    return [fmean(values) for values in zip(*(row.expression for row in window), strict=True)]


def _gap_numbers(used: Sequence[Observation], longest_ms: float) -> list[int]:
    """Number the stretches that lie between gaps, one number a frame."""
    numbers, current = [0] * len(used), 0
    for i in range(1, len(used)):
        current += used[i].at_ms - used[i - 1].at_ms > longest_ms
        numbers[i] = current
    return numbers
