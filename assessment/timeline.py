"""The timeline: one JSON line a sampled frame, in the order of media time.

A withheld analysis has no number here either.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict

from assessment.ledger import Verdict
from assessment.measurement import Measurement, Observation
from assessment.result import Result


def timeline(measurement: Measurement, result: Result, labels: Sequence[str]) -> bytes:
    """Return the timeline as JSON Lines; scores on the 0-63 scale, probabilities in [0, 1]."""
    lines = [
        json.dumps(_row(observation, result, labels), separators=(",", ":"))
        for observation in measurement.observations
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def _row(observation: Observation, result: Result, labels: Sequence[str]) -> dict[str, object]:
    row: dict[str, object] = {
        "at_ms": observation.at_ms,
        "frame": observation.frame,
        "used": observation.verdict is Verdict.USED,
        "rejected": None if observation.verdict is Verdict.USED else observation.verdict,
        "face": asdict(observation.face) if observation.face else None,
    }
    if result.severity is not None and observation.severity:
        row["severity"] = {name: round(score, 3) for name, score in observation.severity}
    if result.expression is not None and observation.expression:
        shown = zip(labels, observation.expression, strict=True)
        row["expression"] = {label: round(value, 4) for label, value in shown}
    return row
