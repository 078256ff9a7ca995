"""The report on the proving ground: `python -m training.evaluation.report --findings FOLDER`.

Finding (one JSON a seed) ─▶ combine ─▶ summary · what did not hold · a section each · limits
docs/evidence/NAME*.png ─────────────────────────────────▶ pictures of the section NAME

Numbers come from the findings alone; nothing is left out because it did not come out as claimed.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from training.evaluation.circumstances import Circumstances, circumstances
from training.evaluation.prose import CLAIMED, FULL, INTRODUCTION, LARGE, LIMITS, SMOKE
from training.faults import NothingToWeigh, TrainingFault
from training.files import read_json, write_atomically
from training.proving.combining import Combined, CombinedArm, CombinedCriterion, Verdict, combine
from training.proving.finding import Estimate, Finding, Scale
from training.repository import ROOT

SHORT = {Verdict.HELD: "yes", Verdict.MIXED: "on average only", Verdict.NOT_HELD: "**no**"}


def report(
    experiments: Sequence[Combined], seen: Circumstances, pictures: Sequence[str] = ()
) -> str:
    """Return the report as Markdown.

    `pictures` are paths relative to the report, "evidence/NAME-what.png"; each goes to the
    experiment NAME. Raises `NothingToWeigh` without experiments.
    """
    if not experiments:
        raise NothingToWeigh("there are no findings to report")
    parts = [
        "# Evidence\n",
        INTRODUCTION,
        *_scales(experiments),
        _made(experiments, seen),
        "## Summary\n",
        CLAIMED,
        _summary(experiments),
        "## What did not hold\n",
        _failures(experiments),
        "## Experiments\n",
        *(_section(one, pictures) for one in experiments),
        "## Limits\n",
        "".join(f"* {limit}\n" for limit in LIMITS),
    ]
    return "\n".join(parts)


def _scales(experiments: Sequence[Combined]) -> list[str]:
    """What a reader must know of the scales that occur."""
    said = {Scale.SMOKE: SMOKE, Scale.FULL: FULL, Scale.LARGE: LARGE}
    occurring = {one.scale for one in experiments}
    return [prose for scale, prose in said.items() if scale in occurring]


def _made(experiments: Sequence[Combined], seen: Circumstances) -> str:
    """One row a fact; several where the runs were made in several places."""
    places = [made for one in experiments for made in one.made] or [seen]
    minutes = sum(one.seconds for one in experiments) / 60.0
    facts = {
        "command": [f"`{seen.command}`"],
        "commit": [place.commit for place in places],
        "date": [place.day.isoformat() for place in places],
        "machine": [place.machine for place in places],
        "versions": [_versions(place) for place in places],
        "time of all runs": [f"{minutes:.0f} minutes, if one after another"],
    }
    return table(("", ""), [(name, "; ".join(dict.fromkeys(said))) for name, said in facts.items()])


def _versions(place: Circumstances) -> str:
    return ", ".join(f"{name} {version}" for name, version in place.versions)


def _summary(experiments: Sequence[Combined]) -> str:
    rows = [
        (
            one.claim if first else "",
            criterion.sentence,
            _spread(criterion),
            f"{criterion.relation} {number(criterion.threshold)}",
            SHORT[criterion.verdict],
        )
        for one in experiments
        for first, criterion in _with_first(one.criteria)
    ]
    heads = ("claim", "measured as", "mean over seeds [least, greatest]", "criterion", "held?")
    return table(heads, rows)


def _with_first(
    criteria: Sequence[CombinedCriterion],
) -> list[tuple[bool, CombinedCriterion]]:
    return [(place == 0, criterion) for place, criterion in enumerate(criteria)]


def _spread(criterion: CombinedCriterion) -> str:
    values = criterion.spread.values
    mean = number(criterion.spread.mean)
    if len(values) == 1:
        return f"{mean} (one seed)"
    return f"{mean} [{number(min(values))}, {number(max(values))}]"


def _failures(experiments: Sequence[Combined]) -> str:
    lines = [
        f"* **{one.experiment}**: {criterion.sentence} was {_spread(criterion)}, "
        f"wanted {criterion.relation} {number(criterion.threshold)}; "
        f"met by {criterion.held_runs} of {len(criterion.spread.values)} runs.\n"
        for one in experiments
        for criterion in one.criteria
        if criterion.verdict is not Verdict.HELD
    ]
    if not lines:
        return "Every criterion was met by every run.\n"
    return "".join(lines)


def _section(one: Combined, pictures: Sequence[str]) -> str:
    seeds = ", ".join(map(str, one.seeds))
    parts = [
        f"### {one.experiment}\n",
        f"Claim: {one.claim}\n",
        f"{one.design}\n",
        f"Result: **{one.verdict}**. Scale {one.scale}; seeds {seeds}; {_duration(one)}.\n",
        _arms(one),
        _criteria(one),
        *(f"![{one.experiment}]({path})\n" for path in _own(one.experiment, pictures)),
    ]
    return "\n".join(parts)


def _duration(one: Combined) -> str:
    return f"{one.seconds:.0f} s for all runs"


def _own(experiment: str, pictures: Sequence[str]) -> list[str]:
    """The pictures named NAME.png or NAME-what.png."""
    return sorted(path for path in pictures if Path(path).stem.partition("-")[0] == experiment)


def _arms(one: Combined) -> str:
    heads = ("arm", "metric", "n", *(f"seed {seed}" for seed in one.seeds), "mean ± deviation")
    return table(heads, [_arm(arm) for arm in one.arms])


def _arm(arm: CombinedArm) -> tuple[str, ...]:
    mean = number(arm.spread.mean)
    summary = f"{mean} ± {number(arm.spread.deviation)}" if len(arm.estimates) > 1 else mean
    size = f"{arm.count} {arm.unit}s, {arm.persons} persons"
    return (arm.name, arm.metric, size, *map(_estimate, arm.estimates), summary)


def _criteria(one: Combined) -> str:
    heads = ("criterion", *(f"seed {seed}" for seed in one.seeds), "wanted", "held")
    rows = [
        (
            criterion.sentence,
            *map(number, criterion.spread.values),
            f"{criterion.relation} {number(criterion.threshold)}",
            f"{criterion.held_runs} of {len(criterion.spread.values)}",
        )
        for criterion in one.criteria
    ]
    return table(heads, rows)


def _estimate(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return number(estimate.value)
    return f"{number(estimate.value)} [{number(estimate.low)}, {number(estimate.high)}]"


def number(value: float) -> str:
    """Return a value to two digits after the point, to three where it is below 1."""
    digits = 2 if abs(value) >= 1.0 else 3
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0.0 else text


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; bars inside cells are escaped."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(_cell(cell) for cell in line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def read_findings(folder: Path) -> list[Combined]:
    """Read every NAME*.json of a folder and put the seeds of an experiment together, by name.

    Raises `NothingToWeigh` for a file that is no finding, or for runs that do not fit together.
    """
    findings = [_finding(path) for path in sorted(folder.glob("*.json"))]
    findings.sort(key=lambda finding: (finding.experiment, finding.seed))
    runs = groupby(findings, key=lambda finding: finding.experiment)
    try:
        return [combine(list(members)) for _, members in runs]
    except ValueError as error:
        raise NothingToWeigh(str(error)) from error


def _finding(path: Path) -> Finding:
    try:
        return Finding.from_json(read_json(path))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NothingToWeigh(f"{path.name} is not a finding: {error!r}") from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the report; 0 when it was written, whatever it says."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluation.report")
    parser.add_argument("--findings", type=Path, required=True, help="folder of JSON files")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "evidence.md")
    parser.add_argument("--command", default="make evaluate", help="what made the findings")
    asked = parser.parse_args(arguments)
    seen = circumstances(asked.command, datetime.now(UTC).date())
    folder = asked.out.with_suffix("")
    pictures = [f"{folder.name}/{path.name}" for path in sorted(folder.glob("*.png"))]
    try:
        text = report(read_findings(asked.findings), seen, pictures)
    except TrainingFault as error:
        print(f"report: {error}", file=sys.stderr)
        return 1
    write_atomically(asked.out, text.encode())
    print(f"report: {asked.out.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
