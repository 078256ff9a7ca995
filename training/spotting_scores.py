"""How well events were spotted: matches by overlap, precision, recall and F1, and STRS.

    truth  ├────┤      ├───┤        ├────┤
    found   ├────┤           ├──┤   ├──┤   ├──┤
             hit        miss, false  hit    false

A found event is a hit when it shares at least half of the union with a true one (IoU >= 0.5), each
true event at most once, as in the challenges of MEGC since 2019 [sure]. Classes come after: STRS is
spotting's F1 times the recognition's F1 among the hits (arXiv 2506.15298) [sure].
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from training.faults import NothingToWeigh

LEAST_OVERLAP = 0.5

#: Onset and offset in milliseconds of media time.
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class SpottingScore:
    """Counts of hits, false alarms and misses; add those of several recordings."""

    hits: int
    false_alarms: int
    misses: int

    def __add__(self, other: "SpottingScore") -> "SpottingScore":
        """Pool two recordings, as the challenges do before any rate is taken."""
        return SpottingScore(
            self.hits + other.hits,
            self.false_alarms + other.false_alarms,
            self.misses + other.misses,
        )

    @property
    def precision(self) -> float:
        """The share of the found events that are true; 0 when nothing was found."""
        found = self.hits + self.false_alarms
        return self.hits / found if found else 0.0

    @property
    def recall(self) -> float:
        """The share of the true events that were found; 0 when there are none."""
        true = self.hits + self.misses
        return self.hits / true if true else 0.0

    @property
    def f1(self) -> float:
        """2·hits / (2·hits + false alarms + misses); 0 when there is nothing at all."""
        whole = 2 * self.hits + self.false_alarms + self.misses
        return 2 * self.hits / whole if whole else 0.0


def overlap(one: Span, other: Span) -> float:
    """Intersection over union of two spans, 0..1; raises `NothingToWeigh` for an empty one."""
    for onset, offset in (one, other):
        if not onset < offset:
            raise NothingToWeigh(f"an event must end after it begins: {onset:g} to {offset:g} ms")
    shared = min(one[1], other[1]) - max(one[0], other[0])
    whole = max(one[1], other[1]) - min(one[0], other[0])
    return max(0.0, shared) / whole


def match(true: Sequence[Span], found: Sequence[Span]) -> list[tuple[int, int]]:
    """The hits as (true event, found event), the best overlaps first, each event once at most."""
    pairs = [
        (overlap(span, other), row, column)
        for row, span in enumerate(true)
        for column, other in enumerate(found)
    ]
    hits: list[tuple[int, int]] = []
    for share, row, column in sorted(pairs, reverse=True):
        free = all(row != taken and column != used for taken, used in hits)
        if share >= LEAST_OVERLAP and free:
            hits.append((row, column))
    return hits


def score(true: Sequence[Span], found: Sequence[Span]) -> SpottingScore:
    """Count the hits, false alarms and misses of one recording."""
    hits = len(match(true, found))
    return SpottingScore(hits, len(found) - hits, len(true) - hits)


def pooled(scores: Iterable[SpottingScore]) -> SpottingScore:
    """The counts of several recordings together."""
    return sum(scores, SpottingScore(0, 0, 0))


def strs(spotting_f1: float, recognition_f1: float) -> float:
    """The spot-then-recognise score: F1 of spotting times F1 of recognising, 0..1."""
    return spotting_f1 * recognition_f1
