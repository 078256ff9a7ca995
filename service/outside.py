"""What the service stands on: the ports to the outside world, and the plain values it goes by."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry

from adapters.tracing import UNTRACED, Tracing
from assessment.access import Keys
from assessment.backlog import Backlog
from assessment.deliveries import Deliveries
from assessment.endpoints import Endpoints
from assessment.feedback import FeedbackStore
from assessment.fitness import Unfit
from assessment.idempotency import Marks
from assessment.listing import Listing
from assessment.manifest import Manifest
from assessment.pace import Pace
from assessment.ports import Blobs, Clock, Queue, Records, Roster
from assessment.quotas import Allowance, OpenAssessments, Rates
from assessment.receipts import ReceiptKeys
from assessment.standing import Standings
from assessment.steps import Silence, Steps
from assessment.uploads import UploadRecords
from service.followers import Room


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The outside world."""

    records: Records
    blobs: Blobs
    queue: Queue
    keys: Keys
    rates: Rates
    open: OpenAssessments
    endpoints: Endpoints
    deliveries: Deliveries
    uploads: UploadRecords
    roster: Roster
    pace: Pace
    standings: Standings
    manifests: Mapping[str, Manifest]
    clock: Clock
    listing: Listing
    marks: Marks
    feedback: FeedbackStore
    receipt_keys: ReceiptKeys
    backlog: Backlog
    refused: Sequence[Unfit] = ()
    steps: Steps = field(default_factory=Silence)
    registry: CollectorRegistry | None = None
    traced: Tracing = UNTRACED


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The plain values that the service goes by."""

    staging: Path
    upload_max_bytes: int
    free_min_bytes: int
    look_again_s: float
    result_ttl_s: int = 7 * 86_400
    feedback_ttl_s: int = 365 * 86_400
    public_url: str | None = None
    hosts: tuple[str, ...] = ()
    seal_key: bytes = field(default_factory=partial(secrets.token_bytes, 32), repr=False)
    idle_s: float = 15.0
    allow_loopback: bool = False
    allowance: Allowance = field(default_factory=Allowance)
    page: bool = True
    streams: Room = field(default_factory=Room)
    upload_ttl_s: float = 24 * 3600.0
    uploads_open_max: int = 20
    video_max_seconds: int = 3600
