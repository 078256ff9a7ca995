"""The shape of a result, for the OpenAPI document; a test holds real answers to it."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from assessment.change import NoChange
from assessment.ledger import REJECTIONS
from assessment.request import Analysis
from assessment.result import SCALE

Milliseconds = Annotated[int, Field(ge=0, description="Milliseconds of media time.")]
Score = Annotated[float, Field(ge=0, le=63)]
Probability = Annotated[float, Field(ge=0, le=1)]
Band = Literal["minimal", "mild", "moderate", "severe"]


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


class ChangeBody(Shape):
    """The difference from an earlier assessment by the same weights."""

    baseline_id: str
    point_difference: float = Field(
        ge=-63, le=63, description="This point minus the earlier one; above 0 is more severe."
    )
    smallest_detectable: float = Field(
        ge=0, description="A difference up to this lies within the network's error (95 %)."
    )
    verdict: Literal["higher", "lower", "no_reliable_change"]


class SeverityBody(Shape):
    """One network's severity estimate; not a diagnosis."""

    model: str
    scale: Literal["0-63, aligned to BDI-II"] = Field(description=SCALE)
    point: Score
    interval: IntervalBody | None
    bands: BandsBody | None
    evidence: dict[str, Any] | None
    demonstration: bool = Field(description="True: the number carries no clinical meaning.")
    band: Band | None = Field(
        description="The likeliest BDI-II band; null where the two likeliest lie within 0.10."
    )
    change: ChangeBody | None = Field(
        description="Null where no `baseline` was asked for, or none could be compared with."
    )
    change_withheld: NoChange | None = Field(
        description="Why there is no change from the `baseline` that was asked for."
    )


class SegmentBody(Shape):
    """A stretch of media time in which one expression was surely shown."""

    label: str
    start_ms: Milliseconds
    end_ms: Milliseconds
    mean: Probability


class ExpressionBody(Shape):
    """The expression shown; nobody's inner state."""

    model: str
    labels: list[str]
    mean: dict[str, Probability]
    dominant: str = Field(description="The label of the highest mean.")
    segments: list[SegmentBody] = Field(
        description="In order and apart; between them no expression was sure, or no face usable."
    )


class SmilesBody(Shape):
    """The segments labelled happy."""

    count: int = Field(ge=0)
    mean_ms: Milliseconds | None = Field(description="Null when there was none.")
    total_ms: Milliseconds


class ExpressivityBody(Shape):
    """How much one expression network saw shown; it describes the recording, not the person."""

    model: str
    observed_ms: Milliseconds = Field(
        description="The denominator: media time with a usable face, gaps left out."
    )
    share: dict[str, Probability] = Field(
        description="The share of that time in segments of each label."
    )
    uncertain: Probability = Field(description="The share of that time without any segment.")
    transitions_per_minute: float = Field(
        ge=0, description="Changes from a segment to one of another label, none across a gap."
    )
    smiles: SmilesBody | None = Field(description="Null where the network does not know happy.")


class TurningBody(Shape):
    """How the head turned about one axis."""

    low: float = Field(description="5th percentile.")
    high: float = Field(description="95th percentile.")
    median_per_second: float = Field(ge=0)


class MovementBody(Shape):
    """How the head moved, told from five points of the face."""

    observed_ms: Milliseconds
    interval_ms: Milliseconds = Field(
        description="The usual step between poses; numbers compare at one interval only."
    )
    yaw: TurningBody = Field(description="Nose from the middle of the eyes, in eye distances.")
    pitch: TurningBody = Field(description="Nose between eyes (0) and mouth (1).")
    roll_degrees: TurningBody
    still: Probability = Field(description="The share of time without a measurable movement.")
    blinks_per_minute: float | None = Field(description="Null: five points carry no lids.")


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
        description="video_sha256 (null for what was not even fetched), models (name, version, "
        "sha256, licence, demonstration, applicability), policy (mode, licences, "
        "jurisdictions_sha256), "
        "settings_sha256, thresholds (what a frame was held to; null where an earlier version "
        "measured), software; in the sandbox also `sandbox`: true."
    )
    timeline_rows: int = Field(description="Lines of the timeline.")
    timings_ms: dict[str, int]
    expressivity: list[ExpressivityBody] | None = Field(
        default=None,
        description="One entry an expression network; null when withheld, not asked for, or with "
        "less than five seconds of usable face.",
    )
    movement: MovementBody | None = Field(
        default=None,
        description="Null when nothing is reported, or with less than five seconds of usable face.",
    )
    kept_faces_ms: list[Milliseconds] | None = Field(
        default=None,
        description="Media times of the pictures of the face that the report shows; null where "
        "`include_faces` was not asked for.",
    )
