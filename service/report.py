"""The report: one page for people, whole in itself, from the same numbers as the API's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from adapters.signed_document import digest
from assessment.kept_faces import KeptFace
from service import plain_words, plots
from service.answers import timestamp
from service.archive import View
from service.covered_face import covered_face
from service.drawn_face import measured_face
from service.frames import Frames
from service.model_cards import ModelCard
from service.pages import plain, rendered
from service.rejections import rejected
from service.svg import clock, lasting

SEGMENTS_LISTED: Final = 24
NAMES: Final = {
    "severity": "Severity estimate",
    "expression": "Expression shown",
    "micro_expressions": "Micro-expressions",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What a report says beyond its result.

    Cards of the networks, the service's address, and pictures of the face that were asked for.
    """

    cards: Mapping[str, ModelCard] = field(default_factory=dict[str, ModelCard])
    address: str = ""
    faces: tuple[KeptFace, ...] = ()


BARE: Final = Background()


def report(view: View, timeline: Iterable[bytes], background: Background = BARE) -> str:
    """Return the page of an assessment that succeeded, given the lines of its timeline."""
    result = view.result
    assert result is not None
    frames = Frames.read(
        timeline,
        duration_ms=result["quality"]["duration_ms"],
        rows=result["timeline_rows"],
    )
    return rendered(
        "report.html.j2",
        assessment=view.assessment,
        created=timestamp(view.assessment.created_at),
        reference=view.request.reference if view.request else None,
        result=result,
        result_sha256=digest(result),
        severity=[_severity(one, frames, background) for one in result["severity"] or ()],
        expressions=_expressions(result, frames),
        movement=result.get("movement"),
        micro_expressions=result["micro_expressions"],
        ledger=_ledger(result["quality"]["frames"]),
        quality=plots.quality_strip(frames, _reasons(result)) if frames.columns else "",
        face=measured_face(frames),
        kept_faces=background.faces,
        networks=(networks := _networks(result, background)),
        limits=_limits(networks),
        address=background.address,
        thinned=_thinned(frames),
        names=NAMES,
        clock=clock,
        lasting=lasting,
        percent=plots.percent,
    )


def _networks(result: Mapping[str, Any], background: Background) -> list[dict[str, Any]]:
    """Return the networks whose numbers are on the page; one that was replaced has no card."""
    shown = [result["expression"], *result["more_expressions"]]
    answers = (*(result["severity"] or ()), *shown, *(result["micro_expressions"] or ()))
    names = dict.fromkeys(one["model"] for one in answers if one)
    return [{"name": name, "card": background.cards.get(name)} for name in names]


def _limits(networks: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    """Return every limit once, with the networks that it holds for."""
    holds: dict[str, list[str]] = {}
    for network in networks:
        for limit in network["card"].limits if network["card"] else ():
            holds.setdefault(limit, []).append(network["name"])
    return list(holds.items())


def _severity(
    estimate: Mapping[str, Any], frames: Frames, background: Background
) -> dict[str, Any]:
    bands, card = estimate["bands"], background.cards.get(estimate["model"])
    return {
        "estimate": estimate,
        "promise": plain_words.interval(estimate["interval"], card.calibrated_on if card else None),
        "band": plain_words.band(estimate),
        "change": plain_words.change(estimate.get("change")),
        "bar": plots.severity_bar(estimate),
        "bands": plots.band_probabilities(bands) if bands else None,
        "over_time": plots.severity_over_time(frames, estimate),
        "covered": covered_face(card.covered) if card else None,
    }


def _expressions(result: Mapping[str, Any], frames: Frames) -> list[dict[str, Any]]:
    first = result["expression"]
    more = [_expression(one, frames, one["model"]) for one in result["more_expressions"]]
    shown = [_expression(first, frames), *more] if first else more
    rates = {one["model"]: one for one in result.get("expressivity") or ()}
    return [{**one, "rates": rates.get(one["summary"]["model"])} for one in shown]


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


def _ledger(frames: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the lines that add up to the sampled frames, rejections without a frame left out."""
    used = {"name": "used", "count": frames["used"], "why": "", "advice": ""}
    return [
        used,
        *(
            {
                "name": f"rejected: {plain(one.reason)}",
                "count": one.count,
                "why": one.meaning,
                "advice": one.advice,
            }
            for one in rejected(frames)
        ),
    ]
