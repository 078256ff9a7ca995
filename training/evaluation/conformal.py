"""Split conformal calibration (Lei et al., JASA 2018), and how often it covers in fact.

residuals of calibration persons ─▶ half width ─▶ estimate ± half width ─▶ covers k of n held out

The promise holds for units that are exchangeable with the calibration's: other persons of the same
kind, recorded alike. That is why the coverage is measured as well.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from training.evaluation.units import Scored
from training.evidence import LEVEL, ClipScores, Values, calibration

CONFIDENCE = 0.95
CURVE_LEVELS = np.round(np.arange(0.1, 0.96, 0.05), 2)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of n held-out units the interval held, with a 95 % binomial interval.

    The binomial interval (Clopper and Pearson, 1934) takes the units to be independent; with
    several units a person it is too narrow.
    """

    level: float  # what was promised
    covered: int
    n: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The measured coverage, 0-1."""
        return self.covered / self.n

    @property
    def agrees(self) -> bool:
        """Whether the promised level lies in the measured interval."""
        return self.low <= self.level <= self.high

    def document(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "level": self.level,
            "share": round(self.share, 3),
            "low": round(self.low, 3),
            "high": round(self.high, 3),
            "n": self.n,
        }


def fewest(level: float = LEVEL) -> int:
    """Return how many residuals a level needs; with fewer nothing finite can promise it."""
    return int(np.ceil(level / (1.0 - level) - 1e-9))


def half_width(residuals: Values, level: float = LEVEL) -> float:
    """Return the ⌈(n+1)·level⌉-th smallest absolute residual, the largest if there are too few.

    With `fewest(level)` residuals or more, estimate ± half width holds a new, exchangeable truth
    with at least this probability.
    """
    count = len(residuals)
    # The small subtrahend keeps a product like 10 · 0.9 from being rounded up to 10.
    rank = min(count, int(np.ceil((count + 1) * level - 1e-9)))
    return float(np.sort(np.abs(residuals))[rank - 1])


def calibrate(scores: Scored, data: str) -> dict[str, Any]:
    """Return the manifest's calibration of scores (n,) on the 0-63 scale; `data` in words."""
    # What lies outside the scale is served as its end, so the residual is that of the served.
    served = np.clip(scores.predicted, 0.0, 63.0)
    return {**calibration(ClipScores(served, scores.true.astype(np.float64))), "data": data}


def coverage(half: float, scores: Scored, level: float = LEVEL) -> Coverage:
    """Return how often estimate ± `half` holds the truth of held-out units."""
    errors = np.abs(scores.true - np.clip(scores.predicted, 0.0, 63.0))
    # Manifests round to three digits; a unit on the edge must not fall out by that.
    covered, n = int(np.sum(errors <= half + 5e-4)), len(scores)
    low, high = binomial_interval(covered, n)
    return Coverage(level, covered, n, low, high)


def binomial_interval(hits: int, n: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return the exact interval of Clopper and Pearson for a share of n independent rows."""
    tail = (1.0 - confidence) / 2.0
    low = float(beta.ppf(tail, hits, n - hits + 1)) if hits > 0 else 0.0
    high = float(beta.ppf(1.0 - tail, hits + 1, n - hits)) if hits < n else 1.0
    return low, high


def reliability(residuals: Values, scores: Scored) -> tuple[Coverage, ...]:
    """Return the measured coverage at each of `CURVE_LEVELS`, from calibration residuals (m,)."""
    levels: NDArray[np.float64] = CURVE_LEVELS
    return tuple(
        coverage(half_width(residuals, float(level)), scores, float(level)) for level in levels
    )
