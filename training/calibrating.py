"""Which calibrations are stale: of another graph, or of persons drawn or weighed otherwise.

Asking costs milliseconds and imports no PyTorch; `training.calibration` does the work.
"""

import hashlib
from collections.abc import Iterable

from training.closure import sources_of
from training.files import read_json
from training.progress import Display
from training.repository import ROOT, ModelFolder, Recipe


def calibrate_stale(folders: Iterable[ModelFolder], display: Display) -> None:
    """Calibrate the networks that are not, or not as the sources would now."""
    recipe = Recipe(sources_of("training/calibration.py", ROOT)).key()
    stale: dict[ModelFolder, str] = {}
    for folder in folders:
        built = read_json(folder.manifest)
        key = hashlib.sha256(f"{built['sha256']} {recipe}".encode()).hexdigest()
        if (built["calibration"] or {}).get("source_sha256") != key:
            stale[folder] = key
    if stale:
        from training.calibration import calibrate_all

        calibrate_all(stale, display)
