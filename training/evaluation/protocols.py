"""The honest protocol beside the leaky one of the literature: one table, both numbers, a warning.

honest       persons never cross splits; the epoch is chosen on development data
literature   the published splits and habits: shared persons, frames shuffled, or the epoch chosen
             on the test set, as the public code of several papers does

Varanka et al. (IEEE TAFFC 2024) found that models can fall to chance when such leaks are mended.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

from training.datasets.splits import LEAKS, Division
from training.evaluation.document import CLASS_METRICS, SEVERITY_METRICS, Evaluation
from training.faults import NothingToWeigh

WARNING = (
    "warning: protocol `literature` leaks the test set ({leak}); its numbers are for comparison "
    "with papers only and say nothing about new persons"
)

#: As printed.
TITLES = {"rmse": "RMSE", "mae": "MAE", "ccc": "CCC", "accuracy": "accuracy"} | {
    "uf1": "UF1",
    "uar": "UAR",
}


@dataclass(frozen=True, slots=True)
class SideBySide:
    """The same network and data under both protocols; the division says what the second leaks."""

    honest: Evaluation
    literature: Evaluation
    division: Division

    def markdown(self) -> str:
        """Return one table with both numbers, and the leak named below it.

        Raises `NothingToWeigh` when one is a severity and the other a classification.
        """
        ours, theirs = self.honest.evidence, self.literature.evidence
        names = [name for name in (*SEVERITY_METRICS, *CLASS_METRICS) if name in ours]
        if any(name not in theirs for name in names):
            raise NothingToWeigh("the two protocols weigh different tasks: severity and classes")
        rows = [
            ["", "honest", "literature (leaky)"],
            ["---", "---", "---"],
            *([TITLES[name], estimate(ours[name]), estimate(theirs[name])] for name in names),
            ["n", _size(self.honest), _size(self.literature)],
            ["protocol", ours["protocol"], theirs["protocol"]],
        ]
        table = "\n".join(_line(row) for row in rows)
        return (
            f"{table}\n\nThe leaky column: {LEAKS[self.division]}. "
            "Only the honest one is about new persons.\n"
        )


def warn(division: Division, stream: TextIO | None = None) -> None:
    """Print what the literature's protocol leaks, on standard error unless told."""
    print(WARNING.format(leak=LEAKS[division]), file=stream or sys.stderr, flush=True)


def estimate(plain: dict[str, float]) -> str:
    """Return a manifest's estimate as text: "7.40 [5.95, 8.83]"."""
    return f"{plain['value']:.2f} [{plain['low']:.2f}, {plain['high']:.2f}]"


def _size(evaluation: Evaluation) -> str:
    unit, n = evaluation.evidence["unit"], evaluation.evidence["n"]
    return f"{n} {unit}s of {evaluation.details['persons']} persons"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
