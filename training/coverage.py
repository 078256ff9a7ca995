"""`python -m training.coverage`: how often the served intervals hold the truth, on new persons.

    new held-out persons ─▶ NAME/1/model.onnx ─▶ the service's own interval, bands and change
                                                          └─▶ NAME/1/coverage.json ─▶ model card

Nothing was fitted, chosen or calibrated on these persons. Exit status 1 says that a nominal 0.9
held fewer than 0.87 or more than 0.93 of them.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assessment.change import smallest_detectable
from assessment.manifest import Calibration, Manifest
from assessment.severity import band, bands, interval, likeliest
from training.calibration import scores
from training.evaluation.conformal import Coverage, binomial_interval
from training.evaluation.covered import DOCUMENT
from training.evaluation.units import Scored
from training.faults import NothingToWeigh, TrainingFault
from training.files import read_json, write_json
from training.progress import Display, open_display
from training.repository import ROOT, ModelFolder
from training.synthetic import FaceSet, Split, SyntheticConfig, make_faces
from training.weights import SEVERITY_RECIPES

LOWEST, HIGHEST = 0.87, 0.93
CHANGE_LEVEL = 0.95
SEED = 20261126

Shares = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Persons:
    """How many new persons are drawn: with one clip, with two, and with a clip of four frames."""

    once: int = 600
    twice: int = 200
    longer: int = 100
    frames: int = 4


@dataclass(frozen=True, slots=True)
class NewPersons:
    """Faces of persons that nobody has seen; those of `longer` clip after clip."""

    once: FaceSet
    twice: FaceSet
    longer: FaceSet
    frames: int

    @classmethod
    def draw(cls, persons: Persons) -> "NewPersons":
        """Draw them; the same for the same numbers. Another seed makes other persons."""
        return cls(
            make_faces(Split.HELD_OUT, SyntheticConfig(persons.once, 1, 1, seed=SEED)),
            make_faces(Split.HELD_OUT, SyntheticConfig(persons.twice, 2, 1, seed=SEED + 1)),
            make_faces(
                Split.HELD_OUT, SyntheticConfig(persons.longer, 1, persons.frames, seed=SEED + 2)
            ),
            persons.frames,
        )


def weigh(folder: ModelFolder, people: NewPersons) -> Shares:
    """What the served interval, bands and change are worth for one network, as plain values.

    Raises `NothingToWeigh` for a network that is not calibrated.
    """
    manifest = Manifest.parse(read_json(folder.manifest))
    calibration = manifest.calibration
    if calibration is None:
        raise NothingToWeigh(f"{folder.name} has no calibration: run `make weights`")
    once, twice = scores(folder, people.once), scores(folder, people.twice)
    longer = scores(folder, people.longer)
    first = twice.subset(np.arange(0, len(twice), 2))
    single = [*_pairs(once), *_pairs(first)]
    return {
        "sha256": manifest.sha256,
        "half_width": calibration.half_width,
        "calibrated_on": calibration.n,
        **held(single, calibration).document(),
        "frames": {str(people.frames): held(_pairs(longer), calibration).document()},
        "change": changes_held(twice, calibration),
        "bands": bands_named(single, calibration),
    }


def _pairs(found: Scored) -> list[tuple[float, float]]:
    """Points beside the truth."""
    return [(float(p), float(t)) for p, t in zip(found.predicted, found.true, strict=True)]


def held(found: Sequence[tuple[float, float]], calibration: Calibration) -> Coverage:
    """How often the interval that is served holds the truth."""
    spans = [interval(point, calibration) for point, _ in found]
    # A label is a float32; one on the edge must not fall out by its last digit.
    inside = [
        one.low - 1e-4 <= true <= one.high + 1e-4
        for one, (_, true) in zip(spans, found, strict=True)
    ]
    return _coverage(calibration.level, inside)


def changes_held(twice: Scored, calibration: Calibration) -> Shares:
    """How often the error of a difference stays below the smallest detectable change.

    Two clips a person, one row each; the nominal share is 0.95.
    """
    smallest = smallest_detectable(calibration)
    errors = (twice.true - twice.predicted).reshape(-1, 2)  # (persons, 2)
    inside: NDArray[np.bool_] = np.abs(errors[:, 1] - errors[:, 0]) <= smallest
    measured = _coverage(CHANGE_LEVEL, inside.tolist())
    return {"smallest_detectable": round(smallest, 2), **measured.document()}


def bands_named(found: Sequence[tuple[float, float]], calibration: Calibration) -> Shares:
    """How often a band is named, how often it is right, and how likely it was said to be."""
    shares = [bands(point, calibration.residuals) for point, _ in found]
    named = [(likeliest(one), one, true) for one, (_, true) in zip(shares, found, strict=True)]
    said = [(name, one[name], band(true)) for name, one, true in named if name is not None]
    return {
        "n": len(found),
        "named": len(said),
        "right": sum(name == true for name, _, true in said),
        "expected": round(sum(share for _, share, _ in said), 1),
    }


def _coverage(level: float, inside: Sequence[bool]) -> Coverage:
    low, high = binomial_interval(sum(inside), len(inside))
    return Coverage(level, sum(inside), len(inside), low, high)


def line(name: str, found: Shares) -> str:
    """One line on one network."""
    change, named = found["change"], found["bands"]
    longer = "; ".join(
        f"{one['share']:.3f} of n = {one['n']} with {frames} frames"
        for frames, one in found["frames"].items()
    )
    return (
        f"{name}: nominal {found['level']:g} held {found['share']:.3f} "
        f"[{found['low']:.3f}, {found['high']:.3f}] of n = {found['n']} new persons "
        f"(calibrated on {found['calibrated_on']}, ± {found['half_width']:.1f}); {longer}; "
        f"differences within {change['smallest_detectable']:.1f}: {change['share']:.3f} "
        f"[{change['low']:.3f}, {change['high']:.3f}] of n = {change['n']}; "
        f"band named {named['named']} of {named['n']}, right {named['right']}, "
        f"expected {named['expected']:.0f}"
    )


def measure(folders: Sequence[ModelFolder], persons: Persons, display: Display) -> bool:
    """Measure and write each; say whether every coverage lies where it should."""
    display.show("new persons", "drawing", 0, 1)
    people, agreed = NewPersons.draw(persons), True
    for folder in folders:
        display.show(folder.name, "scoring", 0, 1)
        found: Shares = {**weigh(folder, people), "persons": asdict(persons)}
        write_json(folder.manifest.with_name(DOCUMENT), found)
        display.say(line(folder.name, found))
        agreed &= LOWEST <= found["share"] <= HIGHEST
    return agreed


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the fitted severity networks; 0 when all agree with what is promised."""
    parser = argparse.ArgumentParser(prog="python -m training.coverage")
    parser.add_argument("--repository", type=Path, default=ROOT / "model_repository")
    parser.add_argument("--networks", nargs="+", default=list(SEVERITY_RECIPES), metavar="NAME")
    asked = parser.parse_args(arguments)
    folders = [ModelFolder(asked.repository, name) for name in asked.networks]
    try:
        with open_display() as display:
            return 0 if measure(folders, Persons(), display) else 1
    except (TrainingFault, OSError) as error:
        print(f"coverage: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
