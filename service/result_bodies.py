"""The shape of a result, for the OpenAPI document; a test holds real answers to it."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from assessment.ledger import REJECTIONS
from assessment.request import Analysis
from assessment.result import SCALE

Milliseconds = Annotated[int, Field(ge=0, description="Milliseconds of media time.")]
Score = Annotated[float, Field(ge=0, le=63)]
Probability = Annotated[float, Field(ge=0, le=1)]


class Shape(BaseModel):
    """An object without other fields."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())


class IntervalBody(Shape):
    """A prediction interval on the 0-63 scale."""

    level: Probability = Field(description="The share of truths that it is made to hold.")
    low: Score
    high: Score
    method: str
    n: int = Field(description="Calibration videos.")


class BandsBody(Shape):
    """A probability for each BDI-II band."""

    minimal: Probability
    mild: Probability
    moderate: Probability
    severe: Probability


class SeverityBody(Shape):
    """One network's severity estimate; not a diagnosis."""

    model: str
    scale: Literal["0-63, aligned to BDI-II"] = Field(description=SCALE)
    point: Score
    interval: IntervalBody | None
    bands: BandsBody | None
    evidence: dict[str, Any] | None
    demonstration: bool = Field(description="True: the number carries no clinical meaning.")


class SegmentBody(Shape):
    """A stretch of media time in which one expression was shown most."""

    label: str
    start_ms: Milliseconds
    end_ms: Milliseconds
    mean: Probability


class ExpressionBody(Shape):
    """The expression shown; nobody's inner state."""

    model: str
    labels: list[str]
    mean: dict[str, Probability]
    dominant: str
    segments: list[SegmentBody]


class MicroExpressionBody(Shape):
    """A brief expression; nobody's inner state, and no sign of a lie."""

    model: str
    label: str
    onset_ms: Milliseconds
    apex_ms: Milliseconds
    offset_ms: Milliseconds
    confidence: Probability
    low_temporal_resolution: bool = Field(
        description="True: the recording has fewer than 60 frames a second."
    )


class WithheldBody(Shape):
    """Why an analysis, or one network of it, has no number, and what to do about it."""

    analysis: Analysis
    model: str | None = Field(
        description="Null: the whole analysis is withheld; else this network's part of it."
    )
    code: str = Field(examples=["usable_face_time_short"])
    have: str
    need: str
    advice: str


class LedgerBody(Shape):
    """Every sampled frame is used or rejected: sampled = used + the sum of rejected."""

    sampled: int
    used: int
    rejected: dict[str, int] = Field(description=f"By reason: {', '.join(REJECTIONS)}.")


class QualityBody(Shape):
    """What the recording gave to work with."""

    frames: LedgerBody
    face_time_ms: Milliseconds
    duration_ms: Milliseconds
    width: int
    height: int


class ResultBody(Shape):
    """The answer. An analysis that was withheld, or not asked for, is null."""

    sandbox: bool = Field(
        description="True: a test key sent it; nothing was measured, and every number is made up."
    )
    severity: list[SeverityBody] | None = Field(
        description="One entry a network; null when withheld or not asked for."
    )
    expression: ExpressionBody | None = Field(description="Null when withheld or not asked for.")
    more_expressions: list[ExpressionBody] = Field(
        description="What further expression networks say when the request names several."
    )
    micro_expressions: list[MicroExpressionBody] | None = Field(
        description="Empty when none was seen; null when withheld or not asked for."
    )
    withheld: list[WithheldBody] = Field(
        description="One entry an analysis, or a network of one, without a number."
    )
    quality: QualityBody
    does_not_assess: list[str] = Field(examples=[["suicide_risk"]])
    intended_use: str = Field(examples=["research"])
    notices: list[str] = Field(description="What must be told beside the numbers.")
    provenance: dict[str, Any] = Field(
        description="video_sha256, models (name, version, sha256, licence, demonstration), "
        "settings_sha256, software; in the sandbox also `sandbox`: true."
    )
    timeline_rows: int = Field(description="Lines of the timeline.")
    timings_ms: dict[str, int]
