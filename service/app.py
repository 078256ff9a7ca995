"""The service's composition root: settings in, application out. Nothing connects at import."""

import gc
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import redis
from anyio.to_thread import run_sync
from fastapi import FastAPI

from adapters import logs, meters
from adapters.audit_files import FolderAudit
from adapters.blobs import FolderBlobs
from adapters.counted import CountedRecords
from adapters.fair_queue import FairQueue
from adapters.feedback_files import FolderFeedback
from adapters.queue import CeleryQueue, celery_app
from adapters.receipt_keys import FolderReceiptKeys
from adapters.redis_access import RedisRoster
from adapters.redis_backlog import RedisBacklog
from adapters.redis_deliveries import RedisDeliveries
from adapters.redis_durability import keeps_writes
from adapters.redis_endpoints import RedisEndpoints
from adapters.redis_idempotency import RedisMarks
from adapters.redis_keys import RedisKeys
from adapters.redis_listing import RedisListing
from adapters.redis_pace import RedisPace
from adapters.redis_quotas import RedisOpenAssessments, RedisRates
from adapters.redis_standings import RedisStandings
from adapters.redis_steps import RedisSteps
from adapters.redis_store import connect
from adapters.redis_turns import RedisTurns
from adapters.redis_uploads import RedisUploads
from adapters.secret_file import kept_secret
from adapters.tracing import Tracing, tracing
from assessment import production
from assessment.assessment import Tenant
from assessment.jurisdiction_file import read_jurisdictions
from assessment.quotas import Allowance
from assessment.repository import read_repository
from assessment.settings import Mode, Settings, read_settings
from assessment.stable import StableManifests
from assessment.starting import told_to_the_operator
from service import (
    batch_routes,
    cancel_routes,
    card_routes,
    create_routes,
    delivery_routes,
    event_routes,
    feedback_routes,
    fhir_routes,
    key_routes,
    listing_routes,
    models,
    page,
    probes,
    problem_routes,
    problems,
    receipt_routes,
    routes,
    segment_routes,
    timeline_routes,
    upload_routes,
    webhook_routes,
)
from service.auditing import Auditing
from service.description import Api
from service.desk import Desk
from service.envelope import Envelope
from service.followers import Room
from service.head import Head
from service.linger import Linger
from service.metrics import PART
from service.outside import Ports, Rules
from service.patience import Patience
from service.stopping import told_to_stop
from service.tus import Tus

FIRST_TENANT = Tenant("default")


@told_to_the_operator()
def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the service over Redis, Celery and a folder; end the process when it is not fit."""
    settings = settings or read_settings()
    require_fit(settings)
    logs.configure(settings.log_format)
    blobs = FolderBlobs(settings.data)
    blobs.prepare()
    client = connect(settings.redis_url)
    weigh_store(settings, client)
    ports = outside(settings, client, blobs)
    ports.receipt_keys.signer(now())  # A key that cannot sign is told at the start.
    first_key = settings.api_key.get_secret_value() if settings.api_key else None
    app = build(ports, rules(settings, blobs), first_key=first_key)
    app.openapi()  # Half a second of work, done before anybody asks for it.
    if settings.audit:
        kept = FolderAudit(settings.data / "audit", now, settings.audit_keep_days)
        app.add_middleware(Auditing, audit=kept, clock=now)
    # All this stays for good: each full look of the collector at it halts the service for 50 ms.
    gc.collect()
    gc.freeze()
    return app


def outside(settings: Settings, client: "redis.Redis", blobs: FolderBlobs) -> Ports:
    """Return the world behind the service: Redis, Celery, the networks and a folder."""
    registry, traced = meters.registry(PART), tracing(settings.otlp_endpoint, PART)
    networks = read_repository(settings.model_repository)
    return Ports(
        records=CountedRecords(client, meters.AssessmentMeters(registry)),
        blobs=blobs,
        queue=FairQueue(queue(settings, traced), RedisTurns(client)),
        keys=RedisKeys(client, now),
        rates=RedisRates(client),
        open=RedisOpenAssessments(client),
        endpoints=RedisEndpoints(client),
        deliveries=RedisDeliveries(client),
        uploads=RedisUploads(client),
        roster=RedisRoster(client),
        pace=RedisPace(client),
        standings=RedisStandings(client),
        steps=RedisSteps(client),
        manifests=StableManifests(networks, look_every_s=1.0),
        refused=tuple(networks.refused.values()),
        clock=now,
        listing=RedisListing(client),
        marks=RedisMarks(client),
        feedback=FolderFeedback(settings.data),
        receipt_keys=FolderReceiptKeys(settings.data, now, settings.receipt_key),
        backlog=RedisBacklog(client),
        registry=registry,
        traced=traced,
    )


def weigh_store(settings: Settings, client: "redis.Redis") -> None:
    """Say whether the store keeps what it takes; in production raise `Misconfigured` if not."""
    store = production.of_the_store(keeps_writes=keeps_writes(client))
    production.weigh(store, binding=settings.mode is Mode.PRODUCTION)


def require_fit(settings: Settings) -> None:
    """Raise `Misconfigured` unless the settings suit their mode."""
    read_jurisdictions(settings.jurisdictions)  # Workers go by it; all should refuse it.
    if settings.mode is not Mode.PRODUCTION:
        return
    found = production.of_the_service(
        public_url=settings.public_url,
        api_key=settings.api_key.get_secret_value() if settings.api_key else None,
        allow_loopback=settings.callback_allow_loopback,
    )
    manifests = read_repository(settings.model_repository).sound
    production.require([*found, *production.of_the_weights(manifests)])


def queue(settings: Settings, traced: Tracing) -> CeleryQueue:
    """Return the way to the workers."""
    app = celery_app(settings.redis_url, attempt_limit_s=settings.attempt_limit_s)
    return CeleryQueue(app, traced)


def rules(settings: Settings, blobs: FolderBlobs) -> Rules:
    """Return the plain values that the service goes by."""
    return Rules(
        staging=blobs.staging,
        upload_max_bytes=settings.upload_max_bytes,
        free_min_bytes=settings.free_min_bytes,
        upload_ttl_s=settings.upload_ttl_s,
        uploads_open_max=settings.uploads_open_max,
        video_max_seconds=settings.video_max_seconds,
        look_again_s=settings.requeue_s,
        result_ttl_s=settings.result_ttl_s,
        feedback_ttl_s=settings.feedback_ttl_s,
        seal_key=kept_secret(settings.data / "seal.key"),
        allow_loopback=settings.callback_allow_loopback,
        allowance=Allowance(
            requests_per_minute=settings.quota_requests_per_minute,
            creates_per_minute=settings.quota_creates_per_minute,
            assessments=settings.quota_assessments,
            stored_bytes=settings.quota_stored_bytes,
        ),
        page=settings.page,
        public_url=settings.public_url,
        hosts=settings.hosts,
        streams=Room(settings.event_streams, settings.event_streams_per_tenant),
    )


def build(ports: Ports, rules: Rules, *, first_key: str | None = None) -> FastAPI:
    """Return the service over the given ports; `first_key` replaces the one before at start."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        if first_key is not None:
            await run_sync(ports.keys.configure, first_key, FIRST_TENANT)
        with told_to_stop(desk.followers.stop), desk.wakeups.listening():
            yield
        await run_sync(ports.traced.shutdown)

    app = assemble(Api(lifespan=lifespan))
    if rules.page:
        page.install(app)
    app.state.desk = desk = Desk.of(ports, rules)
    app.add_middleware(Patience, longest_s=rules.idle_s)
    app.add_middleware(Head, hosts=rules.hosts)
    in_flight = desk.metrics.in_flight.track_inprogress
    app.add_middleware(
        Envelope, observe=desk.metrics.observe, in_flight=in_flight, tracing=ports.traced
    )
    app.add_middleware(Linger)
    app.add_middleware(Tus)
    return app


def assemble(app: FastAPI) -> FastAPI:
    """Return the application with its routes and problems, without a world behind it."""
    app.include_router(listing_routes.router)
    app.include_router(cancel_routes.router)
    app.include_router(upload_routes.router)
    app.include_router(upload_routes.one)
    app.include_router(create_routes.router)
    app.include_router(batch_routes.router)
    for router in (routes.one, models.router, probes.router, key_routes.router, key_routes.one):
        app.include_router(router)
    app.include_router(event_routes.router)
    app.include_router(timeline_routes.router)
    app.include_router(segment_routes.router)
    app.include_router(fhir_routes.router)
    app.include_router(fhir_routes.codes)
    app.include_router(card_routes.router)
    app.include_router(receipt_routes.router)
    app.include_router(receipt_routes.well_known)
    app.include_router(feedback_routes.router)
    app.include_router(delivery_routes.router)
    app.include_router(webhook_routes.router)
    app.include_router(webhook_routes.one)
    app.include_router(problem_routes.router)
    problems.install(app)
    return app


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  the one clock of the service
