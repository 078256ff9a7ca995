"""The report: one page for people, whole in itself, from the same numbers as the API's."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from service import plots
from service.answers import timestamp
from service.archive import View
from service.frames import Frames
from service.svg import clock

SEGMENTS_LISTED: Final = 24
NAMES: Final = {
    "severity": "Severity estimate",
    "expression": "Expression shown",
    "micro_expressions": "Micro-expressions",
}

_pages = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def report(view: View, timeline: Iterable[bytes]) -> str:
    """Return the page of an assessment that succeeded, given the lines of its timeline."""
    result = view.result
    assert result is not None
    frames = Frames.read(
        timeline,
        duration_ms=result["quality"]["duration_ms"],
        rows=result["timeline_rows"],
    )
    return _pages.get_template("report.html.j2").render(
        assessment=view.assessment,
        created=timestamp(view.assessment.created_at),
        reference=view.request.reference if view.request else None,
        result=result,
        severity=[_severity(one, frames) for one in result["severity"] or ()],
        expressions=_expressions(result, frames),
        micro_expressions=result["micro_expressions"],
        ledger=_ledger(result["quality"]["frames"]),
        quality=plots.quality_strip(frames, _reasons(result)) if frames.columns else "",
        thinned=_thinned(frames),
        names=NAMES,
        clock=clock,
        percent=plots.percent,
        words=_words,
    )


def _severity(estimate: Mapping[str, Any], frames: Frames) -> dict[str, Any]:
    bands = estimate["bands"]
    return {
        "estimate": estimate,
        "bar": plots.severity_bar(estimate),
        "bands": plots.band_probabilities(bands) if bands else None,
        "over_time": plots.severity_over_time(frames, estimate),
    }


def _expressions(result: Mapping[str, Any], frames: Frames) -> list[dict[str, Any]]:
    first = result["expression"]
    more = [_expression(one, frames, one["model"]) for one in result["more_expressions"]]
    return [_expression(first, frames), *more] if first else more


def _expression(
    expression: Mapping[str, Any], frames: Frames, model: str | None = None
) -> dict[str, Any]:
    return {
        "summary": expression,
        "over_time": plots.expression_over_time(frames, expression, model),
        "strip": plots.segment_strip(frames, expression),
        "listed": expression["segments"][:SEGMENTS_LISTED],
        "unlisted": len(expression["segments"][SEGMENTS_LISTED:]),
    }


def _thinned(frames: Frames) -> str:
    most = max((len(column.times_ms) for column in frames.columns), default=1)
    return f" Each point is the mean of up to {most} frames." if most > 1 else ""


def _reasons(result: Mapping[str, Any]) -> list[str]:
    rejected = result["quality"]["frames"]["rejected"]
    return [reason for reason, count in rejected.items() if count]


def _ledger(frames: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return the lines that add up to the sampled frames, rejections without a frame left out."""
    rejected = [
        (f"rejected: {_plain(name)}", count) for name, count in frames["rejected"].items() if count
    ]
    return [("used", frames["used"]), *rejected]


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _words(value: object) -> str | Markup:
    """Return a manifest's entry, a licence or evidence, as words."""
    if isinstance(value, Mapping):
        entries: Mapping[str, object] = value  # pyright: ignore[reportUnknownVariableType]
        return "; ".join(f"{_plain(name)}: {_words(one)}" for name, one in entries.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)
