"""How far what was reported agrees with what questionnaires said, one network at a time.

BDI-II totals are on the scale of the estimates: mean absolute error, root mean squared error,
mean error (estimate minus total), concordance correlation (Lin, Biometrics 45, 1989), and the
share of totals within the reported interval. PHQ-9 totals are on another scale, so that only
ranks can be compared (Spearman's rho). 95 % intervals: percentile bootstrap (Efron & Tibshirani
1993) over pairs; for the share, Wilson (JASA 1927). Pairs count as independent: several of one
person make every interval look narrower than it is.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from statistics import fmean
from typing import Final

from assessment.feedback import Feedback, Instrument, Reported

FEWEST: Final = 30
"""With fewer pairs nothing is said."""
RESAMPLES: Final = 1000
SEED: Final = 20_260
Z_95: Final = 1.959964

Pair = tuple[float, float]
"""Estimate and total."""
Measure = Callable[[Sequence[Pair]], float]
"""One figure of some pairs, such as their correlation or their mean absolute difference."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One network's estimates against one instrument; no figures below `FEWEST` pairs."""

    instrument: Instrument
    model: str
    version: str
    sha256: str
    demonstration: bool
    n: int
    figures: Mapping[str, Figure]
    level: float | None = None
    """What the intervals promise, where there are any."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The agreement of every network, and how much feedback it does not rest on."""

    agreements: tuple[Agreement, ...]
    without_estimate: int
    too_far_apart: int


def compare(feedback: Iterable[Feedback], *, within: timedelta) -> Comparison:
    """Return the agreement over feedback obtained at most so long before or after."""
    groups: dict[tuple[Instrument, str, str, str], list[tuple[Reported, int]]] = {}
    without = apart = 0
    for one in feedback:
        if abs(one.obtained_at - one.assessed_at) > within:
            apart += 1
            continue
        without += not one.reported
        for said in one.reported:
            key = (one.instrument, said.model, said.version, said.sha256)
            groups.setdefault(key, []).append((said, one.total))
    agreements = tuple(_agreement(key[0], groups[key]) for key in sorted(groups))
    return Comparison(agreements, without, apart)


def _agreement(instrument: Instrument, said: Sequence[tuple[Reported, int]]) -> Agreement:
    first = said[0][0]
    figures = {} if len(said) < FEWEST else _figures(instrument, said)
    return Agreement(
        instrument=instrument,
        model=first.model,
        version=first.version,
        sha256=first.sha256,
        demonstration=first.demonstration,
        n=len(said),
        figures=figures,
        level=first.level,
    )


def _figures(instrument: Instrument, said: Sequence[tuple[Reported, int]]) -> dict[str, Figure]:
    pairs: list[Pair] = [(one.point, float(total)) for one, total in said]
    if instrument is not Instrument.BDI_II:
        return bootstrapped(pairs, {"spearman": spearman})
    figures = bootstrapped(pairs, ON_ONE_SCALE)
    inside = [
        one.low <= total <= one.high
        for one, total in said
        if one.low is not None and one.high is not None
    ]
    if len(inside) >= FEWEST:
        figures["coverage"] = wilson(sum(inside), len(inside))
    return figures


def mean_absolute_error(pairs: Sequence[Pair]) -> float:
    """Return the mean distance between estimate and total."""
    return fmean(abs(estimate - total) for estimate, total in pairs)


def root_mean_squared_error(pairs: Sequence[Pair]) -> float:
    """Return the root of the mean squared distance."""
    return math.sqrt(fmean((estimate - total) ** 2 for estimate, total in pairs))


def mean_error(pairs: Sequence[Pair]) -> float:
    """Return by how much estimates lie above totals; below zero, under them."""
    return fmean(estimate - total for estimate, total in pairs)


def concordance(pairs: Sequence[Pair]) -> float:
    """Return Lin's concordance correlation; NaN where neither estimates nor totals vary."""
    estimates, totals = zip(*pairs, strict=True)
    shift, spread = fmean(estimates) - fmean(totals), _covariance(estimates, estimates)
    whole = spread + _covariance(totals, totals) + shift**2
    return 2 * _covariance(estimates, totals) / whole if whole else math.nan


def spearman(pairs: Sequence[Pair]) -> float:
    """Return the correlation of ranks, ties sharing theirs; NaN where one side never varies."""
    estimates, totals = (ranks(side) for side in zip(*pairs, strict=True))
    spread = _covariance(estimates, estimates) * _covariance(totals, totals)
    return _covariance(estimates, totals) / math.sqrt(spread) if spread else math.nan


def ranks(values: Sequence[float]) -> list[float]:
    """Return each value's rank from 1; equal values share the mean of theirs."""
    order = sorted(range(len(values)), key=values.__getitem__)
    found = [0.0] * len(values)
    begin = 0
    while begin < len(order):
        end = begin
        while end + 1 < len(order) and values[order[end + 1]] == values[order[begin]]:
            end += 1
        for place in order[begin : end + 1]:
            found[place] = (begin + end) / 2 + 1
        begin = end + 1
    return found


def _covariance(one: Sequence[float], other: Sequence[float]) -> float:
    mean, others_mean = fmean(one), fmean(other)
    return fmean((x - mean) * (y - others_mean) for x, y in zip(one, other, strict=True))


ON_ONE_SCALE: Final[Mapping[str, Measure]] = {
    "mae": mean_absolute_error,
    "rmse": root_mean_squared_error,
    "ccc": concordance,
    "mean_error": mean_error,
}


def bootstrapped(pairs: Sequence[Pair], measures: Mapping[str, Measure]) -> dict[str, Figure]:
    """Return each measure with its percentile interval; the same pairs give the same figures."""
    chance = Random(SEED)  # noqa: S311  draws samples, keeps no secret
    drawn: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(RESAMPLES):
        sample = chance.choices(pairs, k=len(pairs))
        for name, measure in measures.items():
            drawn[name].append(measure(sample))
    return {name: _figure(measure(pairs), drawn[name]) for name, measure in measures.items()}


def _figure(value: float, drawn: Sequence[float]) -> Figure:
    ordered = sorted(one for one in drawn if not math.isnan(one))
    if not ordered:
        return Figure(value, math.nan, math.nan)
    last = len(ordered) - 1
    return Figure(value, ordered[round(0.025 * last)], ordered[round(0.975 * last)])


def wilson(hits: int, n: int) -> Figure:
    """Return the share of hits with Wilson's score interval."""
    share, z2 = hits / n, Z_95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    reach = Z_95 * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Figure(share, max(0.0, middle - reach), min(1.0, middle + reach))
