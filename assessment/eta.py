"""How much longer an assessment will take, as a median and a cautious guess.

    processing   what the percentage projects, mixed with what like runs still took
    queued       the turns that come first, shared among the workers, and one run of its own

The further an attempt has come, the more its own percentage counts. Nothing is guessed
from nothing: without runs, workers or a percentage there is no estimate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from statistics import fmean, pstdev
from typing import Final

from assessment.assessment import Status
from assessment.pace import Run
from assessment.standing import Standing

MEDIAN: Final = 0.5
CAUTIOUS: Final = 0.9
DEVIATIONS: Final = 1.2816
"""Standard deviations above the mean below which nine in ten of a normal distribution lie."""


@dataclass(frozen=True, slots=True)
class Eta:
    """Milliseconds until the end: half end by `p50`, nine in ten by `p90`."""

    p50: int
    p90: int


def remaining(standing: Standing, *, runs: Sequence[Run], workers: int, at: datetime) -> Eta | None:
    """Return the time until the assessment ends, or None where nothing is known of it."""
    lasted = [run.processing_s for run in runs]
    if standing.status is Status.PROCESSING:
        elapsed_s = max(0.0, (at - standing.since).total_seconds())
        return _processing(standing.progress.percent, elapsed_s, lasted)
    if standing.status is Status.QUEUED and standing.queue_position is not None:
        return _queued(standing.queue_position, workers, lasted)
    return None


def _processing(percent: int, elapsed_s: float, lasted: Sequence[float]) -> Eta | None:
    done = min(max(percent, 0), 100) / 100
    left = [one - elapsed_s for one in lasted if one > elapsed_s]
    projected = elapsed_s * (1 - done) / done if done > 0 else None
    if projected is None:
        return _eta(_quantile(left, MEDIAN), _quantile(left, CAUTIOUS)) if left else None
    doubtful = projected * (2 - done)
    if not left:
        return _eta(projected, doubtful)
    return _eta(
        done * projected + (1 - done) * _quantile(left, MEDIAN),
        done * doubtful + (1 - done) * _quantile(left, CAUTIOUS),
    )


def _queued(ahead: int, workers: int, lasted: Sequence[float]) -> Eta | None:
    if not lasted or workers < 1:
        return None
    turns = ahead + 0.5  # What waits found every worker busy, and on average halfway through.
    wait = turns * fmean(lasted) / workers
    spread = sqrt(turns) * pstdev(lasted) / workers
    return _eta(
        wait + _quantile(lasted, MEDIAN),
        wait + DEVIATIONS * spread + _quantile(lasted, CAUTIOUS),
    )


def _quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which so large a share lies, between neighbours by proportion."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def _eta(median_s: float, cautious_s: float) -> Eta:
    p50 = max(0, round(median_s * 1000))
    return Eta(p50, max(p50, round(cautious_s * 1000)))
