"""A model card for each network, from its manifest: `python -m training.evaluation.card`.

model_repository/NAME/manifest.json      written by hand ──────────────┐
model_repository/NAME/N/manifest.json    the newest that is built ─────┤
model_repository/NAME/N/evaluation.json  if there is one ──────────────┤
model_repository/NAME/N/coverage.json    of `training.coverage` ───────┼─▶ docs/models/NAME.md
training.evaluation.sources              paper and tags ───────────────┘

The same manifest gives the same bytes. The order is that of Mitchell et al., “Model cards for
model reporting”, FAccT 2019.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from training.evaluation.covered import coverage_of, covered
from training.evaluation.protocols import TITLES, estimate
from training.evaluation.sources import SOURCES, Source
from training.faults import NothingToWeigh, TrainingFault
from training.files import read_json, write_atomically
from training.repository import ROOT

Document = dict[str, Any]

DEMONSTRATION = (
    "> **Demonstration weights.** They prove that the pipeline runs; what they say of a real "
    "person means nothing.\n"
)
TAGS = (
    "[sure] is read in the paper or its code or computed; [inferred] follows from related work; "
    "[assumed] is this project's choice."
)


def card(
    manifest: Document,
    source: Source,
    evaluation: Document | None = None,
    coverage: Document | None = None,
) -> str:
    """Return the card as Markdown; the evaluation or the coverage adds how often it covers."""
    parts = [
        f"# {manifest['title']} (`{manifest['name']}`)\n",
        "<!-- Written by `python -m training.evaluation.card`; edit the manifest instead. -->\n",
        *([DEMONSTRATION] if manifest["demonstration"] else []),
        f"{source.what}\n",
        _table(_shape(manifest)),
        _section("Source", [*source.papers]),
        f"How sure the rebuilding is; {TAGS}\n",
        _bullets(source.facts),
        _section("Data and licence", []),
        f"{manifest['training_data']}\n",
        _table(_licence(manifest)),
        _section("Evidence", []),
        _evidence(manifest, evaluation),
        _section("Calibration", []),
        _calibration(manifest, evaluation, coverage),
        _section("Intended use", []),
        f"{manifest['intended_use']}\n",
        _section("Limits", manifest["limits"]),
        _section("Reproduce", _reproduction(manifest, source)),
    ]
    return "\n".join(parts)


def _shape(manifest: Document) -> list[tuple[str, str]]:
    inputs = [f"`{one['name']}` {one['dtype']} {one['shape']}" for one in manifest["inputs"]]
    scale = manifest["output"]["scale"]
    output = f"`{manifest['output']['name']}`" + (f", {scale}" if scale else "")
    rows = [
        ("task", manifest["task"]),
        ("one row is", f"a {manifest['kind']}"),
        ("input", "; ".join(inputs)),
        ("output", output),
    ]
    if manifest["labels"]:
        rows.append(("labels", ", ".join(manifest["labels"])))
    return rows


def _licence(manifest: Document) -> list[tuple[str, str]]:
    licence = manifest["licence"]
    return [
        ("code", licence["code"]),
        ("weights", licence["weights"]),
        ("commercial use", "yes" if licence["commercial_use"] else "no"),
        ("where from", licence["source"]),
    ]


def _evidence(manifest: Document, evaluation: Document | None) -> str:
    evidence = manifest.get("evidence")
    if evidence is None:
        return "None. Nothing is claimed about how well these weights work.\n"
    rows = [
        (f"{TITLES[name]}, 95 % interval", estimate(evidence[name]))
        for name in TITLES
        if name in evidence
    ]
    if "constant_rmse" in evidence:
        rows.append(("RMSE of always saying the training mean", f"{evidence['constant_rmse']:.2f}"))
    if "chance" in evidence:
        rows.append(("chance (1 / classes)", f"{evidence['chance']:.2f}"))
    persons = f" of {evaluation['persons']} persons" if evaluation else ""
    said = f"n = {evidence['n']} {evidence['unit']}s{persons}. {_sentence(evidence['data'])}"
    return f"{said} {_sentence(evidence['protocol'])}\n\n{_table(rows)}"


def _calibration(manifest: Document, evaluation: Document | None, coverage: Document | None) -> str:
    calibration = manifest.get("calibration")
    if calibration is None:
        return "None; no interval is given with a result.\n"
    level = f"{100 * calibration['level']:.0f} %"
    text = (
        f"Split conformal on n = {calibration['n']} ({calibration['data']}): a score is given "
        f"± {calibration['half_width']:.1f} and holds the truth with at least {level} for "
        "recordings like these, and for no others.\n"
    )
    if coverage:
        return f"{text}\n{covered(coverage)}"
    measured = evaluation and evaluation["coverage"]
    if not measured:
        return f"{text}\nThe coverage on held-out persons was not recorded with these weights.\n"
    return (
        f"{text}\nMeasured on held-out persons: {100 * measured['share']:.0f} % "
        f"[{100 * measured['low']:.0f}, {100 * measured['high']:.0f}] of n = {measured['n']}.\n"
    )


def _reproduction(manifest: Document, source: Source) -> list[str]:
    lines = [f"The network is `{source.file}`; the weights come from `make weights`."]
    if "parity" in manifest:
        parity = manifest["parity"]
        lines += [
            f"The served file has SHA-256 `{manifest['sha256']}`.",
            f"ONNX Runtime and its reference differ by {parity['max_abs_difference']:.1e} at "
            f"most; {parity['tolerance']:g} is allowed.",
        ]
    return lines


def _section(title: str, points: Sequence[str]) -> str:
    return f"## {title}\n" + (f"\n{_bullets(points)}" if points else "")


def _bullets(points: Sequence[str]) -> str:
    return "".join(f"* {point}\n" for point in points)


def _table(rows: Sequence[tuple[str, str]]) -> str:
    lines = [f"| {left} | {right} |" for left, right in rows]
    return "\n".join(["| | |", "|---|---|", *lines]) + "\n"


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:].rstrip('.')}."


def write_cards(repository: Path, out: Path) -> list[str]:
    """Write the card of every network of a repository; return their names, sorted.

    Raises `NothingToWeigh` when there is no manifest, or a network without a known source.
    """
    found = sorted(path.parent for path in repository.glob("*/manifest.json"))
    if not found:
        raise NothingToWeigh(f"no NAME/manifest.json under {repository.name}")
    cards = {folder.name: _card_of(folder) for folder in found}
    for name, text in cards.items():
        write_atomically(out / f"{name}.md", text.encode())
    return list(cards)


def _card_of(folder: Path) -> str:
    """The newest built manifest, over what is written by hand, and its evaluation."""
    if folder.name not in SOURCES:
        raise NothingToWeigh(f"{folder.name} has no entry in training/evaluation/sources.py")
    manifest, evaluation, coverage = read_json(folder / "manifest.json"), None, None
    built = [path.parent for path in folder.glob("*/manifest.json") if path.parent.name.isdigit()]
    if built:
        newest = max(built, key=lambda version: int(version.name))
        manifest |= read_json(newest / "manifest.json")
        weighed = newest / "evaluation.json"
        evaluation = read_json(weighed) if weighed.is_file() else None
        coverage = coverage_of(newest, manifest)
    return card(manifest, SOURCES[folder.name], evaluation, coverage)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the cards; 0 when all were written."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluation.card")
    parser.add_argument("--repository", type=Path, default=ROOT / "model_repository")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "models")
    asked = parser.parse_args(arguments)
    try:
        names = write_cards(asked.repository, asked.out)
    except TrainingFault as error:
        print(f"card: {error}", file=sys.stderr)
        return 1
    print(f"{len(names)} cards: {', '.join(names)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
