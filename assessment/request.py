"""What a caller asks for: analyses, networks, sampling, subject, callback."""

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final

from assessment.assessment import AssessmentId
from assessment.document import readable, written


class Analysis(StrEnum):
    """What can be asked of a recording."""

    SEVERITY = "severity"
    EXPRESSION = "expression"
    MICRO_EXPRESSIONS = "micro_expressions"


DEFAULT_MODELS: Final = {
    Analysis.SEVERITY: ("hmhn", "ddl_resnet50"),
    Analysis.EXPRESSION: ("expression",),
    Analysis.MICRO_EXPRESSIONS: ("micro_expression",),
}
"""The networks that answer when a request names none."""
DEFAULT_ANALYSES: Final = (Analysis.SEVERITY, Analysis.EXPRESSION)
"""Micro-expressions must be asked for: they take a look at every frame."""


class Select(StrEnum):
    """Which face is the subject."""

    ONLY = "only"
    LARGEST = "largest"
    REGION = "region"


DEFAULT_EVERY_MS: Final = 400


@dataclass(frozen=True, slots=True)
class Sampling:
    """Which frames are scored: one in `every_ms` of media time, or one in `every_n_frames`."""

    every_ms: int | None = DEFAULT_EVERY_MS
    every_n_frames: int | None = None


EVERY_FRAME: Final = Sampling(every_ms=None, every_n_frames=1)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose face is measured; `region` is x, y, width, height as fractions of the picture."""

    select: Select = Select.ONLY
    region: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Callback:
    """Where the end of the assessment is told, and the secret that signs it."""

    url: str
    secret: str
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where the recording is when it does not come with the request; one of the two."""

    url: str | None = None
    upload_id: str | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """What the person agreed to, as the platform states it; `obtained_at` is RFC 3339."""

    policy_version: str
    obtained_at: str
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What the platform states about person and place, for rules on where results hold."""

    jurisdiction: str | None = None
    age_years: int | None = None
    language: str | None = None
    setting: str | None = None


@dataclass(frozen=True, slots=True)
class AssessmentRequest:
    """A request that has been checked.

    It is kept as a blob, not in the record: `reference` and `metadata` may name a patient.
    `sha256` is what the caller announced; `video_sha256` and `video_bytes` are what arrived.
    `models` are the networks of all analyses, each analysis' first one first. `baseline` is an
    earlier assessment of the same tenant, to state the change from. `include_faces` asks to keep
    a few pictures of the face for the report.
    """

    analyses: tuple[Analysis, ...] = DEFAULT_ANALYSES
    models: tuple[str, ...] = tuple(
        name for analysis in DEFAULT_ANALYSES for name in DEFAULT_MODELS[analysis]
    )
    sampling: Sampling = Sampling()
    subject: Subject = Subject()
    callback: Callback | None = None
    reference: str | None = None
    metadata: dict[str, str] = field(default_factory=dict[str, str])
    source: Source | None = None
    sha256: str | None = None
    consent: Consent | None = None
    context: Context | None = None
    deadline_s: int | None = None
    retention_s: int | None = None
    baseline: AssessmentId | None = None
    video_sha256: str = ""
    video_bytes: int = 0
    include_faces: bool = False

    def to_json(self) -> bytes:
        """Return the request as the bytes of its blob."""
        return json.dumps(written(asdict(self)), sort_keys=True).encode()

    @classmethod
    def from_json(cls, content: bytes) -> "AssessmentRequest":
        """Return the request that `to_json` wrote; raises `NewerDocument`."""
        raw = readable(json.loads(content))
        subject, callback = raw["subject"], raw["callback"]
        region = subject["region"]
        return cls(
            analyses=tuple(Analysis(name) for name in raw["analyses"]),
            models=tuple(raw["models"]),
            sampling=Sampling(**raw["sampling"]),
            subject=Subject(Select(subject["select"]), tuple(region) if region else None),
            callback=Callback(callback["url"], callback["secret"], tuple(callback["events"]))
            if callback
            else None,
            reference=raw["reference"],
            metadata=raw["metadata"],
            source=Source(**raw["source"]) if raw.get("source") else None,
            sha256=raw.get("sha256"),
            consent=_consent(raw["consent"]) if raw.get("consent") else None,
            context=Context(**raw["context"]) if raw.get("context") else None,
            deadline_s=raw.get("deadline_s"),
            retention_s=raw.get("retention_s"),
            baseline=raw.get("baseline"),
            video_sha256=raw["video_sha256"],
            video_bytes=raw["video_bytes"],
            include_faces=raw.get("include_faces", False),
        )


def _consent(raw: dict[str, Any]) -> Consent:
    return Consent(raw["policy_version"], raw["obtained_at"], tuple(raw["scopes"]))
