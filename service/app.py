"""The service's composition root: settings in, application out. Nothing connects at import."""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from anyio.to_thread import run_sync
from fastapi import FastAPI

from adapters.blobs import FolderBlobs
from adapters.queue import CeleryQueue, celery_app
from adapters.redis_access import RedisKeys, RedisRoster
from adapters.redis_records import RedisRecords
from adapters.redis_store import connect
from assessment.assessment import Tenant
from assessment.manifest import load_manifests
from assessment.settings import Settings
from service import models, probes, problems, routes
from service.description import Api
from service.desk import Desk, Ports, Rules
from service.envelope import Envelope
from service.linger import Linger

FIRST_TENANT = Tenant("default")


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the service over Redis, Celery and a folder."""
    settings = settings or Settings()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    blobs = FolderBlobs(settings.data)
    blobs.prepare()
    client = connect(settings.redis_url)
    ports = Ports(
        records=RedisRecords(client),
        blobs=blobs,
        queue=CeleryQueue(celery_app(settings.redis_url, attempt_limit_s=settings.attempt_limit_s)),
        keys=RedisKeys(client),
        roster=RedisRoster(client),
        manifests=load_manifests(settings.model_repository),
        clock=now,
    )
    first_key = settings.api_key.get_secret_value() if settings.api_key else None
    return build(ports, rules(settings, blobs), first_key=first_key)


def rules(settings: Settings, blobs: FolderBlobs) -> Rules:
    """Return the plain values that the service goes by."""
    return Rules(
        staging=blobs.staging,
        upload_max_bytes=settings.upload_max_bytes,
        free_min_bytes=settings.free_min_bytes,
        look_again_s=settings.requeue_s,
        allow_loopback=settings.callback_allow_loopback,
    )


def build(ports: Ports, rules: Rules, *, first_key: str | None = None) -> FastAPI:
    """Return the service over the given ports; `first_key` replaces the one before at start."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        if first_key is not None:
            await run_sync(ports.keys.configure, first_key, FIRST_TENANT)
        yield

    app = assemble(Api(lifespan=lifespan))
    app.state.desk = desk = Desk.of(ports, rules)
    app.add_middleware(Envelope, observe=desk.metrics.observe)
    app.add_middleware(Linger)
    return app


def assemble(app: FastAPI) -> FastAPI:
    """Return the application with its routes and problems, without a world behind it."""
    for router in (routes.router, routes.one, models.router, probes.router):
        app.include_router(router)
    problems.install(app)
    return app


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  the one clock of the service
