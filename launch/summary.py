"""An assessment as a person reads it in a terminal. What was withheld shows no number."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

Document = Mapping[str, Any]

BAR_WIDTH: Final = 24
STAMP: Final = (
    "DEMONSTRATION WEIGHTS ({names}): made to show that the service works, proven on no patient."
    " Their numbers say nothing about the person."
)


def summary(assessment: Document) -> RenderableType:
    """Return the readable summary of an assessment that has a result."""
    result = assessment["result"]
    blocks = [
        _headline(assessment),
        _stamp(result),
        _severity(result),
        *_expressions(result),
        _micro_expressions(result),
        _withheld(result),
        _quality(result),
        _provenance(result),
    ]
    return Group(*(block for block in blocks if block is not None))


def demonstrations(result: Document) -> list[str]:
    """Return the networks whose weights were made to show the service, not to measure."""
    used = (result.get("provenance") or {}).get("models") or []
    names = [model["name"] for model in used if model.get("demonstration")]
    names += [one["model"] for one in result.get("severity") or [] if one.get("demonstration")]
    return list(dict.fromkeys(names))


def _headline(assessment: Document) -> Text:
    reported = assessment.get("outcome") == "reported"
    style = "bold green" if reported else "bold yellow"
    name, outcome = str(assessment["id"]), str(assessment.get("outcome"))
    return Text.assemble(("Assessment ", "bold"), name, "  ", (outcome, style))


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _severity(result: Document) -> Table | None:
    estimates = result.get("severity") or []
    if not estimates:
        return None
    table = _table(f"Severity ({estimates[0]['scale']})", "network", "estimate", "interval", "band")
    for one in estimates:
        table.add_row(
            one["model"],
            f"{one['point']:.1f}",
            _interval(one.get("interval")),
            _band(one),
        )
    return table


def _interval(interval: Document | None) -> str:
    if not interval:
        return "none (not calibrated)"
    range_ = f"{interval['low']:.1f} to {interval['high']:.1f}"
    return f"{range_} ({interval['level']:.0%}, n = {interval['n']})"


def _band(estimate: Document) -> str:
    """The band that the service names; it names none where two are about as likely."""
    bands: Mapping[str, float] | None = estimate.get("bands")
    if not bands:
        return "none (not calibrated)"
    name = estimate.get("band")
    if name is None:
        first, second = sorted(bands, key=lambda one: -bands[one])[:2]
        return f"none: {first} or {second}"
    return f"{name} ({bands[name]:.0%})"


def _expressions(result: Document) -> list[Table]:
    first = result.get("expression")
    more = result.get("more_expressions") or []
    return [_expression(one) for one in ([first, *more] if first else more)]


def _expression(expression: Document) -> Table:
    title = f"Expression ({expression['model']}), mostly {expression['dominant']}"
    table = _table(title, "label", "mean", "")
    ordered = sorted(expression["mean"].items(), key=lambda pair: -pair[1])
    for label, mean in ordered:
        table.add_row(label, f"{mean:.1%}", "█" * round(mean * BAR_WIDTH))
    return table


def _micro_expressions(result: Document) -> Table | None:
    found = result.get("micro_expressions")
    if found is None:
        return None
    title = f"Micro-expressions: {len(found)} found"
    table = _table(title, "label", "apex", "onset to offset", "probability")
    for one in found:
        lasted = f"{one['offset_ms'] - one['onset_ms']} ms"
        apex = f"{one['apex_ms'] / 1000:.2f} s"
        table.add_row(one["label"], apex, lasted, f"{one['confidence']:.0%}")
    return table


def _withheld(result: Document) -> Table | None:
    withheld = result.get("withheld") or []
    if not withheld:
        return None
    table = _table("Withheld", "analysis", "reason", "have", "need", "advice")
    for one in withheld:
        what = f"{one['analysis']} by {one['model']}" if one.get("model") else one["analysis"]
        cells = (str(one[key]) for key in ("code", "have", "need", "advice"))
        table.add_row(Text(str(what)), *(Text(cell) for cell in cells))
    return table


def _quality(result: Document) -> Text:
    frames = result["quality"]["frames"]
    rejected = _counts(frames["rejected"])
    seconds = result["quality"]["face_time_ms"] / 1000
    said = f"{frames['sampled']} sampled, {frames['used']} used"
    said += f"; rejected: {rejected}" if rejected else "; none rejected"
    return Text.assemble(("Frames  ", "bold"), f"{said}; {seconds:.1f} s of face")


def _counts(rejected: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in rejected.items() if count)


def _stamp(result: Document) -> Panel:
    shown_only = demonstrations(result)
    lines = [STAMP.format(names=", ".join(shown_only))] if shown_only else []
    lines += [str(notice) for notice in result.get("notices") or []]
    lines.append(f"Intended use: {result.get('intended_use', 'not said')}.")
    lines.append(f"Does not assess: {_words(result.get('does_not_assess') or [])}.")
    return Panel(Text("\n".join(lines)), title="Read this first", border_style="yellow")


def _words(names: Iterable[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names) or "not said"


def _provenance(result: Document) -> Text:
    provenance = result.get("provenance") or {}
    models = provenance.get("models") or []
    described = (
        f"{m['name']} {m.get('version', '')} ({str(m.get('sha256', ''))[:12]})" for m in models
    )
    lines = [
        f"Recording  sha256 {provenance.get('video_sha256') or 'not said'}",
        f"Networks   {', '.join(described) or 'not said'}",
    ]
    timings = result.get("timings_ms") or {}
    lines.append("Timings    " + ", ".join(f"{name} {ms} ms" for name, ms in timings.items()))
    return Text("\n".join(lines), style="dim")
