"""Segments: stretches of media time in which one expression was surely shown.

    smoothed probability of a label

    BEGINS ┄┄┄┄┄┄┄╭──╮┄┄┄┄┄┄┄       a segment begins here, or from ENDS on with a clear lead,
                 │    │
    ENDS   ┄┄┄┄┄┄│┄┄┄┄│┄┄┄┄┄┄       and ends here, at a gap, or when another leads as clearly
            ─────╯    ╰─────

Two thresholds, so that noise around one of them cannot switch a segment on and off (Schmitt, J.
Sci. Instrum. 15, 1938). Where no label reaches them there is no segment: what was shown is
uncertain.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from statistics import fmean
from typing import Final

from assessment.result import Segment
from assessment.stretches import SHORTEST_MS, Stretch

BEGINS: Final = 0.5
"""More likely than all others together."""
ENDS: Final = 0.35
LEAD: Final = 0.2
"""How far a label leads the second when it begins below `BEGINS`, or takes over from another."""
SMOOTHING_MS: Final = 200.0
SMOOTHING_INTERVALS: Final = 1.25
"""How far the mean reaches to each side: to one neighbour at least, whatever the times' jitter."""

Shares = tuple[float, ...]
"""Probabilities of the expressions at one time, in the network's order of labels."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Showings of one label, by their numbers; `last` is one of them."""

    label: int
    first: int
    last: int


def segments(stretch: Stretch, labels: Sequence[str]) -> tuple[Segment, ...]:
    """Return the segments of a stretch, in order and apart, none shorter than `SHORTEST_MS`."""
    runs = [run for run in _runs(stretch) if _lasts_ms(stretch, run) >= SHORTEST_MS]
    return tuple(
        Segment(
            label=labels[run.label],
            start_ms=stretch.showings[run.first].at_ms,
            end_ms=stretch.end_of(run.last),
            mean=round(fmean(_shares_of(stretch, run)), 4),
        )
        for run in _joined(stretch, runs)
    )


def _runs(stretch: Stretch) -> Iterator[_Run]:
    shown = list(_labels_shown(smoothed(stretch)))
    for label, members in groupby(range(len(shown)), key=shown.__getitem__):
        if label is not None:
            numbers = list(members)
            yield _Run(label, numbers[0], numbers[-1])


def _labels_shown(shares: Sequence[Shares]) -> Iterator[int | None]:
    """Yield the label of each frame, by both thresholds and what was shown before."""
    shown: int | None = None
    for now in shares:
        if shown is not None and now[shown] < ENDS:
            shown = None
        best = _beginning(now)
        if best is not None and (shown is None or now[best] - now[shown] >= LEAD):
            shown = best
        yield shown


def _beginning(shares: Shares) -> int | None:
    """Return the label that could begin a segment, or None when none is sure enough."""
    best = max(range(len(shares)), key=shares.__getitem__)
    second = max((share for i, share in enumerate(shares) if i != best), default=0.0)
    led = shares[best] >= ENDS and shares[best] - second >= LEAD
    return best if led or shares[best] >= BEGINS else None


def _joined(stretch: Stretch, runs: Sequence[_Run]) -> list[_Run]:
    """Return the runs, those of one label that hardly part put together."""
    joined: list[_Run] = []
    for run in runs:
        before = joined[-1] if joined else None
        if before and before.label == run.label and _between_ms(stretch, before, run) < SHORTEST_MS:
            joined[-1] = _Run(run.label, before.first, run.last)
        else:
            joined.append(run)
    return joined


def _lasts_ms(stretch: Stretch, run: _Run) -> int:
    return stretch.end_of(run.last) - stretch.showings[run.first].at_ms


def _between_ms(stretch: Stretch, before: _Run, after: _Run) -> int:
    return stretch.showings[after.first].at_ms - stretch.end_of(before.last)


def _shares_of(stretch: Stretch, run: _Run) -> list[float]:
    members = stretch.showings[run.first : run.last + 1]
    return [one.probabilities[run.label] for one in members]


def smoothed(stretch: Stretch) -> list[Shares]:
    """Return each frame's probabilities as the mean over the frames around it."""
    times_ms = [one.at_ms for one in stretch.showings]
    columns = zip(*(one.probabilities for one in stretch.showings), strict=True)
    sums = [(0.0, *accumulate(column)) for column in columns]
    reach_ms = max(SMOOTHING_MS, SMOOTHING_INTERVALS * stretch.interval_ms)
    found: list[Shares] = []
    for at_ms in times_ms:
        low, high = (
            bisect_left(times_ms, at_ms - reach_ms),
            bisect_right(times_ms, at_ms + reach_ms),
        )
        found.append(tuple((column[high] - column[low]) / (high - low) for column in sums))
    return found
