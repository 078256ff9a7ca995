"""`python -m training.covering`: on which parts of a face a network's score hangs.

    a drawn face ─┬───────────────────────────────────▶ NAME/1/model.onnx ─▶ score ─┐
                  └─▶ one of 7 x 7 fields covered ────▶ NAME/1/model.onnx ─▶ score ─┴─▶ change

Occlusion sensitivity of Zeiler and Fergus (ECCV 2014, section 4.2): a field is covered with the
face's mean colour, and what the score loses or gains by it is kept for that field. It asks nothing
of the network but scores, so that it is the same question for every architecture; a network's own
attention maps are not served. The face is drawn: the map is of the network, not of a patient.
"""

import argparse
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assessment.faults import Misconfigured
from training.behaviour import Behaviour
from training.drawing import draw_face, draw_looks
from training.faults import TrainingFault
from training.files import read_json
from training.golden import answer
from training.repository import ROOT, ModelFolder, newest_versions

FIELDS = 7
"""Along each side: 32 pixels of the 224 crop, a third of the distance between the eyes."""

#: Whose face is drawn, and what it does: a little of everything, so that every field can matter.
LOOKS_SEED = 20261122
EXPRESSION = Behaviour(smile=0.3, droop=0.3, brow=0.3, bow=0.2)

Say = Callable[[str], None]
Ask = Callable[[NDArray[np.uint8]], NDArray[np.float32]]


def drawn() -> NDArray[np.uint8]:
    """The face that is covered, (224, 224, 3) uint8 RGB."""
    return draw_face(draw_looks(np.random.default_rng(LOOKS_SEED)), EXPRESSION)


def covered(face: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The face (S, S, 3) once a field, row by row, with that field covered: (49, S, S, 3)."""
    step = face.shape[0] // FIELDS
    mean = face.reshape(-1, 3).mean(axis=0).round().astype(np.uint8)
    faces = np.repeat(face[np.newaxis], FIELDS * FIELDS, axis=0)
    for field, one in enumerate(faces):
        top, left = step * (field // FIELDS), step * (field % FIELDS)
        one[top : top + step, left : left + step] = mean
    return faces


def changes_of(ask: Ask) -> dict[str, Any]:
    """What a manifest says of it: the score of the whole face, and the change by field, 7 x 7.

    `ask` takes faces (n, 224, 224, 3) uint8 to scores (n, 1) on 0-63. A change above 0 says that
    the score rises when the field is covered.
    """
    face = drawn()
    whole = float(ask(face[np.newaxis]).ravel()[0])
    found = ask(covered(face)).ravel().astype(np.float64) - whole
    return {
        "method": "occlusion sensitivity, Zeiler and Fergus, ECCV 2014",
        "face": "drawn",
        "score": round(whole, 2),
        "changes": found.reshape(FIELDS, FIELDS).round(2).tolist(),
    }


def cover(folders: Iterable[ModelFolder], say: Say, *, again: bool = False) -> None:
    """Write the maps of severity networks of single frames that are missing or of another graph."""
    for folder in folders:
        manifest = read_json(folder.manifest)
        scored = (manifest["task"], manifest["kind"]) == ("severity", "frame")
        if not scored or (folder.has_covered() and not again):
            continue
        folder.state("covered", {**changes_of(_ask(folder, manifest)), **_of(manifest)})
        say(f"{folder.name}: what its score hangs on is in the manifest")


def _of(manifest: dict[str, Any]) -> dict[str, str]:
    return {"weights_sha256": manifest["sha256"]}


def _ask(folder: ModelFolder, manifest: dict[str, Any]) -> Ask:
    name, output = manifest["inputs"][0]["name"], manifest["output"]["name"]
    return lambda faces: answer(folder.graph, output, {name: faces})


def main(arguments: list[str] | None = None) -> int:
    """Complete the manifests; 0 when all have their map, 1 with one line on stderr if not."""
    parser = argparse.ArgumentParser(prog="python -m training.covering", description=__doc__)
    parser.add_argument("--repository", type=Path, default=ROOT / "model_repository")
    parser.add_argument("--again", action="store_true", help="also where they are there")
    options = parser.parse_args(arguments)
    try:
        cover(newest_versions(options.repository), print, again=options.again)
    except (TrainingFault, Misconfigured, OSError) as error:
        print(f"covering: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
