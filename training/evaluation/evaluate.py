"""Scores to an evaluation and its pictures: `python -m training.evaluation.evaluate --help`.

held_out.csv, calibration.csv ─▶ evaluation.json · scatter.png · reliability.png
held_out.csv with p_ columns  ─▶ evaluation.json · confusion.png · confidence.png
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from training.evaluation import plots
from training.evaluation.conformal import reliability
from training.evaluation.document import Evaluation, Setting, weigh_classes, weigh_severity
from training.evaluation.scores import Scores, read_scores
from training.evaluation.units import Scored, Unit
from training.faults import NothingToWeigh, TrainingFault
from training.files import write_atomically, write_json

DOCUMENT = "evaluation.json"

Pictures = dict[str, bytes]


def evaluate(
    held_out: Scores, calibrating: Scores | None, setting: Setting, train_mean: float | None
) -> Evaluation:
    """Return the evaluation of scores as read; severity needs the mean training label.

    Raises `NothingToWeigh` without that mean, and by name when a person is in both files.
    """
    if held_out.labels:
        return weigh_classes(held_out.scored, held_out.labels, setting, held_out.groups)
    if train_mean is None:
        raise NothingToWeigh("severity needs --train-mean, what the constant predictor says")
    others = calibrating.scored if calibrating else None
    shared = sorted(_names(held_out) & (_names(calibrating) if calibrating else set()))
    if shared:
        raise NothingToWeigh(f"person {shared[0]} is in both files: split by person")
    return weigh_severity(held_out.scored, others, setting, train_mean, held_out.groups)


def _names(scores: Scores) -> set[str]:
    """Who has rows in a csv."""
    return {scores.persons[number] for number in np.unique(scores.scored.persons)}


def draw(held_out: Scored, calibrating: Scored | None, evaluation: Evaluation) -> Pictures:
    """Return the evaluation's pictures as PNG bytes, by file name."""
    confusion = evaluation.details.get("confusion")
    if confusion is not None:
        counts, true = np.array(confusion["counts"]), held_out.true.astype(np.int64)
        return {
            "confusion.png": plots.confusion_matrix(counts, confusion["labels"], str(held_out)),
            "confidence.png": plots.confidence_curve(held_out.predicted, true),
        }
    calibration = evaluation.calibration
    half_width = calibration["half_width"] if calibration else None
    pictures = {"scatter.png": plots.scatter(held_out, half_width)}
    if calibrating is not None:
        residuals = calibrating.true - np.clip(calibrating.predicted, 0.0, 63.0)
        points = reliability(residuals, held_out)
        pictures["reliability.png"] = plots.reliability_curve(points)
    return pictures


def write(folder: Path, evaluation: Evaluation, pictures: Pictures) -> None:
    """Write the pictures first and the document last, each whole."""
    for name, content in pictures.items():
        write_atomically(folder / name, content)
    write_json(folder / DOCUMENT, evaluation.document())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.evaluation.evaluate")
    parser.add_argument("--scores", type=Path, required=True, help="csv of held-out persons")
    parser.add_argument("--calibration", type=Path, help="csv of other persons, severity only")
    parser.add_argument("--unit", type=Unit, choices=list(Unit), required=True)
    parser.add_argument("--data", required=True, help="what data, in words")
    parser.add_argument("--protocol", required=True, help="who was held out and how, in words")
    parser.add_argument("--train-mean", type=float, help="mean training label, severity only")
    parser.add_argument("--out", type=Path, required=True, help="the folder to write to")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Evaluate a csv of scores; 0 when all was written."""
    asked = _parser().parse_args(arguments)
    try:
        held_out = read_scores(asked.scores, asked.unit)
        others = None
        if asked.calibration is not None:
            others = read_scores(asked.calibration, asked.unit, held_out.persons)
        setting = Setting(asked.data, asked.protocol)
        evaluation = evaluate(held_out, others, setting, asked.train_mean)
    except TrainingFault as error:
        print(f"evaluate: {error}", file=sys.stderr)
        return 1
    pictures = draw(held_out.scored, others.scored if others else None, evaluation)
    write(asked.out, evaluation, pictures)
    print(f"{held_out.scored}: {asked.out / DOCUMENT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
