"""The repositories that speed is measured with: `ddl_resnet50`, and the small `expression`.

    model_repository/ddl_resnet50/1 ─┬─ as it is ───────▶ .cache/bench/fp32/ddl_resnet50/1
                                     └─ training.quantise ▶ .cache/bench/int8/ddl_resnet50/1

INT8 is made by the code that `make export … --int8` runs, on drawn faces: one set of persons
measures ranges, another the drift, within the limits that a release has to keep.
"""

import hashlib
import shutil
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bench.places import CACHE, DETECTOR, PROJECT
from networks.tensors import DDL_RESNET50
from training.drift import limits_of
from training.fetch import sha256_of
from training.files import read_json
from training.golden import complete
from training.quantise import Engine, quantise
from training.repository import Measured, ModelFolder
from training.synthetic import Split, SyntheticConfig, make_faces
from worker.faces import FaceFinder

NETWORK: Final = DDL_RESNET50.name
BUILT: Final = ModelFolder(PROJECT / "model_repository", NETWORK)
PERSONS: Final = 64


def drawn(split: Split, persons: int = PERSONS) -> NDArray[np.uint8]:
    """Return a face of each person, (n, 224, 224, 3) uint8 RGB."""
    return make_faces(split, SyntheticConfig(persons=persons, clips=1, frames=1)).faces


def repository(*, int8: bool) -> ModelFolder:
    """Return the network in a repository of its own, made when it is not in the cache."""
    folder = ModelFolder(CACHE / ("int8" if int8 else "fp32"), NETWORK)
    recipe = [PROJECT / "training" / f"{name}.py" for name in ("equalise", "quantise")]
    sources = (BUILT.graph, *recipe)
    key = hashlib.sha256("".join(map(sha256_of, sources)).encode()).hexdigest()
    if not (int8 and folder.is_built(key)):
        shutil.rmtree(folder.repository, ignore_errors=True)
        for name in (NETWORK, "expression"):
            shutil.copytree(BUILT.repository / name, folder.repository / name)
    if int8 and not folder.is_built(key):
        _quantise(folder, key)
        complete([folder], partial(FaceFinder, DETECTOR), print)
    return folder


def _quantise(folder: ModelFolder, key: str) -> None:
    calibration = {"faces": drawn(Split.CALIBRATION)}
    held_out = {"faces": drawn(Split.HELD_OUT)}
    limits = limits_of(DDL_RESNET50)
    small = quantise(BUILT.graph.read_bytes(), calibration, held_out, limits, Engine.CPU)
    fp32: dict[str, Any] = read_json(BUILT.manifest)
    parity = {**fp32["parity"], "int8": small.document()}
    evidence, calibrated = fp32["evidence"], fp32["calibration"]
    folder.write(small.content, key, Measured(evidence, calibrated, parity, None, 0.0))
