"""What runs beside the measuring, each built from this process' settings.

sweeper         what was lost: messages, workers, leftovers
terms           deadlines and retention
stale_feedback  totals that were kept for their time
webhooks        the ends of assessments, told
"""

from adapters.egress import Egress
from adapters.feedback_files import FolderFeedback
from adapters.queue import CeleryQueue
from adapters.redis_deliveries import RedisDeliveries
from adapters.redis_endpoints import RedisEndpoints
from adapters.redis_records import RedisOutbox, RedisRecords
from adapters.redis_store import connect
from adapters.redis_timetable import RedisTimetable
from adapters.redis_uploads import RedisUploads
from adapters.upload_files import UploadFiles
from worker.addressee import Directory
from worker.app import app, blobs, now, settings
from worker.fan_out import FanOut
from worker.stale_feedback import StaleFeedback
from worker.stale_uploads import StaleUploads
from worker.sweeper import ORPHAN_S, Sweeper
from worker.terms import Terms
from worker.webhooks import Webhooks


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


def stale_feedback() -> StaleFeedback:
    """Return what erases feedback that was kept for its time."""
    return StaleFeedback(FolderFeedback(settings.data), now, settings.feedback_ttl_s)


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
