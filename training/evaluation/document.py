"""Scores beside the truth → an evaluation: what a manifest carries of it, and what a card shows.

Scored, held out ───────▶ weigh_severity ─▶ Evaluation ─▶ evidence, calibration (manifest)
Scored, calibration ──────────┘                 └──▶ coverage, bands, slices, confusion (card)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from training.evaluation.bootstrap import Metric, interval
from training.evaluation.conformal import Coverage, calibrate, coverage
from training.evaluation.metrics import (
    accuracy,
    band_accuracy,
    band_index,
    ccc,
    classes_of,
    confusion,
    mae,
    rmse,
    uar,
    uf1,
)
from training.evaluation.slices import Slice, band_slices, slices
from training.evaluation.units import Scored
from training.evidence import LEVEL
from training.faults import NothingToWeigh

SEVERITY_METRICS: Mapping[str, Metric] = {"rmse": rmse, "mae": mae, "ccc": ccc}
CLASS_METRICS: Mapping[str, Metric] = {"accuracy": accuracy, "uf1": uf1, "uar": uar}

#: Rows are sliced by these: title -> the group of each row.
Groups = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Setting:
    """What the numbers rest on, in words: "AVEC2014 test", "person-disjoint, chosen on …"."""

    data: str
    protocol: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What is known of a network after one look at held-out persons.

    evidence, calibration  as the manifest's schema wants them
    coverage               of the calibrated interval on the held-out units
    details                plain values beyond the schema: persons, bands, slices, confusion
    """

    evidence: dict[str, Any]
    calibration: dict[str, Any] | None
    coverage: Coverage | None
    details: dict[str, Any]

    def document(self) -> dict[str, Any]:
        """Return all of it as plain values."""
        return {
            "evidence": self.evidence,
            "calibration": self.calibration,
            "coverage": self.coverage.document() if self.coverage else None,
            **self.details,
        }


def weigh_severity(
    held_out: Scored,
    calibrating: Scored | None,
    setting: Setting,
    train_mean: float,
    groups: Groups | None = None,
) -> Evaluation:
    """Return the evaluation of scores (n,) on the 0-63 scale.

    `calibrating` are scores of other persons, whom neither the fit nor `held_out` saw; without
    them there is no calibration. `train_mean` is the mean training label: what a network that has
    learned nothing says. Raises `NothingToWeigh` when a person is in both.
    """
    predicted = np.clip(held_out.predicted.astype(np.float64), 0.0, 63.0)
    true = held_out.true.astype(np.float64)
    found = Scored(predicted, true, held_out.persons, held_out.units, held_out.unit)
    constant = np.full_like(true, train_mean)
    evidence = _evidence(found, setting, SEVERITY_METRICS)
    evidence["constant_rmse"] = round(rmse(constant, true), 3)
    calibration, measured = _calibrated(found, calibrating)
    details = {
        "persons": found.n_persons,
        "band_accuracy": interval(band_accuracy, predicted, true, found.persons).document(),
        "majority_band": round(float(np.bincount(band_index(true)).max() / len(true)), 3),
        "slices": {
            "BDI-II band": _plain(band_slices(found, {"rmse": rmse, "mae": mae})),
            **_sliced(found, groups, SEVERITY_METRICS),
        },
    }
    return Evaluation(evidence, calibration, measured, details)


def weigh_classes(
    held_out: Scored, labels: Sequence[str], setting: Setting, groups: Groups | None = None
) -> Evaluation:
    """Return the evaluation of class probabilities (n, C); C is the number of labels.

    Rows of all folds belong together here: UF1 and UAR are pooled, never a mean of folds. `chance`
    is 1/C; `majority` is the accuracy of always saying the commonest class.
    """
    probabilities, true = held_out.predicted, held_out.true.astype(np.int64)
    if probabilities.ndim != 2 or probabilities.shape[1] != len(labels):
        raise NothingToWeigh(
            f"probabilities are {probabilities.shape}; {len(labels)} labels want one column each"
        )
    said = classes_of(probabilities)
    found = Scored(said, true, held_out.persons, held_out.units, held_out.unit)
    counts = confusion(true, said, len(labels))
    evidence = _evidence(found, setting, CLASS_METRICS)
    evidence["chance"] = round(1.0 / len(labels), 3)
    details = {
        "persons": found.n_persons,
        "majority": round(float(counts.sum(axis=1).max() / len(true)), 3),
        "confusion": {"labels": list(labels), "counts": counts.tolist()},
        "calibration_error": round(expected_calibration_error(probabilities, true), 3),
        "slices": _sliced(found, groups, CLASS_METRICS),
    }
    return Evaluation(evidence, None, None, details)


def expected_calibration_error(
    probabilities: np.ndarray[Any, Any], true: np.ndarray[Any, Any], bins: int = 10
) -> float:
    """Return the mean gap between the top probability and its accuracy over equal-width bins.

    probabilities (n, C), true (n,) classes; weighted by the rows of a bin (Guo et al., ICML 2017).
    """
    top = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == true
    member = np.minimum((top * bins).astype(int), bins - 1)
    gaps = np.bincount(member, weights=right.astype(float) - top, minlength=bins)
    return float(np.abs(gaps).sum() / len(true))


def _evidence(found: Scored, setting: Setting, metrics: Mapping[str, Metric]) -> dict[str, Any]:
    columns = (found.predicted, found.true, found.persons)
    return {
        "data": setting.data,
        "protocol": setting.protocol,
        "unit": str(found.unit),
        "n": len(found),
        **{name: interval(metric, *columns).document() for name, metric in metrics.items()},
    }


def _calibrated(
    held_out: Scored, calibrating: Scored | None
) -> tuple[dict[str, Any] | None, Coverage | None]:
    if calibrating is None:
        return None, None
    shared = np.intersect1d(held_out.persons, calibrating.persons)
    if len(shared):
        raise NothingToWeigh(
            f"person {shared[0]} is in the calibration and in the held-out rows: split by person"
        )
    calibration = calibrate(calibrating, f"{calibrating}, none of them held out or fitted on")
    return calibration, coverage(calibration["half_width"], held_out, LEVEL)


def _sliced(
    found: Scored, groups: Groups | None, metrics: Mapping[str, Metric]
) -> dict[str, dict[str, Any]]:
    named = (groups or {}).items()
    return {title: _plain(slices(found, column, metrics)) for title, column in named}


def _plain(rows: Sequence[Slice]) -> dict[str, Any]:
    return {row.name: row.document() for row in rows}
