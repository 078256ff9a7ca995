"""From severity scores of frames to an estimate with an interval and band probabilities.

The video score is the mean of the frame scores, as in the works that the networks come
from (Li et al., Front. Neurosci. 17, 2023; de Melo et al., ICIP 2019), unless the network scores
all frames at once. The interval is split
conformal: the estimate plus and minus the half width that the calibration residuals give
(Lei et al., JASA 2018).
"""

from collections.abc import Mapping
from statistics import fmean
from typing import Final

from assessment.manifest import Calibration, Manifest
from assessment.measurement import Measurement
from assessment.result import SCALE, Interval, SeverityEstimate

LOWEST: Final = 0.0
HIGHEST: Final = 63.0
BAND_STARTS: Final = (("minimal", LOWEST), ("mild", 13.5), ("moderate", 19.5), ("severe", 28.5))
"""BDI-II bands 0-13, 14-19, 20-28, 29-63 (Beck et al. 1996), cut halfway between the integers."""
BAND_MARGIN: Final = 0.10
"""A band is named only where it is likelier than every other one by more than this."""


def estimate(measurement: Measurement, manifest: Manifest) -> SeverityEstimate:
    """Return the network's estimate over the frames; it must have answered."""
    point = _bounded(fmean(scores_of(measurement, manifest.name)))
    calibration = manifest.calibration
    shares = bands(point, calibration.residuals) if calibration else None
    return SeverityEstimate(
        model=manifest.name,
        scale=SCALE,
        point=round(point, 2),
        interval=interval(point, calibration) if calibration else None,
        bands=shares,
        evidence=manifest.evidence,
        demonstration=manifest.demonstration,
        band=likeliest(shares) if shares else None,
    )


def scores_of(measurement: Measurement, network: str) -> list[float]:
    """Return every score that the network gave, on the 0-63 scale; one if it scores wholes."""
    whole = [score for name, score in measurement.wholes if name == network]
    if whole:
        return whole
    said = (score for row in measurement.observations for score in row.severity)
    return [score for name, score in said if name == network]


def interval(point: float, calibration: Calibration) -> Interval:
    """Return the interval around a point in [0, 63], bounded to that scale."""
    return Interval(
        level=calibration.level,
        low=round(_bounded(point - calibration.half_width), 2),
        high=round(_bounded(point + calibration.half_width), 2),
        method=calibration.method,
        n=calibration.n,
    )


def bands(point: float, residuals: tuple[float, ...]) -> dict[str, float]:
    """Return the share of calibration residuals that put the truth into each band."""
    counts = dict.fromkeys((name for name, _ in BAND_STARTS), 0)
    for residual in residuals:
        counts[band(_bounded(point + residual))] += 1
    return {name: round(count / len(residuals), 4) for name, count in counts.items()}


def likeliest(shares: Mapping[str, float]) -> str | None:
    """Return the likeliest band, or None when the second lies within `BAND_MARGIN` of it."""
    first, second = sorted(shares, key=lambda name: shares[name], reverse=True)[:2]
    return first if round(shares[first] - shares[second], 4) > BAND_MARGIN else None


def band(score: float) -> str:
    """Return the BDI-II band of a score in [0, 63]."""
    return next(name for name, start in reversed(BAND_STARTS) if score >= start)


def _bounded(score: float) -> float:
    return min(max(score, LOWEST), HIGHEST)
