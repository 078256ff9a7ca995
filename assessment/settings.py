"""Every knob, read once from the environment.

Only `service.app` and `worker.app` read it, and `launch.settings_page` writes it out. They hand
plain values to whatever needs them, so nothing else depends on where a value came from.
"""

from dataclasses import fields
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from assessment.faults import Misconfigured
from assessment.store_address import with_password
from assessment.thresholds import Thresholds

USUAL = Thresholds()
SECRETS = Path("/run/secrets")
"""Where containers find their secrets, a file each."""
CENTURY_S = 100 * 365 * 86_400
Term = Annotated[int, Field(gt=0, le=CENTURY_S)]
"""Seconds that something is kept; later than a century may be no time at all."""


class Mode(StrEnum):
    """What the results are for."""

    RESEARCH = "research"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """Configuration of one process; `MIEN_UPLOAD_MAX_BYTES=…` sets a field."""

    model_config = SettingsConfigDict(
        env_prefix="MIEN_",
        frozen=True,
        protected_namespaces=(),
        use_attribute_docstrings=True,
    )

    redis_url: str = "redis://127.0.0.1:6379/0"
    """Records, outbox and broker; `unix:///path?db=0` for a socket."""
    redis_password: SecretStr | None = None
    """The password of Redis, where `redis_url` has none."""
    data: Path = Path("data")
    """Folder of recordings and results."""
    triton_url: str = "127.0.0.1:8001"
    """gRPC address of the Triton server."""
    golden_every_s: PositiveFloat = 1800.0
    """How often a worker scores the golden clip again, besides at its start and after a load."""
    model_repository: Path = Path("model_repository")
    """Folder with the networks' manifests."""
    detector: Path = Path("weights/detector.onnx")
    """The face detector, in SCRFD layout."""
    mode: Mode = Mode.RESEARCH
    """`production` demands evidence, licences and consent, and settings that protect callers."""
    public_url: str | None = None
    """The https address of the service behind what terminates TLS; `production` demands one."""
    hosts: tuple[Annotated[str, StringConstraints(to_lower=True, min_length=1)], ...] = ()
    """Names, without a port, that callers may send as `Host`, as JSON; any where none is given."""
    licences: dict[str, str] = Field(default_factory=dict[str, str])
    """Licences that the operator holds for weights, as JSON: `{"hmhn": "…", "detector": "…"}`."""
    jurisdictions: Path | None = None
    """TOML file of rules that switch analyses off by place and setting; none without it."""
    api_key: SecretStr | None = None
    """The key that is let in, kept as a hash; another one at the next start replaces it."""
    callback_allow_loopback: bool = False
    """Lets callbacks go to loopback and plain http; for the embedded stack only."""
    upload_max_bytes: PositiveInt = 500 * 2**20
    """Largest recording."""
    free_min_bytes: NonNegativeInt = 256 * 2**20
    """Disk space that uploads must leave free."""
    upload_ttl_s: PositiveFloat = 24 * 3600.0
    """How long a resumable upload is kept, finished or not, until an assessment uses it."""
    uploads_open_max: PositiveInt = 20
    """Resumable uploads of one tenant at the same time, finished ones that wait included."""
    event_streams: PositiveInt = 500
    """Open event streams in one process of the service."""
    event_streams_per_tenant: PositiveInt = 100
    """The same of one tenant."""
    quota_requests_per_minute: PositiveInt = 600
    """Requests of one tenant in any minute."""
    quota_creates_per_minute: PositiveInt = 120
    """Assessments and uploads that one tenant may begin in any minute."""
    quota_assessments: PositiveInt = 500
    """Assessments of one tenant that are queued or processing at the same time."""
    quota_stored_bytes: PositiveInt = 50 * 2**30
    """Bytes of one tenant's uploads, and of its recordings until they are measured."""
    result_ttl_s: Term = 7 * 86_400
    """How long an ended assessment is kept at most, in seconds; a request may ask for less."""
    feedback_ttl_s: Term = 365 * 86_400
    """How long feedback is kept, in seconds since it came; apart from its assessment."""
    receipt_key: Path | None = None
    """PEM file of the Ed25519 key that signs receipts; without it, keys are made in `data`."""
    page: bool = True
    """Serves the web page at `/`."""
    audit: bool = False
    """Writes who did what, request by request, to `audit` in the data folder: see security.md."""
    audit_keep_days: PositiveInt = 365
    """How long that is kept, in days."""
    log_format: Literal["json", "text"] = "json"
    """Lines of JSON, or text for a person."""
    metrics_host: str = "127.0.0.1"
    """Address at which worker, sweeper and webhooks show metrics; the service does at its own."""
    worker_metrics_port: int = Field(default=9101, ge=0, le=65535)
    """Port of the worker's metrics, all its processes together; 0 for none."""
    sweeper_metrics_port: int = Field(default=9102, ge=0, le=65535)
    """Port of the sweeper's metrics; 0 for none."""
    webhooks_metrics_port: int = Field(default=9103, ge=0, le=65535)
    """Port of the webhook sender's metrics; 0 for none."""
    otlp_endpoint: str | None = None
    """OTLP/HTTP collector of traces, `http://host:4318`; none without it. See also `OTEL_…`."""
    video_max_seconds: PositiveInt = 3600
    """Longest recording, media time."""
    video_max_frames: PositiveInt = 220_000
    """Most frames decoded of one recording."""
    video_max_pixels: PositiveInt = 3840 * 2160
    """Largest picture."""
    lease_s: PositiveFloat = 30.0
    """How long a silent worker keeps an assessment."""
    requeue_s: PositiveFloat = 30.0
    """When an assessment that still waits is sent to the queue again."""
    attempt_limit_s: PositiveFloat = 6 * 3600.0
    """Longest single attempt at an assessment."""
    max_crashes: PositiveInt = 3
    """Lost workers after which an assessment is given up."""
    batch_faces: PositiveInt = 4
    """Faces in one inference request, at most 32; Triton joins requests. The fewer, the sooner
    scoring begins; a GPU that one worker has to fill wants more."""
    decode_threads: PositiveInt = 1
    """Threads of the decoder process."""
    pulse: Path | None = None
    """File touched while a worker, sender or sweeper does its work, for health checks."""
    quality_min_confidence: float = Field(default=USUAL.min_confidence, ge=0.6, le=1)
    """How sure the detector must be of a face; below 0.6 it tells of none."""
    quality_min_eye_distance: NonNegativeFloat = USUAL.min_eye_distance
    """Pixels between the eyes, below which a face is `too_small`."""
    quality_min_light: NonNegativeFloat = USUAL.min_light
    """Mean grey level (0-255) of a face, below which it is `too_dark`."""
    quality_max_light: NonNegativeFloat = USUAL.max_light
    """Mean grey level (0-255) of a face, above which it is `too_bright`."""
    quality_max_black_share: NonNegativeFloat = USUAL.max_black_share
    """Share of black pixels in a face, above which it is `too_dark`."""
    quality_max_white_share: NonNegativeFloat = USUAL.max_white_share
    """Share of white pixels in a face, above which it is `too_bright`."""
    quality_min_contrast: NonNegativeFloat = USUAL.min_contrast
    """Deviation of a face's grey levels over their mean, below which it is `low_contrast`."""
    quality_max_yaw: NonNegativeFloat = USUAL.max_yaw
    """Nose off the middle of the eyes, in eye distances, above which a face is `turned_away`."""
    quality_min_pitch: float = USUAL.min_pitch
    """Place of the nose between eyes (0) and mouth (1), below which a face is `turned_away`."""
    quality_max_pitch: float = USUAL.max_pitch
    """The same, above which a face is `turned_away`."""
    quality_min_eye_width: NonNegativeFloat = USUAL.min_eye_width
    """Eye distance over that from eyes to mouth, below which a face is `turned_away`."""
    quality_max_roll_degrees: NonNegativeFloat = USUAL.max_roll_degrees
    """Tilt to either side, above which a face is `turned_away`."""
    quality_min_sharpness: NonNegativeFloat = USUAL.min_sharpness
    """Laplacian variance over grey variance, below which a face is `blurred`."""
    quality_min_eye_detail: NonNegativeFloat = USUAL.min_eye_detail
    """Detail of the poorer eye over that of the face, below which a face is `occluded`."""
    quality_min_mouth_detail: NonNegativeFloat = USUAL.min_mouth_detail
    """Detail of the mouth over that of the face, below which a face is `occluded`."""

    @model_validator(mode="before")
    @classmethod
    def _one_address(cls, given: dict[str, Any]) -> dict[str, Any]:
        password = given.get("redis_password") or ""
        if isinstance(password, SecretStr):
            password = password.get_secret_value()
        url = given.get("redis_url", cls.model_fields["redis_url"].default)
        return given | {"redis_url": with_password(url, password.strip())}

    @property
    def thresholds(self) -> Thresholds:
        """What a face must reach to be scored."""
        names = [field.name for field in fields(Thresholds)]
        return Thresholds(**{name: getattr(self, f"quality_{name}") for name in names})


def read_settings(secrets: Path = SECRETS) -> Settings:
    """Return what environment and secrets say, or raise `Misconfigured`; values are not repeated.

    A file `mien_api_key` in the folder of secrets sets what `MIEN_API_KEY` would, which goes first.
    """
    try:
        folder = secrets if secrets.is_dir() else None
        return Settings(_secrets_dir=folder)  # pyright: ignore[reportCallIssue]
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        said = [f"MIEN_{one['loc'][0]}".upper() + f": {one['msg']}" for one in found]
        raise Misconfigured("; ".join(said)) from None
    except SettingsError as error:  # It names the field alone.
        raise Misconfigured(f"{error}") from None
