"""What a fitted network is worth: errors with bootstrap intervals, and its conformal calibration.

Everything counts clips: a clip's score is the mean over its frames, as a video's is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Metric = Callable[[Values, Values], float]

RESAMPLES = 2000
INTERVAL = (2.5, 97.5)  # percentiles, for 95 %
LEVEL = 0.9
MAXIMUM_RESIDUALS = 200
BOOTSTRAP_SEED = 7


@dataclass(frozen=True, slots=True)
class ClipScores:
    """What a network said of some clips: predicted and true severity, (n,) each, 0-63."""

    predicted: Values
    true: Values


def by_clip(
    frame_scores: NDArray[np.float32], labels: NDArray[np.float32], clips: NDArray[np.int64]
) -> ClipScores:
    """Frames to clips: (n,) each, faces of a clip share its label."""
    _, first, member = np.unique(clips, return_index=True, return_inverse=True)
    sums = np.bincount(member, weights=frame_scores)
    return ClipScores(sums / np.bincount(member), labels[first].astype(np.float64))


def rmse(predicted: Values, true: Values) -> float:
    """F16, the root of the mean squared error."""
    return float(np.sqrt(np.mean((predicted - true) ** 2)))


def mae(predicted: Values, true: Values) -> float:
    """F17, the mean absolute error."""
    return float(np.mean(np.abs(predicted - true)))


def ccc(predicted: Values, true: Values) -> float:
    """F18, the concordance correlation: 0 for a constant, 1 for the truth."""
    covariance = np.mean((predicted - predicted.mean()) * (true - true.mean()))
    spread = predicted.var() + true.var() + (predicted.mean() - true.mean()) ** 2
    return float(2.0 * covariance / spread) if spread > 0.0 else 0.0


def with_interval(metric: Metric, scores: ClipScores) -> dict[str, float]:
    """The metric's value and its 95 % bootstrap interval over clips."""
    random = np.random.default_rng(BOOTSTRAP_SEED)
    count = len(scores.true)
    picks = random.integers(0, count, (RESAMPLES, count))
    resampled = [metric(scores.predicted[pick], scores.true[pick]) for pick in picks]
    low, high = np.percentile(resampled, INTERVAL)
    return {
        "value": round(metric(scores.predicted, scores.true), 3),
        "low": round(float(low), 3),
        "high": round(float(high), 3),
    }


def evidence(scores: ClipScores, train_mean: float) -> dict[str, Any]:
    """The manifest's evidence; the constant predictor says the training set's mean."""
    constant = np.full_like(scores.true, train_mean)
    return {
        "data": "synthetic proving ground, held-out persons",
        "protocol": "person-disjoint; fitted on other persons, evaluated once",
        "unit": "clip",
        "n": len(scores.true),
        "rmse": with_interval(rmse, scores),
        "mae": with_interval(mae, scores),
        "ccc": with_interval(ccc, scores),
        "constant_rmse": round(rmse(constant, scores.true), 3),
    }


def calibration(scores: ClipScores) -> dict[str, Any]:
    """Split conformal: the signed residuals truth - estimate, and the symmetric half width.

    The half width is the ⌈(n+1)·level⌉-th smallest absolute residual, which covers a new clip with
    at least that probability if it is exchangeable with these.
    """
    residuals = np.sort(scores.true - scores.predicted)
    count = len(residuals)
    rank = min(count, int(np.ceil((count + 1) * LEVEL)))
    half_width = float(np.sort(np.abs(residuals))[rank - 1])
    kept = np.linspace(0, count - 1, min(count, MAXIMUM_RESIDUALS)).round().astype(int)
    return {
        "method": "split_conformal",
        "data": "synthetic proving ground, calibration persons",
        "n": count,
        "level": LEVEL,
        "half_width": round(half_width, 3),
        "residuals": [round(float(value), 3) for value in residuals[kept]],
    }
