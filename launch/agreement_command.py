"""`agreement`: how far reported estimates agree with the feedback in a data folder."""

import argparse
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from adapters.feedback_files import FolderFeedback
from assessment.access import is_sandbox
from assessment.agreement import FEWEST, Agreement, Comparison, Figure, compare
from assessment.feedback import Feedback, Instrument
from launch.faults import LaunchFault
from launch.key_options import tenant_name

NAMES: Final[Mapping[str, str]] = {
    "mae": "mean absolute error",
    "rmse": "root mean squared error",
    "ccc": "concordance correlation",
    "mean_error": "mean error (estimate - total)",
    "coverage": "totals within the interval",
    "spearman": "rank correlation (Spearman)",
}
LIMITS: Final = """\
Figures have 95 % intervals: bootstrap over pairs, Wilson for shares. Pairs count as independent;
several of one person make the intervals look narrower than they are. Who gives feedback is chosen
by nobody, so this describes these pairs and no population."""


def add_agreement(commands: Any) -> None:
    """Add the command to the command line."""
    one = commands.add_parser(
        "agreement",
        help="compare what was reported with questionnaires' totals",
        description="Reads the feedback in the data folder; sandboxes are left out.",
    )
    one.add_argument("--data", type=Path, default=Path("data"), help="data folder (./data)")
    one.add_argument("--tenant", type=tenant_name, help="that one's feedback alone")
    one.add_argument(
        "--within-days",
        type=_days,
        default=14,
        help="most days between questionnaire and assessment (14, as BDI-II and PHQ-9 ask about)",
    )
    one.add_argument("--json", action="store_true", help="print the figures as JSON")


def _days(text: str) -> int:
    days = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
    if not days:
        raise argparse.ArgumentTypeError("a whole number of days, 1 or more")
    return days


def run_agreement(
    _project: Path, arguments: argparse.Namespace, console: Console, _caller: Mapping[str, str]
) -> None:
    """Print the agreement of every network that was reported."""
    if not arguments.data.is_dir():
        raise LaunchFault(f"there is no data folder {arguments.data}: give one with --data")
    meant = _meant(FolderFeedback(arguments.data), arguments.tenant)
    comparison = compare(meant, within=timedelta(days=arguments.within_days))
    if arguments.json:
        console.out(json.dumps(_document(comparison), indent=2), highlight=False)
    else:
        lines = "\n".join(_lines(comparison, arguments.within_days))
        console.print(Text(lines), soft_wrap=True)


def _meant(store: FolderFeedback, tenant: str | None) -> Iterator[Feedback]:
    for one in store.all():
        if not is_sandbox(one.tenant) and tenant in (None, one.tenant):
            yield one


def _document(comparison: Comparison) -> dict[str, Any]:
    return {
        "fewest": FEWEST,
        "agreements": [
            {
                **asdict(one),
                "figures": {name: _plain(one.figures.get(name)) for name in _asked(one)},
            }
            for one in comparison.agreements
        ],
        "without_estimate": comparison.without_estimate,
        "too_far_apart": comparison.too_far_apart,
    }


def _asked(one: Agreement) -> list[str]:
    ranks_only = one.instrument is not Instrument.BDI_II
    return [name for name in NAMES if (name == "spearman") is ranks_only]


def _plain(figure: Figure | None) -> dict[str, float | None] | None:
    if figure is None:
        return None
    return {name: None if math.isnan(x) else x for name, x in asdict(figure).items()}


def _lines(comparison: Comparison, days: int) -> Iterator[str]:
    for one in comparison.agreements:
        yield from _of_a_network(one)
        yield ""
    if not comparison.agreements:
        yield "No feedback on estimates yet: nothing can be said."
    if comparison.without_estimate:
        yield f"Left out: {comparison.without_estimate} totals of assessments without an estimate."
    if comparison.too_far_apart:
        yield f"Left out: {comparison.too_far_apart} totals more than {days} days apart."
    if any(one.figures for one in comparison.agreements):
        yield LIMITS


def _of_a_network(one: Agreement) -> Iterator[str]:
    demonstration = ", DEMONSTRATION WEIGHTS" if one.demonstration else ""
    yield f"{one.model} {one.version} ({one.sha256[:12]}){demonstration}"
    yield f"  against {one.instrument.upper().replace('_', '-')}, n = {one.n}"
    if not one.figures:
        yield f"  too few to say anything: it takes {FEWEST}"
        return
    if one.instrument is not Instrument.BDI_II:
        yield "  another scale than the estimate's, so only ranks are compared"
    for name, figure in one.figures.items():
        share = name == "coverage"
        promised = f"; {one.level:.0%} promised" if share and one.level else ""
        yield f"  {NAMES[name]:<30} {_said(figure, share=share)}{promised}"


def _said(figure: Figure, *, share: bool) -> str:
    form = ".1%" if share else ".2f"
    return f"{figure.value:{form}}  ({figure.low:{form}} to {figure.high:{form}})"
