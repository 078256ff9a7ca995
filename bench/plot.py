"""`bench/results.json` as one picture, `docs/performance.svg`: every target, and how far it is met.

    python -m bench.plot

A dot is a median, a line its spread, 1 the target; right of it is better, whatever the unit.
"""

import json
import sys
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure

from bench.__main__ import RESULTS
from bench.places import PROJECT

PICTURE: Final = PROJECT / "docs" / "performance.svg"
MET, MISSED = "#0072B2", "#D55E00"
"""Okabe and Ito: told apart with any common colour blindness."""


def part_of_target(row: dict[str, Any], value: float) -> float:
    """Return how far a value reaches the row's target; 1 and more is met."""
    target: float = row["target"]
    return value / target if row["better"] == "higher" else target / value


def drawn(rows: list[dict[str, Any]]) -> Figure:
    """Return the picture, the row that does best on top."""
    ordered = sorted(rows, key=lambda row: part_of_target(row, row["median"]))
    figure = Figure(figsize=(9, 0.9 + 0.32 * len(rows)), layout="constrained")
    axes = figure.add_subplot()
    for place, row in enumerate(ordered):
        ends = sorted(part_of_target(row, row[name]) for name in ("low", "high"))
        colour = MET if row["met"] else MISSED
        axes.plot(ends, [place, place], color=colour, linewidth=2)
        axes.plot(part_of_target(row, row["median"]), place, "o", color=colour)
    axes.axvline(1.0, color="#444444", linewidth=1)
    axes.set_xscale("log")
    ticks = (0.25, 0.5, 1, 2, 4)
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.set_yticks(range(len(ordered)), [row["name"].replace("`", "") for row in ordered])
    axes.set_xlabel("part of the target: 1 is met, more is better")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def main(path: Path = PICTURE) -> int:
    """Draw the rows that have a target; the same results give the same file."""
    rows = json.loads(RESULTS.read_text())["rows"].values()
    style: dict[Any, Any] = {
        "svg.hashsalt": "mien",
        "svg.fonttype": "none",
        "font.family": "sans-serif",
    }
    with mpl.rc_context(style):
        figure = drawn([row for row in rows if row["target"] is not None])
        figure.savefig(path, format="svg", metadata={"Date": None})
    return 0


if __name__ == "__main__":
    sys.exit(main())
