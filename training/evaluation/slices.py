"""Metrics by group: who is measured worse, with n beside every number.

A group that is too small gets no number: an error of four persons invites a conclusion that the
data cannot carry.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.evaluation.bootstrap import Interval, Metric, interval
from training.evaluation.metrics import BANDS, band_index
from training.evaluation.units import Scored
from training.faults import NothingToWeigh

#: A slice below either shows "n too small".
FEWEST_UNITS = 10
FEWEST_PERSONS = 5

TOO_SMALL = "n too small"


@dataclass(frozen=True, slots=True)
class Slice:
    """One group of rows; `values` is None where there are too few."""

    name: str
    n_units: int
    n_persons: int
    values: Mapping[str, Interval] | None

    def document(self) -> dict[str, Any]:
        """Return plain values."""
        values = self.values
        measured = {name: one.document() for name, one in values.items()} if values else None
        return {"n": self.n_units, "persons": self.n_persons, "metrics": measured}


def slices(
    scores: Scored, groups: Sequence[str], metrics: Mapping[str, Metric]
) -> tuple[Slice, ...]:
    """Return every group with its metrics, by name; `groups` names the group of each row."""
    if len(groups) != len(scores):
        raise NothingToWeigh(f"{len(groups)} group names for {len(scores)} rows")
    column = np.array(groups)
    return tuple(
        _slice(name, scores.subset(column == name), metrics) for name in sorted(set(groups))
    )


def band_slices(scores: Scored, metrics: Mapping[str, Metric]) -> tuple[Slice, ...]:
    """Return the slices by the BDI-II band of the truth, from minimal to severe."""
    members = band_index(scores.true)
    found = slices(scores, [BANDS[member] for member in members], metrics)
    return tuple(sorted(found, key=lambda one: BANDS.index(one.name)))


def _slice(name: str, scores: Scored, metrics: Mapping[str, Metric]) -> Slice:
    n_units, n_persons = len(scores), scores.n_persons
    if n_units < FEWEST_UNITS or n_persons < FEWEST_PERSONS:
        return Slice(name, n_units, n_persons, None)
    columns: tuple[NDArray[Any], ...] = (scores.predicted, scores.true, scores.persons)
    values = {title: interval(metric, *columns) for title, metric in metrics.items()}
    return Slice(name, n_units, n_persons, values)


def markdown(rows: Sequence[Slice], unit: str, metrics: Sequence[str]) -> str:
    """Return a table: slice, n, persons, and each metric with its 95 % interval."""
    titles = ["slice", f"n ({unit}s)", "persons", *metrics]
    lines = [_line(titles), _line(["---"] * len(titles))]
    for row in rows:
        values = row.values
        cells = [str(values[metric]) if values else TOO_SMALL for metric in metrics]
        lines.append(_line([row.name, str(row.n_units), str(row.n_persons), *cells]))
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
