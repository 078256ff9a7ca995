"""The timeline: one JSON line a sampled frame, in the order of media time.

A withheld analysis has no number here either.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from assessment.ledger import Verdict
from assessment.measurement import FaceQuality, Measurement, Observation
from assessment.result import ExpressionSummary, Result


def timeline(measurement: Measurement, result: Result) -> bytes:
    """Return the timeline as JSON Lines; scores on the 0-63 scale, probabilities in [0, 1]."""
    lines = [
        json.dumps(_row(observation, result), separators=(",", ":"))
        for observation in measurement.observations
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def _row(observation: Observation, result: Result) -> dict[str, object]:
    row: dict[str, object] = {
        "at_ms": observation.at_ms,
        "frame": observation.frame,
        "used": observation.verdict is Verdict.USED,
        "rejected": None if observation.verdict is Verdict.USED else observation.verdict,
        "face": asdict(observation.face) if observation.face else None,
        "quality": _measured(observation.quality) if observation.quality else None,
    }
    reported = {estimate.model for estimate in result.severity or ()}
    scores = {name: round(score, 3) for name, score in observation.severity if name in reported}
    if scores:
        row["severity"] = scores
    shown = dict(observation.expression)
    if result.expression is not None and result.expression.model in shown:
        row["expression"] = _named(result.expression, shown)
    more = [one for one in result.more_expressions if one.model in shown]
    if more:
        row["more_expressions"] = {one.model: _named(one, shown) for one in more}
    return row


def _measured(quality: FaceQuality) -> dict[str, float | None]:
    """Return what was measured of the face, to a thousandth, in the order of its fields."""
    return {
        name: None if value is None else round(value, 3) for name, value in asdict(quality).items()
    }


def _named(summary: ExpressionSummary, shown: Mapping[str, Sequence[float]]) -> dict[str, float]:
    pairs = zip(summary.labels, shown[summary.model], strict=True)
    return {label: round(value, 4) for label, value in pairs}
