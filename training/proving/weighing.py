"""From predictions on held-out persons to an experiment's arms and criteria.

predictions, truth ─▶ metric and 95 % interval over persons ─▶ Arm
two arms' predictions ─▶ paired difference over the same persons ─▶ Criterion
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.evaluation.bootstrap import Interval, Metric, difference, interval
from training.evaluation.metrics import accuracy, ccc, classes_of, rmse
from training.evaluation.units import Scored
from training.proving.finding import Arm, Criterion, Estimate, Relation

RMSE, CCC, ACCURACY = "RMSE", "CCC", "accuracy"

#: A network has learned if its error is at most this share of the constant predictor's.
LEARNED_ERROR = 0.6
LEARNED_CCC = 0.6


def estimate(measured: Interval) -> Estimate:
    """A bootstrap interval as an estimate."""
    return Estimate(measured.value, measured.low, measured.high)


def _measure(metric: Metric, scored: Scored) -> Estimate:
    return estimate(interval(metric, scored.predicted, scored.true, scored.persons))


def class_accuracy(predicted: NDArray[Any], true: NDArray[Any]) -> float:
    """The share of rows whose likeliest class is right: probabilities (n, C), classes (n,)."""
    return accuracy(classes_of(predicted), true)


METRICS: dict[str, Metric] = {RMSE: rmse, CCC: ccc, ACCURACY: class_accuracy}


def arm(name: str, metric: str, scored: Scored) -> Arm:
    """One network's value of RMSE, CCC or accuracy."""
    value = _measure(METRICS[metric], scored)
    return Arm(name, metric, value, str(scored.unit), len(scored), scored.n_persons)


@dataclass(frozen=True, slots=True)
class Rivals:
    """Two arms on the same rows, the claimed one first; `names` are as in the table."""

    names: tuple[str, str]
    claimed: Scored
    other: Scored

    def lower(self, metric: str = RMSE) -> Criterion:
        """The claimed arm's error lies below the other's."""
        return self._criterion(metric, Relation.BELOW)

    def higher(self, metric: str = ACCURACY) -> Criterion:
        """The claimed arm's metric lies above the other's."""
        return self._criterion(metric, Relation.ABOVE)

    def _criterion(self, metric: str, relation: Relation) -> Criterion:
        sentence = f"{metric} of {self.names[0]} less that of {self.names[1]}"
        pair = (self.claimed.predicted, self.other.predicted)
        gap = difference(METRICS[metric], pair, self.claimed.true, self.claimed.persons)
        return Criterion(sentence, estimate(gap), relation, 0.0)


def constant(value: float, like: Scored) -> Scored:
    """The predictor that says `value` of every row."""
    said = np.full(len(like), value, np.float64)
    return Scored(said, like.true, like.persons, like.units, like.unit)


def majority(label: int, classes: int, like: Scored) -> Scored:
    """The predictor that says one class of every row."""
    said = np.zeros((len(like), classes))
    said[:, label] = 1.0
    return Scored(said, like.true, like.persons, like.units, like.unit)


def _rmse_ratio(mean: float, predicted: NDArray[Any], true: NDArray[Any]) -> float:
    return rmse(predicted, true) / rmse(np.full(len(true), mean), true)


def rmse_ratio(scored: Scored, mean: float) -> Estimate:
    """The RMSE as a share of that of the constant `mean`, the training labels' own mean."""
    return _measure(partial(_rmse_ratio, mean), scored)


def _error_ratio(label: int, predicted: NDArray[Any], true: NDArray[Any]) -> float:
    """A draw of persons in which the constant is never wrong counts as one mistake of it."""
    wrong = max(float(np.mean(true != label)), 1.0 / len(true))
    return (1.0 - class_accuracy(predicted, true)) / wrong


def error_ratio(scored: Scored, label: int) -> Estimate:
    """The share of wrong classes over that of always saying `label`."""
    return _measure(partial(_error_ratio, label), scored)


def has_learned_scores(name: str, scored: Scored, mean: float) -> list[Criterion]:
    """At most 0.6 of the constant's RMSE, and a CCC of at least 0.6."""
    return [
        Criterion(
            f"RMSE of {name} over that of the constant predictor",
            rmse_ratio(scored, mean),
            Relation.AT_MOST,
            LEARNED_ERROR,
        ),
        Criterion(f"CCC of {name}", _measure(ccc, scored), Relation.AT_LEAST, LEARNED_CCC),
    ]


def has_learned_classes(name: str, scored: Scored, label: int) -> Criterion:
    """At most 0.6 of the errors of always saying the training set's commonest class."""
    return Criterion(
        f"share of wrong classes of {name} over that of the constant predictor",
        error_ratio(scored, label),
        Relation.AT_MOST,
        LEARNED_ERROR,
    )


def gap(values: NDArray[Any], marked: NDArray[Any]) -> float:
    """The mean of the marked values less that of the others, (n,) each; 0 without both kinds."""
    if marked.all() or not marked.any():
        return 0.0
    return float(values[marked].mean() - values[~marked].mean())


def marked_lower(
    sentence: str, values: NDArray[Any], marked: NDArray[Any], persons: NDArray[np.int64]
) -> Criterion:
    """Marked values, e.g. weights of bad frames, lie below the others on average."""
    measured = estimate(interval(gap, values, marked, persons))
    return Criterion(sentence, measured, Relation.BELOW, 0.0)


def commonest(labels: NDArray[Any]) -> int:
    """The class that the constant predictor says."""
    return int(np.bincount(labels.astype(np.int64)).argmax())
