"""95 % intervals by resampling persons: rows of one person are not independent of each other.

persons p1 p1 p2 p3 p3 ─▶ draw 3 persons with replacement ─▶ p3 p3 p1 p1 p3 p3 ─▶ metric
                                      2000 times                        percentiles 2.5, 97.5

Resampling rows would take ten frames of one person for ten persons and give intervals that are far
too narrow.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.evidence import BOOTSTRAP_SEED, INTERVAL, RESAMPLES
from training.faults import NothingToWeigh

#: A metric takes (predicted, true), rows first, and gives one number.
Metric = Callable[[NDArray[Any], NDArray[Any]], float]

DIGITS = 3


@dataclass(frozen=True, slots=True)
class Interval:
    """A measured value, its 95 % interval over persons, and how much it rests on."""

    value: float
    low: float
    high: float
    n_units: int
    n_persons: int

    def document(self) -> dict[str, float]:
        """Return value, low and high, as a manifest states them."""
        parts = {"value": self.value, "low": self.low, "high": self.high}
        return {name: round(number, DIGITS) for name, number in parts.items()}

    def __str__(self) -> str:
        """Return the value with its interval, to two digits after the point."""
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"


@dataclass(frozen=True, slots=True)
class Persons:
    """Rows grouped by person, so that a draw of persons becomes a draw of rows."""

    order: NDArray[np.int64]  # the rows, those of one person side by side
    starts: NDArray[np.int64]  # (P,) where each person begins in `order`
    counts: NDArray[np.int64]  # (P,) how many rows each person has

    @classmethod
    def group(cls, persons: NDArray[np.int64]) -> "Persons":
        """Group the persons of n rows, (n,); raises `NothingToWeigh` below two persons."""
        _, member, counts = np.unique(persons, return_inverse=True, return_counts=True)
        if len(counts) < 2:
            raise NothingToWeigh(
                f"an interval over persons needs two persons at least, there is {len(counts)}"
            )
        starts = np.concatenate([[0], counts.cumsum()[:-1]])
        return cls(np.argsort(member, kind="stable"), starts, counts)

    def __len__(self) -> int:
        """Return how many persons there are."""
        return len(self.counts)

    def rows(self, picks: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return all rows of the picked persons, a person picked twice with its rows twice."""
        counts = self.counts[picks]
        ends = counts.cumsum()
        shift = np.repeat(self.starts[picks] - (ends - counts), counts)
        return self.order[np.arange(ends[-1]) + shift]

    def draws(self, resamples: int, seed: int) -> NDArray[np.int64]:
        """Return seeded draws of persons with replacement, (resamples, P)."""
        random = np.random.default_rng(seed)
        return random.integers(0, len(self), (resamples, len(self)))


def interval(
    metric: Metric,
    predicted: NDArray[Any],
    true: NDArray[Any],
    persons: NDArray[np.int64],
    *,
    resamples: int = RESAMPLES,
    seed: int = BOOTSTRAP_SEED,
) -> Interval:
    """Return the metric with its 95 % percentile interval over persons.

    predicted (n,) or (n, C), true (n,), persons (n,). The same seed draws the same persons, so two
    metrics of one prediction move together. Raises `NothingToWeigh` when the columns differ in
    length or there are fewer than two persons.
    """
    _check(predicted, true, persons)
    groups = Persons.group(persons)
    values = [
        metric(predicted[rows], true[rows])
        for rows in map(groups.rows, groups.draws(resamples, seed))
    ]
    return _summary(metric(predicted, true), values, len(true), len(groups))


def difference(
    metric: Metric,
    pair: tuple[NDArray[Any], NDArray[Any]],
    true: NDArray[Any],
    persons: NDArray[np.int64],
    *,
    resamples: int = RESAMPLES,
    seed: int = BOOTSTRAP_SEED,
) -> Interval:
    """Return metric(first) - metric(second) on the same rows, with its interval over persons.

    Both predictions meet the same persons in every draw, so what makes a person hard cancels out.
    An interval that holds 0 shows no difference.
    """
    first, second = pair
    _check(first, true, persons)
    _check(second, true, persons)
    groups = Persons.group(persons)

    def gap(rows: NDArray[np.int64] | slice) -> float:
        return metric(first[rows], true[rows]) - metric(second[rows], true[rows])

    values = [gap(rows) for rows in map(groups.rows, groups.draws(resamples, seed))]
    return _summary(gap(slice(None)), values, len(true), len(groups))


def _summary(value: float, values: list[float], units: int, persons: int) -> Interval:
    low, high = np.percentile(values, INTERVAL)
    return Interval(value, float(low), float(high), units, persons)


def _check(
    predicted: NDArray[np.generic], true: NDArray[np.generic], persons: NDArray[np.int64]
) -> None:
    if not len(predicted) == len(true) == len(persons):
        raise NothingToWeigh(
            f"{len(predicted)} predictions, {len(true)} labels and {len(persons)} persons "
            "must be as many"
        )
