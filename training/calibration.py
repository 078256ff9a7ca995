"""How far the fitted severity networks are off, on persons of their own: a step after the fit.

    NAME/1/model.onnx ─▶ scores of 400 calibration persons ─▶ residuals ─▶ NAME/1/manifest.json

It weighs the served file itself, so it needs no fit anew, and is done again only when that file or
what draws the persons has changed. With n residuals the share of new persons that the interval
holds is itself drawn from Beta(k, n+1-k), k = ⌈(n+1)·level⌉ (Vovk, ACML 2012): about 0.90 ± 0.04
for 60 persons, ± 0.015 for 400, which lies between 0.87 and 0.93 with a chance of 96 %.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from networks.tensors import SCALE_MAXIMUM
from training.evaluation.answers import answers
from training.evaluation.conformal import fewest, half_width
from training.evaluation.units import Scored, Unit
from training.evidence import LEVEL
from training.examples import Examples
from training.faults import NothingToWeigh
from training.files import read_json
from training.progress import Display
from training.repository import ModelFolder
from training.synthetic import FaceSet, Split, SyntheticConfig, make_faces

#: Every one shows one face, as in the fit: more frames hardly narrow the error (docs/adr/0011).
PERSONS = SyntheticConfig(persons=400, clips=1, frames=1)
DATA = "synthetic proving ground, calibration persons"


def calibrate_all(keys: Mapping[ModelFolder, str], display: Display) -> None:
    """Calibrate each network on the same persons and write that under its key."""
    display.show("calibration", "drawing", 0, 1)
    faces = make_faces(Split.CALIBRATION, PERSONS)
    for folder, key in keys.items():
        display.show(folder.name, "calibrating", 0, 1)
        found = {**residuals_of(scores(folder, faces)), "source_sha256": key}
        folder.state("calibration", found)
        display.say(
            f"calibrated {folder.name} on {found['n']} synthetic persons: "
            f"{100 * LEVEL:.0f} % half width {found['half_width']:.1f}"
        )


def scores(folder: ModelFolder, faces: FaceSet) -> Scored:
    """What the served graph says of clips, one row a clip, as it is served: on 0-63."""
    manifest = read_json(folder.manifest)
    inputs = {manifest["inputs"][0]["name"]: faces.faces}
    examples = Examples(inputs, faces.labels, faces.persons, faces.clips)
    said = answers(folder.graph, examples, manifest["output"]["name"])
    frames = Scored(said, faces.labels, faces.persons, faces.clips, Unit.FRAME)
    clips = frames.mean_over(faces.clips, Unit.CLIP)
    return Scored(
        np.clip(clips.predicted, 0.0, SCALE_MAXIMUM),
        clips.true,
        clips.persons,
        clips.units,
        Unit.CLIP,
    )


def residuals_of(found: Scored) -> dict[str, Any]:
    """The manifest's calibration: all signed residuals, and the split conformal half width.

    Raises `NothingToWeigh` when there are too few for the level: nothing finite promises it then.
    """
    if len(found) < fewest(LEVEL):
        raise NothingToWeigh(
            f"{len(found)} residuals cannot carry {LEVEL:g}: it takes {fewest(LEVEL)}"
        )
    residuals = np.sort(found.true.astype(np.float64) - found.predicted)
    return {
        "method": "split_conformal",
        "data": DATA,
        "n": len(residuals),
        "level": LEVEL,
        "half_width": round(half_width(residuals), 3),
        "residuals": [round(float(value), 3) for value in residuals],
    }
