"""What an assessment says, as values. Field names and meaning are the API's own.

A withheld analysis is absent (None) and has its reason under `withheld`.
"""

from dataclasses import asdict, dataclass
from typing import Any, Final

from assessment.assessment import Outcome
from assessment.ledger import Ledger

SCALE: Final = "0-63, aligned to BDI-II"
DOES_NOT_ASSESS: Final = ("suicide_risk",)


@dataclass(frozen=True, slots=True)
class Interval:
    """A prediction interval on the 0-63 scale, from `n` calibration videos."""

    level: float
    low: float
    high: float
    method: str
    n: int


@dataclass(frozen=True, slots=True)
class Change:
    """The difference from an earlier assessment, on the 0-63 scale.

    `verdict` is `higher` or `lower` where the difference exceeds `smallest_detectable`, else
    `no_reliable_change`.
    """

    baseline_id: str
    point_difference: float
    smallest_detectable: float
    verdict: str


@dataclass(frozen=True, slots=True)
class SeverityEstimate:
    """One network's estimate; `bands` holds a probability for each BDI-II band.

    `band` is the likeliest band, None where two are about as likely or nothing is calibrated.
    Where a baseline was asked for, there is a `change` or a code that says why there is none.
    """

    model: str
    scale: str
    point: float
    interval: Interval | None
    bands: dict[str, float] | None
    evidence: dict[str, Any] | None
    demonstration: bool
    band: str | None = None
    change: Change | None = None
    change_withheld: str | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of media time in which one expression was surely shown; there may be none."""

    label: str
    start_ms: int
    end_ms: int
    mean: float


@dataclass(frozen=True, slots=True)
class ExpressionSummary:
    """The expression shown: mean probability a label, the commonest, and the segments."""

    model: str
    labels: tuple[str, ...]
    mean: dict[str, float]
    dominant: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Smiles:
    """The segments labelled happy: how many, and how long on average (None of none) and in all."""

    count: int
    mean_ms: int | None
    total_ms: int


@dataclass(frozen=True, slots=True)
class Expressivity:
    """How much one network saw shown in `observed_ms`, its media time between gaps.

    `share` maps each label to the share of that time in its segments, `uncertain` is the rest.
    `smiles` is None where the network has no such label.
    """

    model: str
    observed_ms: int
    share: dict[str, float]
    uncertain: float
    transitions_per_minute: float
    smiles: Smiles | None


@dataclass(frozen=True, slots=True)
class Turning:
    """How the head turned about one axis: the 5th and 95th percentile, and the median speed."""

    low: float
    high: float
    median_per_second: float


@dataclass(frozen=True, slots=True)
class Movement:
    """How the head moved, in steps of `interval_ms` that make up `observed_ms`.

    `yaw` is in eye distances, `pitch` in eye-to-mouth distances. `still` is
    the share of steps in which nothing moved more than the measuring trembles. Five points carry
    no lids, so nobody counts blinks: `blinks_per_minute` is None.
    """

    observed_ms: int
    interval_ms: int
    yaw: Turning
    pitch: Turning
    roll_degrees: Turning
    still: float
    blinks_per_minute: float | None = None


@dataclass(frozen=True, slots=True)
class MicroExpression:
    """A brief expression: media times, the likeliest label and its probability.

    `low_temporal_resolution` says that the recording has fewer than 60 frames a second.
    """

    model: str
    label: str
    onset_ms: int
    apex_ms: int
    offset_ms: int
    confidence: float
    low_temporal_resolution: bool


@dataclass(frozen=True, slots=True)
class Withheld:
    """Why an analysis has no number: what there was, what it takes, what to do.

    With a `model`, only that network has none, and others may have answered.
    """

    analysis: str
    code: str
    have: str
    need: str
    advice: str
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Quality:
    """The ledger, and the media time that the used frames stand for."""

    frames: Ledger
    face_time_ms: int
    duration_ms: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The whole answer.

    `expression` is what the first expression network of the request says, `more_expressions`
    what the others say. With `sandbox` everything is made up. `expressivity` and `movement` are
    None where the face was seen for too short a time, or nothing may be said. `kept_faces_ms` are
    the media times of the pictures that are kept, None where none were asked for.
    """

    sandbox: bool = False
    severity: tuple[SeverityEstimate, ...] | None
    expression: ExpressionSummary | None
    more_expressions: tuple[ExpressionSummary, ...] = ()
    micro_expressions: tuple[MicroExpression, ...] | None = None
    withheld: tuple[Withheld, ...]
    quality: Quality
    does_not_assess: tuple[str, ...]
    intended_use: str
    notices: tuple[str, ...]
    provenance: dict[str, Any]
    timeline_rows: int
    timings_ms: dict[str, int]
    expressivity: tuple[Expressivity, ...] | None = None
    movement: Movement | None = None
    kept_faces_ms: tuple[int, ...] | None = None

    @property
    def outcome(self) -> Outcome:
        """`reported` when at least one analysis has an answer."""
        answers = (self.severity, self.expression, self.micro_expressions)
        answered = any(answer is not None for answer in answers)
        return Outcome.REPORTED if answered else Outcome.WITHHELD

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON values."""
        return asdict(self)
