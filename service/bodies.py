"""The shapes of answers, for the OpenAPI document; a test holds real answers to them."""

from typing import Annotated, Any, Literal

from pydantic import Field

from assessment.assessment import Outcome, Stage, Status
from assessment.receipts import Kind
from assessment.request import Analysis
from service.result_bodies import Probability, ResultBody, Shape

AssessmentIdValue = Annotated[str, Field(pattern=r"^asm_[0-9a-f]{32}$")]
Timestamp = Annotated[
    str, Field(json_schema_extra={"format": "date-time"}, description="RFC 3339, UTC.")
]


class EtaBody(Shape):
    """Milliseconds until the end, estimated from how long others took."""

    p50: int = Field(ge=0, description="Half of the assessments like this one end within it.")
    p90: int = Field(ge=0, description="Nine in ten do.")


class ProgressBody(Shape):
    """How far a worker has come."""

    stage: Stage
    percent: int = Field(ge=0, le=100)
    queue_position: int | None = Field(description="Assessments ahead; null once it has begun.")
    eta_ms: EtaBody | None = Field(description="Null where nothing is known, and at the end.")


class UrlsBody(Shape):
    """Where the rest is, relative to the service."""

    self: str
    cancel: str
    events: str
    timeline: str
    segments: str
    report: str
    receipt: str
    fhir: str


class ErrorBody(Shape):
    """Why an assessment failed."""

    code: str = Field(examples=["undecodable"])
    detail: str
    retryable: bool = Field(description="Whether sending the same recording again can help.")


class AssessmentSummary(Shape):
    """An assessment as lists show it: everything but the result."""

    id: AssessmentIdValue
    status: Status
    outcome: Outcome | None = Field(description="Set when the status is `succeeded`.")
    created_at: Timestamp
    updated_at: Timestamp
    expires_at: Timestamp | None = Field(description="The deadline; null when none was asked for.")
    ended_at: Timestamp | None
    recording_erased_at: Timestamp | None = Field(
        description="From here on the recording was nowhere any more."
    )
    erase_at: Timestamp | None = Field(
        description="When all of the ended assessment is erased; null before its end."
    )
    progress: ProgressBody
    reference: str | None
    metadata: dict[str, str]
    attempts: int = Field(description="How often a worker began.")
    urls: UrlsBody
    error: ErrorBody | None = Field(description="Set when the status is `failed` or `expired`.")


class AssessmentBody(AssessmentSummary):
    """An assessment: its status, what was asked, and in the end its result."""

    result: ResultBody | None = Field(description="Set when the status is `succeeded`.")


class AssessmentList(Shape):
    """Some assessments, newest first. A page may be short, even empty, and still have a next."""

    data: list[AssessmentSummary]
    next: str | None = Field(
        description="Where the next page is, relative to the service; null on the last one.",
        examples=["/v1/assessments?cursor=MfX0"],
    )
    next_cursor: str | None = Field(description="The `cursor` of `next`, alone.")


class CallbackBody(Shape):
    """The callback and the secret that signs it; shown this once."""

    url: str
    secret: str


class CreatedBody(AssessmentBody):
    """A new assessment."""

    callback: CallbackBody | None = Field(
        default=None, description="Present when a callback was asked for; never shown again."
    )


class ErasedBody(Shape):
    """A class of what was kept."""

    what: str = Field(
        alias="class",
        description="`recording`, `request`, `measurement`, `result`, `timeline`, `answer`, …",
        examples=["recording"],
    )
    at: Timestamp | None = Field(description="When it was erased; null when nobody noted it.")


class Receipt(Shape):
    """What was erased, now or before: the recording goes as soon as its frames are scored.

    Signed, to be checked as the receipt of an assessment is.
    """

    kind: Literal[Kind.DELETION, Kind.FEEDBACK_DELETION] = Field(
        description="`deletion`: all of the assessment. `feedback_deletion`: its feedback alone."
    )
    version: Literal[1]
    id: AssessmentIdValue
    sandbox: bool
    deleted_at: Timestamp
    erased: list[ErasedBody]
    algorithm: Literal["Ed25519"]
    key_id: str = Field(description="Names a key of `/.well-known/mien-receipt-keys.json`.")
    signature: str = Field(
        description="Ed25519 over the canonical form (RFC 8785) of all other members; base64url."
    )


class CalibrationBody(Shape):
    """How the intervals of a network came about."""

    method: str
    n: int
    level: Probability


class ModelBody(Shape):
    """One network."""

    name: str
    version: str
    task: Analysis | Literal["features"] = Field(
        description="`features` is asked for by other networks, not by requests."
    )
    kind: str = Field(description="What it scores: frame, set, clip or event.")
    sha256: str
    labels: list[str]
    licence: dict[str, Any]
    demonstration: bool
    evidence: dict[str, Any] | None
    calibration: CalibrationBody | None


class ModelList(Shape):
    """The networks that are served."""

    data: list[ModelBody]


class Live(Shape):
    """The process answers."""

    status: Literal["live"]


class UnfitBody(Shape):
    """Why a network is not scored with; one worker that drifts leaves the others ready."""

    network: str | None = Field(description="Null when the reason is not one network's.")
    code: str = Field(examples=["golden_drift", "manifest_tampered"])
    detail: str
    advice: str
    expected: float | None = Field(description="Golden score, in the unit of the network's output.")
    got: float | None
    tolerance: float | None
    workers: int = Field(description="How many say so; 0 for the service itself.")


class Readiness(Shape):
    """What the service needs, each `ok` or what is missing."""

    status: Literal["ready", "not_ready"]
    checks: dict[str, str] = Field(
        examples=[{"store": "ok", "storage": "ok", "workers": "no worker has signed in"}]
    )
    reasons: list[UnfitBody]


class ProblemError(Shape):
    """One value that breaks a rule."""

    pointer: str = Field(
        description="JSON Pointer into a body of JSON. Else `/request/…` is in the options, "
        "`/video` the recording; `/headers/…` is a header."
    )
    detail: str


class Problem(Shape):
    """What went wrong, after RFC 9457. Nothing of the request is quoted."""

    type: str = Field(examples=["/problems/validation_error"])
    title: str
    status: int
    detail: str = Field(description="What to do.")
    code: str = Field(description="Stable; for programs.", examples=["validation_error"])
    request_id: str
    errors: list[ProblemError] | None = Field(default=None, description="With status 422.")
    limit_bytes: int | None = Field(default=None, description="With status 413.")
    served: list[str] | None = Field(
        default=None, description="With status 406.", examples=[["application/json"]]
    )
    missing_scope: str | None = Field(
        default=None, description="With status 403.", examples=["create"]
    )
    violated_policies: list[str] | None = Field(
        default=None, description="With status 429; as in `RateLimit-Policy`.", examples=["creates"]
    )
