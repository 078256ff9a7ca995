"""The metrics, numbered as in the formula list: each takes (predicted, true), row by row.

scores (n,) float on the 0-63 scale     rmse F16 · mae F17 · ccc F18 · band_accuracy
classes (n,) whole numbers from 0       accuracy · uf1 F14 · uar F15 · confusion

None of them knows what a row is: frames, clips, files or sessions. `units.py` makes the rows and
says which they are.
"""

import numpy as np
from numpy.typing import NDArray

from assessment.severity import BAND_STARTS
from training.evidence import Values, ccc, mae, rmse
from training.faults import NothingToWeigh

__all__ = [
    "BANDS",
    "Classes",
    "accuracy",
    "band_accuracy",
    "band_index",
    "ccc",
    "classes_of",
    "confusion",
    "mae",
    "rmse",
    "uar",
    "uf1",
]

Classes = NDArray[np.integer]

#: The BDI-II bands from the lowest to the highest totals [sure] Beck et al. 1996.
BANDS = tuple(name for name, _ in BAND_STARTS)

_CUTS = np.array([start for _, start in BAND_STARTS[1:]])


def classes_of(probabilities: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return the likeliest class of each row: probabilities (n, C) -> (n,)."""
    return probabilities.argmax(axis=1)


def accuracy(predicted: Classes, true: Classes) -> float:
    """Return the share of rows whose class is right, 0-1."""
    _check(predicted, true)
    return float(np.mean(predicted == true))


def confusion(true: Classes, predicted: Classes, classes: int) -> NDArray[np.int64]:
    """Return counts (classes, classes): row = the truth, column = what was said.

    Raises `NothingToWeigh` for a class outside 0..classes-1.
    """
    _check(predicted, true)
    both = np.concatenate([true, predicted])
    if both.min() < 0 or both.max() >= classes:
        raise NothingToWeigh(
            f"classes must lie in 0..{classes - 1}, found {both.min()}..{both.max()}"
        )
    cells = true.astype(np.int64) * classes + predicted.astype(np.int64)
    return np.bincount(cells, minlength=classes * classes).reshape(classes, classes)


def uf1(predicted: Classes, true: Classes) -> float:
    """F14, the unweighted F1: the mean over classes of 2·TP / (2·TP + FP + FN), 0-1.

    Pool the rows of all folds first; the mean of folds is another number [sure] MEGC 2019. A class
    that is neither true nor said anywhere has no F1 and is left out of the mean.
    """
    counts = _counts(predicted, true)
    hits = counts.diagonal()
    touched = counts.sum(axis=0) + counts.sum(axis=1)  # 2·TP + FP + FN
    return float(np.mean(2.0 * hits[touched > 0] / touched[touched > 0]))


def uar(predicted: Classes, true: Classes) -> float:
    """F15, the unweighted average recall: the mean over the true classes of TP / N, 0-1."""
    counts = _counts(predicted, true)
    members = counts.sum(axis=1)
    return float(np.mean(counts.diagonal()[members > 0] / members[members > 0]))


def band_index(scores: Values) -> NDArray[np.int64]:
    """Return the number of the BDI-II band of each score: (n,) on 0-63 -> (n,) in 0..3."""
    return np.searchsorted(_CUTS, scores, side="right")


def band_accuracy(predicted: Values, true: Values) -> float:
    """Return the share of rows whose score lies in the true score's BDI-II band, 0-1."""
    return accuracy(band_index(predicted), band_index(true))


def _counts(predicted: Classes, true: Classes) -> NDArray[np.int64]:
    _check(predicted, true)
    return confusion(true, predicted, int(max(predicted.max(), true.max())) + 1)


def _check(predicted: NDArray[np.generic], true: NDArray[np.generic]) -> None:
    if predicted.shape != true.shape or predicted.ndim != 1:
        raise NothingToWeigh(
            f"predictions {predicted.shape} and truth {true.shape} must be two (n,) columns"
        )
    if len(true) == 0:
        raise NothingToWeigh("there are no rows to weigh")
