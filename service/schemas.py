"""The request part of `POST /v1/assessments`, as pydantic checks it."""

from typing import Annotated, Final, Self

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from assessment.request import Analysis, Select
from service.schema_rules import ADDRESS_PATTERN, UNIQUE, WEBHOOK_KEY_PATTERN, exactly_one
from service.values import ONCE_EACH, EventNames, PlainText, Strict, Time

MOST_METADATA: Final = 50


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


class SamplingOptions(Strict):
    """Which frames are looked at. Give one of the two."""

    model_config = ConfigDict(
        json_schema_extra=exactly_one(every_ms="integer", every_n_frames="integer")
    )

    every_ms: int | None = Field(
        None, ge=20, le=60_000, description="One frame in so many milliseconds of media time."
    )
    every_n_frames: int | None = Field(
        None, ge=1, le=10_000, description="One frame in so many frames."
    )

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.every_ms is None) == (self.every_n_frames is None):
            raise ValueError("takes exactly one of every_ms and every_n_frames")
        return self


Fraction = Annotated[float, Field(ge=0, le=1)]


class SubjectOptions(Strict):
    """Whose face is measured when there are several."""

    select: Select = Field(
        Select.ONLY,
        description="`only`: several faces withhold the result. `largest`: the largest face. "
        "`region`: the face inside `region`.",
    )
    region: tuple[Fraction, Fraction, Fraction, Fraction] | None = Field(
        None, description="x, y, width and height as fractions of the upright picture."
    )

    @model_validator(mode="after")
    def _region_with_its_rule(self) -> Self:
        if (self.region is not None) != (self.select is Select.REGION):
            raise ValueError("takes a region if, and only if, select is region")
        if self.region is not None:
            x, y, width, height = self.region
            if not (width > 0 and height > 0 and x + width <= 1 and y + height <= 1):
                raise ValueError("has a region that is empty or leaves the picture")
        return self


class CallbackOptions(Strict):
    """Where the end of the assessment is told, after Standard Webhooks."""

    url: str = Field(
        max_length=2048,
        json_schema_extra={"pattern": ADDRESS_PATTERN},
        description="A public https address.",
    )
    secret: str | None = Field(
        None,
        max_length=128,
        json_schema_extra={"pattern": WEBHOOK_KEY_PATTERN},
        description="`whsec_` and base64 of 24 to 64 bytes. Without one, one is made and "
        "returned once, in the answer to this request.",
    )
    events: EventNames = Field(
        default_factory=list,
        description="Which endings are told; all when empty. `succeeded` is short for "
        "`assessment.succeeded`.",
    )


ModelName = Annotated[str, StringConstraints(min_length=1, max_length=64)]
MetadataKey = Annotated[str, StringConstraints(min_length=1, max_length=40)]
MetadataValue = Annotated[str, StringConstraints(max_length=500)]


class SourceOptions(Strict):
    """Where the recording is, when it does not come with the request. Give one of the two."""

    model_config = ConfigDict(json_schema_extra=exactly_one(url="string", upload_id="string"))

    url: str | None = Field(
        None,
        max_length=2048,
        json_schema_extra={"pattern": ADDRESS_PATTERN},
        description="A public https address; a worker fetches it, redirected three times at most.",
    )
    upload_id: Annotated[str, StringConstraints(pattern=r"^upl_[0-9a-f]{32}$")] | None = Field(
        None, description="A finished upload of `/v1/uploads`; it is used up."
    )

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.url is None) == (self.upload_id is None):
            raise ValueError("takes exactly one of url and upload_id")
        return self


ShortText = Annotated[PlainText, StringConstraints(min_length=1, max_length=64)]


class ConsentOptions(Strict):
    """What the person agreed to, as you state it."""

    policy_version: ShortText = Field(description="Your name for the text that was agreed to.")
    obtained_at: Time = Field(description="When, after RFC 3339.")
    scopes: Annotated[list[ShortText], ONCE_EACH, UNIQUE] = Field(
        default_factory=list[str],
        max_length=16,
        description="What it covers: names of analyses, which production demands, and "
        "`include_faces`; words of your own may stand beside them.",
        examples=[["severity", "expression"]],
    )


class ContextOptions(Strict):
    """What you state about person and place; results may be withheld because of it."""

    jurisdiction: (
        Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")] | None
    ) = Field(None, description="ISO 3166: a country or a part of one.", examples=["DE", "US-CA"])
    age_years: int | None = Field(None, ge=0, le=130, description="Age in whole years.")
    language: (
        Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] | None
    ) = Field(None, max_length=35, description="BCP 47, what is spoken.", examples=["de", "en-GB"])
    setting: ShortText | None = Field(None, description="Where it was recorded, in your words.")


class AssessmentOptions(Strict):
    """The part `request`: what is asked of the recording. All fields are optional."""

    analyses: Annotated[list[Analysis], ONCE_EACH, UNIQUE] | None = Field(
        None,
        min_length=1,
        description="What is measured; without it, severity, expression, and what the networks "
        "under `model` do. `micro_expressions` takes a look at every frame.",
    )
    model: Annotated[
        Annotated[list[ModelName], ONCE_EACH, UNIQUE] | None,
        BeforeValidator(_as_list, json_schema_input_type=ModelName | list[ModelName] | None),
    ] = Field(
        None,
        min_length=1,
        max_length=16,
        description="The networks, one name or a list; `GET /v1/models` lists them. An analysis "
        "for which none is named is done by its usual ones.",
    )
    sampling: SamplingOptions = Field(
        default_factory=lambda: SamplingOptions.model_validate({"every_ms": 400}),
        description="Which frames are scored; one in 400 ms unless told.",
    )
    subject: SubjectOptions = Field(
        default_factory=lambda: SubjectOptions.model_validate({}),
        description="Whose face is measured.",
    )
    callback: CallbackOptions | None = Field(None, description="Where the end is told.")
    reference: PlainText | None = Field(
        None, max_length=200, description="Your own name for it; comes back in every answer."
    )
    metadata: dict[MetadataKey, MetadataValue] = Field(
        default_factory=dict[str, str],
        max_length=MOST_METADATA,
        description="Your own notes; they come back in every answer.",
    )
    source: SourceOptions | None = Field(
        None, description="Where the recording is; only in a request without one."
    )
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = Field(
        None, description="SHA-256 of the recording; one that differs is refused."
    )
    consent: ConsentOptions | None = Field(None, description="What the person agreed to.")
    context: ContextOptions | None = Field(None, description="Whom and where it shows.")
    deadline_s: int | None = Field(
        None,
        ge=1,
        le=7 * 86_400,
        description="Not finished so many seconds after it was created, "
        "the assessment ends as `expired`.",
    )
    retention_s: int | None = Field(
        None,
        ge=60,
        le=365 * 86_400,
        description="Seconds that the ended assessment is kept; "
        "never longer than the service keeps one anyway.",
    )
    baseline: Annotated[str, StringConstraints(pattern=r"^asm_[0-9a-f]{32}$")] | None = Field(
        None,
        description="The `id` of an earlier assessment of yours with the same `reference`: each "
        "severity estimate then says its change from that one.",
    )
    include_faces: bool = Field(
        False,
        description="True: a few aligned pictures of the face, six at most, are kept with the "
        "assessment and shown in its report. Takes a `consent` with `include_faces` in its "
        "`scopes`; none is kept where nothing is reported.",
    )
