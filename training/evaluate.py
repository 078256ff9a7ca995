"""The proving ground in one command: every experiment, every seed, then the report.

    python -m training.evaluate                        everything, docs/evidence.md
    python -m training.evaluate --only pooling scn --seeds 0
    python -m training.evaluate --smoke                does everything run? proves nothing
    python -m training.evaluate --large                more of everything: docs/evidence-large.md

    experiment, seed ─▶ finding ─▶ docs/evidence/NAME-SEED.json ─▶ report ─▶ docs/evidence.md

A finding that is already there is not made again, so that an interrupted run goes on where it was
and the report can be written anew in seconds; `--fresh` makes all again. Exit status 0 means that
everything ran, not that every claim held. A user's own data sets are evaluated by
`training.evaluation`.
"""

import argparse
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from training.evaluation.circumstances import Circumstances, circumstances
from training.evaluation.report import read_findings, report
from training.faults import BadFinding, TrainingFault
from training.files import read_json, write_atomically, write_json
from training.progress import Lines
from training.proving import (
    heads,
    inter_stream,
    learns,
    micro,
    noisy_labels,
    pooling,
    scn,
    temporal,
)
from training.proving.finding import Experiment, Finding, Say, Scale
from training.repository import ROOT

SEEDS = (0, 1, 2)

ALL: tuple[Experiment, ...] = (
    learns.EXPERIMENT,
    noisy_labels.EXPERIMENT,
    pooling.EXPERIMENT,
    temporal.EXPERIMENT,
    heads.EXPERIMENT,
    inter_stream.EXPERIMENT,
    scn.EXPERIMENT,
    micro.EXPERIMENT,
)
EXPERIMENTS: Mapping[str, Experiment] = {experiment.name: experiment for experiment in ALL}

REPORTS = {
    Scale.FULL: ROOT / "docs" / "evidence.md",
    Scale.LARGE: ROOT / "docs" / "evidence-large.md",
    Scale.SMOKE: ROOT / ".cache" / "smoke" / "evidence.md",
}

PLACES = {Scale.SMOKE: "two cores", Scale.FULL: "two cores", Scale.LARGE: "a GPU of 2023"}


def keep(folder: Path, finding: Finding) -> Path:
    """Write a finding as NAME-SEED.json, whole."""
    path = folder / f"{finding.experiment}-{finding.seed}.json"
    write_json(path, finding.as_json())
    return path


def kept(folder: Path, name: str, seed: int, scale: Scale) -> Finding | None:
    """The finding that is already there; raises `BadFinding` where it cannot be used."""
    path = folder / f"{name}-{seed}.json"
    if not path.exists():
        return None
    try:
        finding = Finding.from_json(read_json(path))
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise BadFinding(f"{path} is no finding: delete it, or run with --fresh") from fault
    if (finding.experiment, finding.seed, finding.scale) != (name, seed, scale):
        raise BadFinding(f"{path} is of another run: delete it, or run with --fresh")
    return finding


def verdict(finding: Finding) -> str:
    """One line on a finding: what held, and the numbers that did not."""
    failed = [
        f"{one.sentence} is {one.measured.value:.3g}, not {one.relation} {one.threshold:g}"
        for one in finding.criteria
        if not one.held
    ]
    result = "; ".join(failed) if failed else "held"
    return f"{finding.experiment}, seed {finding.seed}: {result} ({finding.seconds:.0f} s)"


def run_all(
    chosen: Sequence[Experiment],
    seeds: Sequence[int],
    scale: Scale,
    folder: Path,
    say: Say,
    seen: Circumstances | None = None,
) -> list[Finding]:
    """Run what has no finding yet, seed after seed, and keep each as soon as it is there."""
    findings: list[Finding] = []
    planned = sum(one.planned_seconds[scale] for one in chosen) * len(seeds)
    length = f"about {planned / 60:.0f} min on {PLACES[scale]}"
    say(f"{len(chosen)} experiments, {len(seeds)} seeds: {length}")
    for seed in seeds:
        for experiment in chosen:
            finding = kept(folder, experiment.name, seed, scale)
            if finding is None:
                expected = experiment.planned_seconds[scale]
                say(f"{experiment.name}, seed {seed}: about {expected:.0f} s")
                finding = replace(experiment.run(scale, seed, say), made=seen)
                keep(folder, finding)
            say(verdict(finding))
            findings.append(finding)
    return findings


def write_report(folder: Path, out: Path, seen: Circumstances) -> None:
    """Write the report on all findings of a folder."""
    pictures = [f"{folder.name}/{path.name}" for path in sorted(folder.glob("*.png"))]
    write_atomically(out, report(read_findings(folder), seen, pictures).encode())


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluate")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--smoke", action="store_true", help="tiny sizes: does everything run?")
    size.add_argument("--large", action="store_true", help="several times the data: for a GPU")
    parser.add_argument("--only", nargs="+", choices=list(EXPERIMENTS), metavar="NAME")
    parser.add_argument("--seeds", nargs="+", type=int, default=list(SEEDS))
    parser.add_argument("--out", type=Path, help="the report; its findings lie beside it")
    parser.add_argument("--fresh", action="store_true", help="forget what is already there")
    return parser.parse_args(arguments)


def scale_of(asked: argparse.Namespace) -> Scale:
    """What the switches say; the full scale without any."""
    if asked.smoke:
        return Scale.SMOKE
    return Scale.LARGE if asked.large else Scale.FULL


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks; 0 when everything ran, whatever came out."""
    asked = parse(arguments)
    scale = scale_of(asked)
    out: Path = asked.out or REPORTS[scale]
    folder = out.with_suffix("")
    names: list[str] = asked.only or list(EXPERIMENTS)
    if asked.fresh:
        for name in names:
            for seed in asked.seeds:
                (folder / f"{name}-{seed}.json").unlink(missing_ok=True)
    display = Lines()
    given = sys.argv[1:] if arguments is None else arguments
    command = shlex.join(["python", "-m", "training.evaluate", *given])
    seen = circumstances(command, datetime.now(UTC).date())
    try:
        chosen = [EXPERIMENTS[name] for name in names]
        run_all(chosen, asked.seeds, scale, folder, display.say, seen)
        write_report(folder, out, seen)
    except TrainingFault as fault:
        print(f"evaluate: {fault}", file=sys.stderr)
        return 1
    display.say(f"wrote {out.name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
