"""Closed-form heads: the last layer of a network, solved on the features of whole faces.

Ridge regression on standardised features, its strength chosen by cross-validation over persons,
so that no face of a validation person is in the fit.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from networks.tensors import LEVELS

Matrix = NDArray[np.float64]

#: Candidate strengths, per feature.
STRENGTHS = (1e-3, 1e-2, 1e-1, 1.0, 1e1, 1e2)
FOLDS = 5


@dataclass(frozen=True, slots=True)
class LinearHead:
    """severity ≈ features @ weights + bias; `error` is the cross-validated RMSE, 0-63 scale."""

    weights: Matrix  # (D,)
    bias: float
    strength: float
    error: float


@dataclass(frozen=True, slots=True)
class _Problem:
    """Standardised features' Gram matrix (n, n) and the targets (n,)."""

    gram: Matrix
    targets: Matrix

    def solve(self, chosen: NDArray[np.bool_], strength: float) -> tuple[Matrix, float]:
        """Dual coefficients of the chosen rows, and their mean target."""
        mean = float(self.targets[chosen].mean())
        gram = self.gram[np.ix_(chosen, chosen)]
        ridge = gram + strength * np.eye(len(gram))
        dual = np.linalg.solve(ridge, self.targets[chosen] - mean)
        return dual.astype(np.float64), mean

    def validation_error(self, folds: NDArray[np.int64], strength: float) -> float:
        """RMSE over all rows, each predicted by a fit without its fold."""
        squares = 0.0
        for fold in range(FOLDS):
            out = folds == fold
            dual, mean = self.solve(~out, strength)
            predicted = self.gram[np.ix_(out, ~out)] @ dual + mean
            squares += float(((predicted - self.targets[out]) ** 2).sum())
        return float(np.sqrt(squares / len(self.targets)))


def fit_linear_head(
    features: NDArray[np.float32], labels: NDArray[np.float32], persons: NDArray[np.int64]
) -> LinearHead:
    """Features (n, D), labels (n,) on the 0-63 scale, persons (n,)."""
    wide = features.astype(np.float64)
    mean, deviation = wide.mean(axis=0), wide.std(axis=0)
    # A feature that never moves carries nothing; an infinite deviation silences it.
    deviation = np.where(deviation > 1e-9, deviation, np.inf)
    standard = (wide - mean) / deviation
    problem = _Problem(standard @ standard.T / standard.shape[1], labels.astype(np.float64))
    folds = np.unique(persons, return_inverse=True)[1] % FOLDS
    errors = {strength: problem.validation_error(folds, strength) for strength in STRENGTHS}
    strength = min(errors, key=lambda candidate: errors[candidate])
    dual, level = problem.solve(np.ones(len(labels), np.bool_), strength)
    weights = standard.T @ dual / standard.shape[1] / deviation
    return LinearHead(weights, level - float(mean @ weights), strength, errors[strength])


def as_distribution(head: LinearHead) -> tuple[Matrix, Matrix]:
    """The head as 64 logits: weights (64, D) and biases (64,).

    A discretised normal about μ = w·x + b of variance v has the logits -(j - μ)²/2v, and the part
    that depends on j is linear in x: j·μ/v - j²/2v. Its expectation is μ away from the scale's
    ends, so this is the ridge solution said as a distribution, as wide as its validation error.
    """
    levels = np.arange(LEVELS, dtype=np.float64)
    variance = head.error**2
    centre = levels - levels.mean()  # a shift common to all logits changes nothing; it keeps
    weights = centre[:, None] * head.weights[None, :] / variance  # them small
    return weights, centre * head.bias / variance - levels**2 / (2.0 * variance)
