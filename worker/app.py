"""The worker's composition root: settings in, the runner out; `worker.beside` builds the rest.

Nothing connects at import. Clients are built after Celery has forked, because neither
gRPC nor a Redis connection survives a fork.
"""

import multiprocessing
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache

from celery.signals import (
    celeryd_init,
    setup_logging,
    worker_process_init,
    worker_process_shutdown,
    worker_ready,
    worker_shutting_down,
)

from adapters import logs
from adapters.blobs import FolderBlobs
from adapters.counted import CountedRecords
from adapters.fair_queue import FairQueue
from adapters.fetch import Fetch
from adapters.metrics_page import MetricsPage
from adapters.queue import CeleryQueue, celery_app
from adapters.redis_access import RedisRoster
from adapters.redis_durability import keeps_writes
from adapters.redis_pace import RedisPace
from adapters.redis_records import RedisRecords
from adapters.redis_store import connect
from adapters.redis_turns import RedisTurns
from adapters.redis_uploads import RedisUploads
from assessment import SOFTWARE, production
from assessment.aggregation import Aggregator
from assessment.gates import Policy
from assessment.jurisdiction_file import read_jurisdictions
from assessment.manifest import Manifest
from assessment.repository import Repository, read_repository
from assessment.settings import Mode, read_settings
from assessment.starting import told_to_the_operator
from worker.aside import Aside
from worker.comparison import Comparison
from worker.doorkeeper import Doorkeeper
from worker.faces import FaceFinder
from worker.golden import GoldenFaces, golden_faces
from worker.lane_builder import LaneBuilder
from worker.lanes import Lanes
from worker.observed import Observed
from worker.presence import Presence
from worker.pulse import pulse
from worker.runner import Runner
from worker.sandboxed import Sandboxed
from worker.source import Sources
from worker.timekeeper import Timekeeper
from worker.upright import UprightFaces
from worker.video import Limits

settings = told_to_the_operator()(read_settings)()
app = celery_app(settings.redis_url, attempt_limit_s=settings.attempt_limit_s)
app.conf.imports = ("worker.tasks",)

page = MetricsPage(settings.metrics_host, settings.worker_metrics_port)
observed = Observed(page, settings.otlp_endpoint)
celeryd_init.connect(observed.count_together)
worker_ready.connect(observed.show)

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
    logs.configure(settings.log_format)


def blobs() -> FolderBlobs:
    """Return the blobs, their folders ready."""
    store = FolderBlobs(settings.data)
    store.prepare()
    return store


@cache
def repository() -> Repository:
    """Return the networks that are built, as this process found them when it started."""
    return read_repository(settings.model_repository)


def finder() -> UprightFaces:
    """Return what finds faces, in recordings as in the golden clip."""
    return UprightFaces(FaceFinder(settings.detector))


@cache
def measured_faces() -> UprightFaces:
    """Return the finder of recordings, one for all lanes: a process measures one at a time."""
    return finder()


@cache
def golden() -> GoldenFaces:
    """Return the golden clip's faces, read as the faces of any recording are."""
    return golden_faces(finder(), repository().sound.values())


@cache
def lanes() -> Lanes:
    """Return the versions of networks that this process scores with, stable ones and canaries."""
    build = LaneBuilder(
        triton_url=settings.triton_url,
        golden=golden,
        golden_every_s=settings.golden_every_s,
        limits=Limits(
            max_seconds=settings.video_max_seconds,
            max_frames=settings.video_max_frames,
            max_pixels=settings.video_max_pixels,
            threads=settings.decode_threads,
        ),
        faces=measured_faces,
        batch_faces=settings.batch_faces,
        thresholds=settings.thresholds,
        aggregator=aggregator,
        comparison=comparison,
        observed=observed,
    )
    return Lanes(settings.model_repository, build.lane)


def aggregator(manifests: Mapping[str, Manifest]) -> Aggregator:
    """Return what concludes from the measurements of these networks, as the operator allows."""
    in_production = settings.mode is Mode.PRODUCTION
    return Aggregator(manifests, in_production, SOFTWARE, policy())


def comparison(manifests: Mapping[str, Manifest]) -> Comparison:
    """Return what states how results of these networks differ from their baselines."""
    return Comparison(RedisRecords(connect(settings.redis_url)), blobs(), now, manifests)


@cache
def turns() -> RedisTurns:
    """Return what says whose turn it is."""
    return RedisTurns(connect(settings.redis_url))


def fair_queue() -> FairQueue:
    """Return the way back into the queue, to wait for a turn."""
    return FairQueue(CeleryQueue(app), turns())


@cache
def runner() -> Runner:
    """Return this process' runner."""
    stable = lanes().stable()
    return Runner(
        records=CountedRecords(connect(settings.redis_url), observed.meters.assessments),
        blobs=blobs(),
        measure=stable.way.measure,
        aggregate=stable.way.aggregate,
        sandbox=Sandboxed(stable.repository.sound, SOFTWARE),
        clock=now,
        lease_s=settings.lease_s,
        attempt_limit_s=settings.attempt_limit_s,
        draining=lambda: stopping.is_set() or aside.closed,
        aside=aside,
        bring=Sources(blobs(), fetch()),
        compare=stable.way.compare,
        note=observed.noting(Timekeeper(RedisPace(connect(settings.redis_url)), now).note),
        admit=Doorkeeper(lanes(), fair_queue()),
        ways=lanes().way_for,
    )


def policy() -> Policy:
    """Return what the operator decided about licences and places."""
    return Policy(settings.licences, read_jurisdictions(settings.jurisdictions))


@told_to_the_operator()
def require_fit(*more: str) -> None:
    """End the process unless the settings suit its mode; `more` is what else it falls short of."""
    in_production = settings.mode is Mode.PRODUCTION
    with connect(settings.redis_url) as client:
        store = production.of_the_store(keeps_writes=keeps_writes(client))
    production.weigh(store, binding=in_production)
    if in_production:
        loopback = production.of_the_way_out(allow_loopback=settings.callback_allow_loopback)
        production.require([*loopback, *more])


@celeryd_init.connect
@told_to_the_operator()
def refuse(**_: object) -> None:
    """Refuse to start a worker that is not fit; Celery lets nothing but an exit through."""
    manifests, licences = repository().sound, policy().licences
    require_fit(*production.of_measuring(manifests, settings.detector, licences))


def fetch() -> Fetch:
    """Return the way to recordings that requests only point to."""
    return Fetch(
        staging=blobs().staging,
        limit_bytes=settings.upload_max_bytes,
        free_min_bytes=settings.free_min_bytes,
        allow_loopback=settings.callback_allow_loopback,
        promised_bytes=RedisUploads(connect(settings.redis_url)).missing_bytes,
    )


@worker_shutting_down.connect
def drain(**_: object) -> None:
    """Have the running attempts hand their assessments back; a stop is no crash."""
    stopping.set()


@worker_process_shutdown.connect
def leave(**_: object) -> None:
    """Let the sandbox hand back what it holds; its next report tells it to."""
    aside.finish(SANDBOX_PATIENCE_S)
    observed.end()


@worker_process_init.connect
def begin(**_: object) -> None:
    """Sign in, which says what is missing, and build the runner; once a process, after the fork."""
    observed.begin()
    roster = RedisRoster(connect(settings.redis_url))
    Presence(roster, lanes().look, beat=pulse(settings.pulse)).start()
    runner()
