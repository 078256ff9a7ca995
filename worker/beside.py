"""What runs beside the measuring, each built from this process' settings.

sweeper         what was lost: messages, workers, leftovers
terms           deadlines and retention
stale_feedback  totals that were kept for their time
webhooks        the ends of assessments, told
steps           what may be told, heard at once
"""

from functools import cache

from adapters.counted import CountedDeliveries, CountedRecords
from adapters.egress import Egress
from adapters.feedback_files import FolderFeedback
from adapters.metrics_page import MetricsPage
from adapters.redis_endpoints import RedisEndpoints
from adapters.redis_records import RedisOutbox, RedisRecords
from adapters.redis_steps import RedisSteps
from adapters.redis_store import connect
from adapters.redis_timetable import RedisTimetable
from adapters.redis_uploads import RedisUploads
from adapters.upload_files import UploadFiles
from worker.addressee import Directory
from worker.app import blobs, fair_queue, now, settings
from worker.beside_meters import SWEEPER, WEBHOOKS, BesideMeters
from worker.clean import Clean
from worker.fan_out import FanOut
from worker.orphans import ORPHAN_S
from worker.overdue import Overdue
from worker.stale_feedback import StaleFeedback
from worker.stale_uploads import StaleUploads
from worker.sweeper import Sweeper
from worker.terms import Terms
from worker.webhooks import Webhooks


@cache
def meters(part: str) -> BesideMeters:
    """Return what counts the work of this process, a sweeper or a sender of webhooks."""
    return BesideMeters(part)


def show_metrics(part: str) -> None:
    """Show them until the process ends."""
    ports = {SWEEPER: settings.sweeper_metrics_port, WEBHOOKS: settings.webhooks_metrics_port}
    MetricsPage(settings.metrics_host, ports[part]).open(meters(part).registry)


def sweeper() -> Sweeper:
    """Return a sweeper."""
    store, clean = blobs(), Clean()
    steps().listen(clean.forget)
    return Sweeper(
        records=CountedRecords(connect(settings.redis_url), meters(SWEEPER).assessments),
        blobs=store,
        queue=fair_queue(),
        clock=now,
        requeue_s=settings.requeue_s,
        max_crashes=settings.max_crashes,
        clear_staging=lambda: store.clear_staging(older_than_s=ORPHAN_S),
        erase_uploads=StaleUploads(
            RedisUploads(connect(settings.redis_url)), UploadFiles(store.uploads)
        ).erase,
        clean=clean,
    )


def terms() -> Terms:
    """Return what holds assessments to their deadlines and their retention."""
    client = connect(settings.redis_url)
    return Terms(
        records=CountedRecords(client, meters(SWEEPER).assessments),
        blobs=blobs(),
        timetable=RedisTimetable(client),
        clock=now,
        result_ttl_s=settings.result_ttl_s,
    )


def overdue() -> Overdue:
    """Return what looks for patients' data that should not be there any more."""
    client = connect(settings.redis_url)
    return Overdue(
        records=RedisRecords(client),
        blobs=blobs(),
        uploads=RedisUploads(client),
        feedback=FolderFeedback(settings.data),
        feedback_ttl_s=settings.feedback_ttl_s,
        clock=now,
    )


def stale_feedback() -> StaleFeedback:
    """Return what erases feedback that was kept for its time."""
    return StaleFeedback(FolderFeedback(settings.data), now, settings.feedback_ttl_s)


def steps() -> RedisSteps:
    """Return what tells of every step of an assessment."""
    return RedisSteps(connect(settings.redis_url))


def webhooks() -> Webhooks:
    """Return a sender of webhooks."""
    client, store = connect(settings.redis_url), blobs()
    records, endpoints = RedisRecords(client), RedisEndpoints(client)
    deliveries = CountedDeliveries(client, meters(WEBHOOKS).webhooks)
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
