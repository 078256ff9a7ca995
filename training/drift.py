"""How far a network in INT8 may say something else than in FP32, and how far it does."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from networks.tensors import ServedModel
from training.faults import DriftTooLarge


@dataclass(frozen=True, slots=True)
class Limits:
    """How far the first output may drift, in its own unit."""

    mean: float
    maximum: float


SCORE_LIMITS = Limits(0.5, 2.0)  # on the 0-63 scale
PROBABILITY_LIMITS = Limits(0.02, 0.1)


@dataclass(frozen=True, slots=True)
class Drift:
    """The absolute difference of the first output, INT8 against FP32, over n rows."""

    mean: float
    maximum: float
    n: int

    def within(self, limits: Limits) -> bool:
        """Say whether both hold; NaN does not."""
        return self.mean <= limits.mean and self.maximum <= limits.maximum


def limits_of(model: ServedModel) -> Limits:
    """The limits of a network's first output; features have none, so `DriftTooLarge`."""
    first = model.outputs[0]
    if first.name == "probabilities":
        return PROBABILITY_LIMITS
    if first.shape == (1,):
        return SCORE_LIMITS
    raise DriftTooLarge(
        f"{model.name} gives {first.name}, for which no drift is known to be harmless:"
        " release it without --int8"
    )


def drift_between(expected: NDArray[np.float32], found: NDArray[np.float32]) -> Drift:
    """The drift over rows (n, ...), largest entry of each row taken."""
    largest = np.abs(found - expected).reshape(len(expected), -1).max(axis=1)  # (n,)
    return Drift(float(largest.mean()), float(largest.max()), len(largest))
