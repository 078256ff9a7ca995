"""The worker's composition root: settings in, runner, sweeper and sender out.

Nothing connects at import. Clients are built after Celery has forked, because neither
gRPC nor a Redis connection survives a fork.
"""

import logging
import multiprocessing
from datetime import UTC, datetime
from functools import cache

from celery.signals import (
    setup_logging,
    worker_process_init,
    worker_process_shutdown,
    worker_shutting_down,
)

from adapters.blobs import FolderBlobs
from adapters.egress import Egress
from adapters.fetch import Fetch
from adapters.queue import CeleryQueue, celery_app
from adapters.redis_access import RedisRoster
from adapters.redis_deliveries import RedisDeliveries
from adapters.redis_endpoints import RedisEndpoints
from adapters.redis_pace import RedisPace
from adapters.redis_records import RedisOutbox, RedisRecords
from adapters.redis_store import connect
from adapters.redis_timetable import RedisTimetable
from adapters.redis_uploads import RedisUploads
from adapters.upload_files import UploadFiles
from assessment import SOFTWARE
from assessment.aggregation import Aggregator
from assessment.manifest import load_manifests
from assessment.settings import Mode, Settings
from worker.addressee import Directory
from worker.aside import Aside
from worker.faces import FaceFinder
from worker.fan_out import FanOut
from worker.inference import TritonScorer
from worker.pipeline import Pipeline
from worker.presence import Presence
from worker.runner import Runner
from worker.sandboxed import Sandboxed
from worker.source import Sources
from worker.stale_uploads import StaleUploads
from worker.sweeper import ORPHAN_S, Sweeper
from worker.terms import Terms
from worker.timekeeper import Timekeeper
from worker.video import Limits
from worker.webhooks import Webhooks

settings = Settings()
app = celery_app(settings.redis_url, attempt_limit_s=settings.attempt_limit_s)
app.conf.imports = ("worker.tasks",)

stopping = multiprocessing.Event()
"""Set in the parent when it is asked to stop; its children share it and hand back their work."""


SANDBOX_THREADS = 32
SANDBOX_PATIENCE_S = 3.0
aside = Aside(SANDBOX_THREADS)
"""Where this process runs the sandbox; no thread starts before there is work."""


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  the one clock of the worker


@setup_logging.connect
def configure_logging(**_: object) -> None:
    """Log to standard error; messages carry ids and codes only."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpcore").setLevel(logging.WARNING)


def blobs() -> FolderBlobs:
    """Return the blobs, their folders ready."""
    store = FolderBlobs(settings.data)
    store.prepare()
    return store


@cache
def scorer() -> TritonScorer:
    """Return this process' way to Triton."""
    return TritonScorer(settings.triton_url, load_manifests(settings.model_repository))


@cache
def runner() -> Runner:
    """Return this process' runner."""
    manifests = load_manifests(settings.model_repository)
    limits = Limits(
        max_seconds=settings.video_max_seconds,
        max_frames=settings.video_max_frames,
        max_pixels=settings.video_max_pixels,
        threads=settings.decode_threads,
    )
    return Runner(
        records=RedisRecords(connect(settings.redis_url)),
        blobs=blobs(),
        measure=Pipeline(
            limits=limits,
            faces=FaceFinder(settings.detector),
            scorer=scorer(),
            manifests=manifests,
            batch_faces=settings.batch_faces,
        ),
        aggregate=Aggregator(
            manifests, production=settings.mode is Mode.PRODUCTION, software=SOFTWARE
        ),
        sandbox=Sandboxed(manifests, SOFTWARE),
        clock=now,
        lease_s=settings.lease_s,
        attempt_limit_s=settings.attempt_limit_s,
        draining=lambda: stopping.is_set() or aside.closed,
        aside=aside,
        bring=Sources(blobs(), fetch()),
        note=Timekeeper(RedisPace(connect(settings.redis_url)), now).note,
    )


def fetch() -> Fetch:
    """Return the way to recordings that requests only point to."""
    return Fetch(
        staging=blobs().staging,
        limit_bytes=settings.upload_max_bytes,
        free_min_bytes=settings.free_min_bytes,
        allow_loopback=settings.callback_allow_loopback,
    )


def sweeper() -> Sweeper:
    """Return a sweeper."""
    store = blobs()
    return Sweeper(
        records=RedisRecords(connect(settings.redis_url)),
        blobs=store,
        queue=CeleryQueue(app),
        clock=now,
        requeue_s=settings.requeue_s,
        max_crashes=settings.max_crashes,
        clear_staging=lambda: store.clear_staging(older_than_s=ORPHAN_S),
        erase_uploads=StaleUploads(
            RedisUploads(connect(settings.redis_url)), UploadFiles(store.uploads)
        ).erase,
    )


def terms() -> Terms:
    """Return what holds assessments to their deadlines and their retention."""
    client = connect(settings.redis_url)
    return Terms(
        records=RedisRecords(client),
        blobs=blobs(),
        timetable=RedisTimetable(client),
        clock=now,
        result_ttl_s=settings.result_ttl_s,
    )


def webhooks() -> Webhooks:
    """Return a sender of webhooks."""
    client, store = connect(settings.redis_url), blobs()
    records, endpoints = RedisRecords(client), RedisEndpoints(client)
    deliveries = RedisDeliveries(client)
    return Webhooks(
        fan_out=FanOut(
            outbox=RedisOutbox(client),
            records=records,
            blobs=store,
            endpoints=endpoints,
            deliveries=deliveries,
        ),
        directory=Directory(records=records, blobs=store, endpoints=endpoints, clock=now),
        deliveries=deliveries,
        endpoints=endpoints,
        post=Egress(allow_loopback=settings.callback_allow_loopback).post,
        clock=now,
    )


@worker_shutting_down.connect
def drain(**_: object) -> None:
    """Have the running attempts hand their assessments back; a stop is no crash."""
    stopping.set()


@worker_process_shutdown.connect
def leave(**_: object) -> None:
    """Let the sandbox hand back what it holds; its next report tells it to."""
    aside.finish(SANDBOX_PATIENCE_S)


@worker_process_init.connect
def begin(**_: object) -> None:
    """Build the runner and sign in, once a process, after the fork."""
    runner()
    Presence(RedisRoster(connect(settings.redis_url)), scorer().check).start()
