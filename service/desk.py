"""What the routes work with, built once from the ports and a few plain values."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated, Self, cast

from fastapi import Depends, Request
from prometheus_client import CollectorRegistry

from adapters.tracing import UNTRACED, Tracing
from adapters.upload_files import UploadFiles
from assessment.access import Keys
from assessment.addresses import check_callback_url, check_source_url
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
from assessment.stopper import Stopper
from assessment.uploads import UploadRecords
from service.archive import Archive
from service.batch import Batch
from service.catalogue import Catalogue
from service.creation import Creation
from service.erasure import Erasure
from service.estimates import Estimates
from service.feedback import FeedbackBook
from service.fitness import Fitness
from service.followers import Followers, Room
from service.gauges import gauges_of
from service.health import Health
from service.idempotency import Idempotency
from service.intake import Intake
from service.listing import Lister
from service.metrics import Metrics
from service.notary import Notary
from service.quotas import Quotas
from service.request_part import RequestReader
from service.seal import Seal
from service.sights import Sights
from service.staging import Staging
from service.subscriptions import Subscriptions
from service.upload_reception import UploadReception
from service.upload_store import UploadRules, UploadStore
from service.uploads import Uploads
from service.waiting import Waiting
from service.wakeups import Wakeups


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The plain objects behind the routes."""

    uploads: Uploads
    upload_store: UploadStore
    upload_reception: UploadReception
    creation: Creation
    batch: Batch
    idempotency: Idempotency
    waiting: Waiting
    wakeups: Wakeups
    archive: Archive
    followers: Followers
    lister: Lister
    stopper: Stopper
    erasure: Erasure
    notary: Notary
    feedback: FeedbackBook
    subscriptions: Subscriptions
    catalogue: Catalogue
    keys: Keys
    quotas: Quotas
    health: Health
    metrics: Metrics
    clock: Clock
    public_url: str | None = None

    @classmethod
    def of(cls, ports: Ports, rules: Rules) -> Self:
        """Build the objects."""
        refused = frozenset(one.network for one in ports.refused)
        catalogue, seal = Catalogue(ports.manifests, refused), Seal(rules.seal_key)
        upload_store, wakeups = _upload_store(ports, rules), Wakeups(ports.steps)
        estimates = Estimates(ports.pace, ports.roster, ports.clock)
        archive = Archive(ports.records, ports.blobs, clock=ports.clock, estimate=estimates.of)
        staging = _staging(ports, rules)
        notary = Notary(archive, ports.receipt_keys, ports.clock)
        reader = _reader(catalogue, rules, ports.clock)
        intake = _intake(ports, rules, seal)
        creation = Creation(
            intake=intake, archive=archive, blobs=ports.blobs, upload_store=upload_store
        )
        return cls(
            uploads=Uploads(staging, reader, rules.idle_s),
            upload_store=upload_store,
            upload_reception=UploadReception(upload_store, rules.idle_s),
            creation=creation,
            batch=Batch(creation, reader),
            idempotency=Idempotency(ports.marks, seal),
            waiting=Waiting(archive, wakeups),
            wakeups=wakeups,
            archive=archive,
            followers=Followers(
                Sights(ports.standings, estimates).look, room=rules.streams, wakeups=wakeups
            ),
            lister=Lister(ports.listing, archive, seal),
            stopper=Stopper(ports.records, ports.blobs, ports.clock),
            erasure=Erasure(archive, ports.feedback, notary),
            notary=notary,
            feedback=_feedback(ports, rules, notary),
            subscriptions=_subscriptions(ports, rules),
            catalogue=catalogue,
            keys=ports.keys,
            quotas=_quotas(ports, rules),
            health=_health(ports, staging),
            metrics=Metrics(*gauges_of(ports), registry=ports.registry),
            clock=ports.clock,
            public_url=rules.public_url,
        )


def _staging(ports: Ports, rules: Rules) -> Staging:
    promised = ports.uploads.missing_bytes
    return Staging(rules.staging, rules.upload_max_bytes, rules.free_min_bytes, promised)


def _feedback(ports: Ports, rules: Rules, notary: Notary) -> FeedbackBook:
    return FeedbackBook(notary.archive, ports.feedback, notary, ports.clock, rules.feedback_ttl_s)


def _health(ports: Ports, staging: Staging) -> Health:
    fitness = Fitness(ports.roster, ports.refused)
    return Health(ports.records, ports.roster, staging, ports.manifests, fitness)


def _reader(catalogue: Catalogue, rules: Rules, clock: Clock) -> RequestReader:
    return RequestReader(
        catalogue,
        partial(check_callback_url, allow_loopback=rules.allow_loopback),
        partial(check_source_url, allow_loopback=rules.allow_loopback),
        clock,
    )


def _quotas(ports: Ports, rules: Rules) -> Quotas:
    uploaded = ports.uploads.announced_bytes
    return Quotas(rules.allowance, ports.rates, ports.open, ports.blobs, uploaded)


def _intake(ports: Ports, rules: Rules, seal: Seal) -> Intake:
    return Intake(
        records=ports.records,
        blobs=ports.blobs,
        queue=ports.queue,
        clock=ports.clock,
        look_again_s=rules.look_again_s,
        result_ttl_s=rules.result_ttl_s,
        seal=seal,
        backlog=ports.backlog,
        longest_s=rules.video_max_seconds,
    )


def _subscriptions(ports: Ports, rules: Rules) -> Subscriptions:
    return Subscriptions(
        endpoints=ports.endpoints,
        deliveries=ports.deliveries,
        clock=ports.clock,
        allow_loopback=rules.allow_loopback,
    )


def _upload_store(ports: Ports, rules: Rules) -> UploadStore:
    return UploadStore(
        records=ports.uploads,
        files=UploadFiles(rules.staging.with_name("uploads")),
        clock=ports.clock,
        rules=UploadRules(
            staging=rules.staging,
            limit_bytes=rules.upload_max_bytes,
            free_min_bytes=rules.free_min_bytes,
            ttl_s=rules.upload_ttl_s,
            most_open=rules.uploads_open_max,
        ),
    )


async def desk_of(request: Request) -> Desk:
    """Return the desk that `service.app` left in the application's state.

    A coroutine, for FastAPI would give a function a thread, and every request needs it.
    """
    return cast("Desk", request.app.state.desk)


DeskOf = Annotated[Desk, Depends(desk_of)]
