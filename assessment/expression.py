"""From expression probabilities of frames to a summary: means and segments of media time."""

from collections.abc import Sequence
from statistics import fmean

from assessment.measurement import Measurement
from assessment.result import ExpressionSummary
from assessment.segments import segments
from assessment.stretches import showings, stretches


def summarise(measurement: Measurement, model: str, labels: Sequence[str]) -> ExpressionSummary:
    """Return what the network saw in the frames; it must have answered.

    `mean` and `dominant` are over all scored frames; `segments` only where one label was sure.
    """
    shown = showings(measurement, model)
    mean = {label: fmean(one.probabilities[i] for one in shown) for i, label in enumerate(labels)}
    return ExpressionSummary(
        model=model,
        labels=tuple(labels),
        mean={label: round(value, 4) for label, value in mean.items()},
        dominant=max(mean, key=lambda label: mean[label]),
        segments=tuple(
            segment
            for stretch in stretches(measurement, model)
            for segment in segments(stretch, labels)
        ),
    )
