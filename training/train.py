"""`python -m training.train --config training/configs/NAME.toml`: train one network.

    knobs ─▶ data ─▶ learner ─▶ fit ─▶ the test, once

The run's folder holds knobs.json, checkpoint.pt, best.pt, log.csv, curve.png and, at the end,
evaluation.json. The same command again goes on where it stopped, however it stopped.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

import torch

from training.evaluation.document import weigh_classes, weigh_severity
from training.evaluation.units import scored
from training.faults import TrainingFault
from training.files import write_json
from training.knobs import Knobs, read_knobs
from training.learners import Learner, make_learner
from training.loop import fit, predict_all
from training.progress import Display, open_display
from training.repository import ROOT
from training.sources import read_sources
from training.sources_parts import Sources

RUNS = ROOT / "data" / "runs"


def train(knobs: Knobs, folder: Path, display: Display) -> dict[str, Any]:
    """One run from its knobs to its evaluation; goes on with what the folder holds."""
    name = folder.name
    display.show(name, f"reading {knobs.data.get('source', 'synthetic')}", 0, 1)
    sources = read_sources(knobs)
    torch.manual_seed(knobs.seed)
    learner = make_learner(knobs.network, knobs.config, knobs.learner)
    history = fit(
        learner,
        sources.train,
        sources.development,
        knobs,
        folder,
        lambda stage, done, total: display.show(name, stage, done, total),
    )
    if is_follower():
        return {}
    found = "" if history.best is None else f", development {history.measure} {history.best:.4g}"
    display.say(
        f"{name}: {len(history.records)} epochs, best epoch {history.best_epoch + 1}{found}"
    )
    return weigh(learner, sources, knobs)


def weigh(learner: Learner, sources: Sources, knobs: Knobs) -> dict[str, Any]:
    """The one look at the test persons, as plain values."""
    predicted = predict_all(learner, sources.test, knobs.batch)
    held_out = scored(predicted, sources.test, sources.unit)
    if sources.classes:
        return weigh_classes(held_out, sources.classes, sources.setting).document()
    mean = float(sources.train.labels.mean())
    return weigh_severity(held_out, None, sources.setting, mean).document()


def is_follower() -> bool:
    """Whether another process than this one, the first device's, tells and writes."""
    return os.environ.get("LOCAL_RANK", "0") != "0"


class Silence:
    """A display that shows nothing."""

    def show(self, task: str, stage: str, done: int, total: int) -> None:
        """Show nothing."""

    def say(self, line: str) -> None:
        """Say nothing."""


def main(arguments: list[str] | None = None) -> int:
    """Train; 0 when done, 1 with one line on stderr if not."""
    options = _options(arguments)
    folder = options.folder or RUNS / options.config.stem
    try:
        knobs = read_knobs(options.config)
        if is_follower():
            train(knobs, folder, Silence())
            return 0
        with open_display() as display:
            document = train(knobs, folder, display)
            write_json(folder / "knobs.json", knobs.document())
            write_json(folder / "evaluation.json", document)
            display.say(f"{options.config.stem}: {_line(document)}; see {folder}")
    except (TrainingFault, OSError) as fault:
        print(f"train: {fault}", file=sys.stderr)
        return 1
    return 0


def _line(document: dict[str, Any]) -> str:
    """The first metric of the test with its interval."""
    evidence = document["evidence"]
    name = "rmse" if "rmse" in evidence else "accuracy"
    value = evidence[name]
    return (
        f"test {name} {value['value']} ({value['low']} to {value['high']}), "
        f"{evidence['n']} {evidence['unit']}s"
    )


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training.train",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", type=Path, required=True, help="a TOML file of knobs")
    parser.add_argument("--folder", type=Path, help=f"of the run; default {RUNS.name}/NAME in data")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
