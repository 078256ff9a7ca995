"""From expression probabilities of frames to a summary and segments of media time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from statistics import fmean, median

from assessment.measurement import Measurement
from assessment.result import ExpressionSummary, Segment

SMOOTHING_FRAMES = 3
"""A label must lead the mean of three neighbouring samples, so one odd frame makes no segment."""


@dataclass(frozen=True, slots=True)
class Showing:
    """What one frame showed: a probability for each label, in media time."""

    at_ms: int
    probabilities: tuple[float, ...]


def summarise(measurement: Measurement, model: str, labels: Sequence[str]) -> ExpressionSummary:
    """Return what the network saw in the frames; it must have answered."""
    shown = showings(measurement, model)
    mean = {label: fmean(one.probabilities[i] for one in shown) for i, label in enumerate(labels)}
    return ExpressionSummary(
        model=model,
        labels=tuple(labels),
        mean={label: round(value, 4) for label, value in mean.items()},
        dominant=max(mean, key=lambda label: mean[label]),
        segments=_within(
            segments(shown, labels, _interval_ms(shown, measurement.media.scored_interval_ms)),
            measurement.media.duration_ms,
        ),
    )


def showings(measurement: Measurement, network: str) -> list[Showing]:
    """Return what the network said, frame after frame."""
    return [
        Showing(row.at_ms, probabilities)
        for row in measurement.observations
        for name, probabilities in row.expression
        if name == network
    ]


def segments(
    shown: Sequence[Showing], labels: Sequence[str], interval_ms: float
) -> tuple[Segment, ...]:
    """Return stretches of one leading label; a gap of more than two samples ends a stretch."""
    smooth = [_smoothed(shown, i) for i in range(len(shown))]
    leading = [max(range(len(labels)), key=values.__getitem__) for values in smooth]
    breaks = _gap_numbers(shown, 2.5 * interval_ms)
    found: list[Segment] = []
    for (label, _), members in groupby(range(len(shown)), key=lambda i: (leading[i], breaks[i])):
        indexes = list(members)
        found.append(
            Segment(
                label=labels[label],
                start_ms=shown[indexes[0]].at_ms,
                end_ms=shown[indexes[-1]].at_ms + round(interval_ms),
                mean=round(fmean(shown[i].probabilities[label] for i in indexes), 4),
            )
        )
    return tuple(found)


def _interval_ms(shown: Sequence[Showing], scored_interval_ms: float) -> float:
    """Return what one frame stands for: what a clip shows stands at every frame looked at."""
    gaps = [after.at_ms - before.at_ms for before, after in pairwise(shown)]
    return min(median(gaps), scored_interval_ms) if gaps else scored_interval_ms


def _within(found: Sequence[Segment], duration_ms: int) -> tuple[Segment, ...]:
    """Let a segment end where the next begins, and the last one with the recording."""
    ends = [*(one.start_ms for one in found[1:]), duration_ms]
    return tuple(
        replace(one, end_ms=min(one.end_ms, end)) for one, end in zip(found, ends, strict=True)
    )


def _smoothed(shown: Sequence[Showing], i: int) -> list[float]:
    half = SMOOTHING_FRAMES // 2
    window = shown[max(0, i - half) : i + half + 1]
    return [fmean(values) for values in zip(*(one.probabilities for one in window), strict=True)]


def _gap_numbers(shown: Sequence[Showing], longest_ms: float) -> list[int]:
    """Number the stretches that lie between gaps, one number a frame."""
    numbers, current = [0] * len(shown), 0
    for i in range(1, len(shown)):
        current += shown[i].at_ms - shown[i - 1].at_ms > longest_ms
        numbers[i] = current
    return numbers
