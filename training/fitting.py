"""Fitting the severity networks that are missing, one after the other, into a repository."""

from dataclasses import asdict
from functools import partial
from pathlib import Path

import torch

from training.fit import Fitted, fit, make_proving_ground
from training.progress import Display
from training.repository import Measured, ModelFolder


def fit_all(keys: dict[str, str], repository: Path, display: Display) -> None:
    """Fit each named network and write it under its key."""
    display.show("synthetic faces", "drawing", 0, 1)
    ground = make_proving_ground()
    for name, key in keys.items():
        fitted = fit(name, ground, partial(display.show, name))
        measured = Measured(
            fitted.evidence,
            fitted.calibration,
            asdict(fitted.parity),
            torch.__version__,
            fitted.seconds,
        )
        ModelFolder(repository, name).write(fitted.content, key, measured)
        display.say(_summary(name, fitted))


def _summary(name: str, fitted: Fitted) -> str:
    """Say how good it is; how wide its intervals are is told when they are calibrated, next."""
    found = fitted.evidence
    return (
        f"fitted {name} in {fitted.seconds:.0f} s: on {found['n']} clips of held-out synthetic "
        f"persons RMSE {found['rmse']['value']:.1f} (constant {found['constant_rmse']:.1f}), "
        f"CCC {found['ccc']['value']:.2f}"
    )
