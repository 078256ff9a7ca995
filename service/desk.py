"""What the routes work with, built once from the ports and a few plain values."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Self, cast

from fastapi import Depends, Request

from adapters.upload_files import UploadFiles
from assessment.access import Keys
from assessment.addresses import check_callback_url, check_source_url
from assessment.ports import Clock
from assessment.stopper import Stopper
from service.archive import Archive
from service.batch import Batch
from service.catalogue import Catalogue
from service.creation import Creation
from service.erasure import Erasure
from service.estimates import Estimates
from service.feedback import FeedbackBook
from service.fitness import Fitness
from service.followers import Followers
from service.gauges import gauges_of
from service.health import Health
from service.idempotency import Idempotency
from service.intake import Intake
from service.listing import Lister
from service.metrics import Metrics
from service.notary import Notary
from service.outside import Ports, Rules
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
        catalogue, seal = _catalogue(ports), Seal(rules.seal_key)
        upload_store, wakeups = _upload_store(ports, rules), Wakeups(ports.steps)
        estimates = Estimates(ports.pace, ports.roster, ports.clock)
        archive = Archive(ports.records, ports.blobs, clock=ports.clock, estimate=estimates.of)
        staging = _staging(ports, rules)
        notary = Notary(archive, ports.receipt_keys, ports.clock)
        reader = _reader(catalogue, rules, ports.clock)
        creation = _creation(ports, rules, seal, archive, upload_store)
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
            followers=_followers(ports, rules, estimates, wakeups),
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


def _catalogue(ports: Ports) -> Catalogue:
    return Catalogue(ports.manifests, frozenset(one.network for one in ports.refused))


def _followers(ports: Ports, rules: Rules, estimates: Estimates, wakeups: Wakeups) -> Followers:
    look = Sights(ports.standings, estimates).look
    return Followers(look, room=rules.streams, wakeups=wakeups)


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


def _creation(
    ports: Ports, rules: Rules, seal: Seal, archive: Archive, upload_store: UploadStore
) -> Creation:
    return Creation(
        intake=_intake(ports, rules, seal),
        archive=archive,
        blobs=ports.blobs,
        upload_store=upload_store,
    )


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
