"""Building the networks that share a trunk, one after the other, into a repository.

Nothing of the trunks is fitted again; two CPU cores take a few minutes for all five.
"""

import time
from dataclasses import asdict
from functools import partial
from pathlib import Path

import torch

from training.builders import BUILDERS
from training.evaluation.document import Evaluation
from training.fit import make_deterministic
from training.progress import Display
from training.repository import Measured, ModelFolder
from training.workshop import Built, Counts, Workshop

SEED = 20261124


def share_all(
    keys: dict[str, str], repository: Path, display: Display, counts: Counts | None = None
) -> None:
    """Build each named network and write it under its key.

    Raises `TrainingFault` when the network whose trunk is shared is not built.
    """
    work = Workshop(repository, partial(display.show, "shared trunks"), counts)
    for name, key in keys.items():
        started = time.monotonic()
        work.show = partial(display.show, name)
        make_deterministic(SEED)
        built = BUILDERS[name](work)
        seconds = time.monotonic() - started
        ModelFolder(repository, name).write(built.content, key, _measured(built, seconds))
        display.say(f"built {name} in {seconds:.0f} s{_summary(built.evaluation)}")


def _measured(built: Built, seconds: float) -> Measured:
    found = built.evaluation
    return Measured(
        found.evidence if found else None,
        found.calibration if found else None,
        asdict(built.parity),
        torch.__version__,
        seconds,
    )


def _summary(evaluation: Evaluation | None) -> str:
    if evaluation is None:
        return ""
    found = evaluation.evidence
    if "rmse" in found:
        said = f"RMSE {found['rmse']['value']:.1f} (constant {found['constant_rmse']:.1f})"
    else:
        said = f"accuracy {found['accuracy']['value']:.2f} (chance {found['chance']:.2f})"
    return f": on {found['n']} {found['unit']}s of held-out synthetic persons {said}"
