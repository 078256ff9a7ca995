"""Every knob, read once from the environment.

Only `service.app` and `worker.app` import this module. They hand plain values to
whatever needs them, so nothing else depends on where a value came from.
"""

from enum import StrEnum
from pathlib import Path

from pydantic import NonNegativeInt, PositiveFloat, PositiveInt, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


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
    data: Path = Path("data")
    """Folder of recordings and results."""
    triton_url: str = "127.0.0.1:8001"
    """gRPC address of the Triton server."""
    model_repository: Path = Path("model_repository")
    """Folder with the networks' manifests."""
    detector: Path = Path("weights/detector.onnx")
    """The face detector, in SCRFD layout."""
    mode: Mode = Mode.RESEARCH
    """`production` withholds severity from weights without evidence."""
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
    quota_requests_per_minute: PositiveInt = 600
    """Requests of one tenant in any minute."""
    quota_creates_per_minute: PositiveInt = 120
    """Assessments and uploads that one tenant may begin in any minute."""
    quota_assessments: PositiveInt = 500
    """Assessments of one tenant that are queued or processing at the same time."""
    quota_stored_bytes: PositiveInt = 50 * 2**30
    """Bytes of one tenant's uploads, and of its recordings until they are measured."""
    result_ttl_s: PositiveInt = 7 * 86_400
    """How long an ended assessment is kept at most, in seconds; a request may ask for less."""
    page: bool = True
    """Serves the web page at `/`."""
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
    batch_faces: PositiveInt = 16
    """Faces in one inference request, at most 32."""
    decode_threads: PositiveInt = 1
    """Threads of the decoder process."""
