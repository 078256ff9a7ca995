"""The bodies of `/v1/assessments/{id}/feedback`: what is told, and what is answered."""

from typing import Final

from pydantic import ConfigDict, Field, JsonValue

from assessment.feedback import HIGHEST, Instrument
from service.bodies import AssessmentIdValue, Timestamp
from service.result_bodies import Score, Shape
from service.values import Strict, Time

_LOWER: Final[JsonValue] = [
    {
        "if": {"properties": {"instrument": {"const": str(one)}}},
        "then": {"properties": {"total": {"maximum": highest}}},
    }
    for one, highest in HIGHEST.items()
    if highest < max(HIGHEST.values())
]
"""Instruments whose totals end below the highest one."""


class FeedbackOptions(Strict):
    """The total of a questionnaire that the person of the assessment filled in; no item of it."""

    model_config = ConfigDict(json_schema_extra={"allOf": _LOWER})

    instrument: Instrument = Field(description="Which questionnaire it was.")
    total: int = Field(
        ge=0,
        le=max(HIGHEST.values()),
        description="0 to 63 for `bdi_ii`, 0 to 27 for `phq_9`.",
    )
    obtained_at: Time = Field(
        description="When the person filled it in.", examples=["2026-11-20T09:30:00Z"]
    )


class ReportedBody(Shape):
    """What a network had reported when the feedback came; kept beside it."""

    model: str
    version: str
    sha256: str
    demonstration: bool
    point: Score
    low: Score | None
    high: Score | None
    level: float | None = Field(description="Of the interval; null without calibration.")


class FeedbackBody(Shape):
    """A total, and what it is compared with."""

    assessment_id: AssessmentIdValue
    instrument: Instrument
    total: int
    obtained_at: Timestamp
    received_at: Timestamp
    erase_at: Timestamp = Field(description="Kept apart: the assessment may be erased before.")
    reported: list[ReportedBody] = Field(description="Empty where severity was withheld.")


class FeedbackList(Shape):
    """At most one total an instrument."""

    data: list[FeedbackBody]
