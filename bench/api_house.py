"""A house of stored assessments: a Redis of its own, a folder, the API over both, a sweeper."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx

from adapters.blobs import FolderBlobs
from adapters.queue import CeleryQueue, celery_app
from adapters.redis_access import RedisRoster
from adapters.redis_records import RedisRecords
from adapters.redis_store import connect
from adapters.redis_timetable import RedisTimetable
from assessment.assessment import Assessment, AssessmentId, Outcome, Status
from assessment.blob_names import REQUEST, result_name, timeline_name
from assessment.request import AssessmentRequest
from assessment.settings import Settings
from bench.api_sender import HEAD
from bench.api_stack import NO_LIMIT, PROJECT
from launch import redis_server
from service.app import FIRST_TENANT, create_app, now
from worker.sweeper import Sweeper
from worker.terms import Terms

KEY: Final = "sk_live_" + "0" * 43
WAITING: Final = 10
RECORDING: Final = HEAD + bytes(1000)
REQUESTED: Final = AssessmentRequest().to_json()
RESULT: Final = json.dumps({"outcome": "reported", "filler": "x" * 4000}).encode()


@dataclass(frozen=True, slots=True)
class House:
    """The API, asked as a caller would, and what sweeps behind it."""

    stored: int
    waiting: str
    api: httpx.AsyncClient
    roster: RedisRoster
    sweeper: Sweeper
    terms: Terms

    async def ask(self, method: str, path: str, **query: str) -> dict[str, Any]:
        """Ask the API; a POST carries a tiny recording. Raises on any other answer than yes."""
        content = RECORDING if method == "POST" else None
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "video/mp4"}
        answer = await self.api.request(
            method, path, params=query, content=content, headers=headers
        )
        return answer.raise_for_status().json()


@contextmanager
def housed(stored: int) -> Generator[House]:
    """Fill a house with so many ended assessments, and take it down."""
    with tempfile.TemporaryDirectory(prefix="mien-bench-") as name:
        folder = Path(name)
        with _redis(folder) as url:
            yield _filled(folder / "data", url, stored)


def _filled(data: Path, url: str, stored: int) -> House:
    settings = Settings(
        redis_url=url,
        data=data,
        model_repository=PROJECT / "model_repository",
        quota_requests_per_minute=int(NO_LIMIT["MIEN_QUOTA_REQUESTS_PER_MINUTE"]),
        quota_creates_per_minute=int(NO_LIMIT["MIEN_QUOTA_CREATES_PER_MINUTE"]),
        quota_assessments=int(NO_LIMIT["MIEN_QUOTA_ASSESSMENTS"]),
    )
    app, client, blobs = create_app(settings), connect(url), FolderBlobs(data)
    app.state.desk.keys.configure(KEY, FIRST_TENANT)
    records, roster = RedisRecords(client), RedisRoster(client)
    for number in range(2):
        roster.sign_in(f"worker-{number}", {"expression": "0" * 64}, for_s=3600)
    waiting = [_new(number) for number in range(WAITING)]
    for number in range(WAITING, WAITING + stored):
        _end(records, blobs, _new(number))
    for one in waiting:
        records.add(one, look_again_s=3600)
        blobs.put(one.id, REQUEST, REQUESTED)
    return House(
        stored=stored,
        waiting=f"/v1/assessments/{waiting[0].id}",
        api=httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bench"),
        roster=roster,
        sweeper=_sweeper(settings, records, blobs),
        terms=Terms(
            records=records,
            blobs=blobs,
            timetable=RedisTimetable(client),
            clock=now,
            result_ttl_s=settings.result_ttl_s,
        ),
    )


def _new(number: int) -> Assessment:
    at = now() - timedelta(seconds=number)
    return Assessment(
        id=AssessmentId(f"asm_{number:032x}"),
        tenant=FIRST_TENANT,
        created_at=at,
        updated_at=at,
        erase_after_s=7 * 86_400,
    )


def _end(records: RedisRecords, blobs: FolderBlobs, queued: Assessment) -> None:
    """Store an assessment that has succeeded, with its blobs, not synced one by one."""
    records.add(queued, look_again_s=3600)
    claimed = queued.to(Status.PROCESSING, at=now())
    records.save(claimed, was=queued, look_again_s=3600)
    ended = claimed.to(Status.SUCCEEDED, at=now(), outcome=Outcome.REPORTED)
    records.save(ended, was=claimed, look_again_s=0)
    folder = blobs.root / "blobs" / ended.id
    folder.mkdir(mode=0o700)
    (folder / REQUEST).write_bytes(REQUESTED)
    (folder / result_name(ended.attempt)).write_bytes(RESULT)
    (folder / timeline_name(ended.attempt)).write_bytes(b"{}\n" * 50)


def _sweeper(settings: Settings, records: RedisRecords, blobs: FolderBlobs) -> Sweeper:
    return Sweeper(
        records=records,
        blobs=blobs,
        queue=CeleryQueue(celery_app(settings.redis_url)),
        clock=now,
        requeue_s=settings.requeue_s,
        max_crashes=settings.max_crashes,
        clear_staging=lambda: blobs.clear_staging(older_than_s=3600),
        erase_uploads=lambda: 0,
    )


@contextmanager
def _redis(folder: Path) -> Generator[str]:
    """Run a Redis on a socket in the folder, writing its log of changes as the stack's does."""
    path = folder / "redis.sock"
    command = [
        str(redis_server.find_redis_server(os.environ)),
        "--port", "0", "--unixsocket", str(path), "--dir", str(folder),
        "--appendonly", "yes", "--appendfsync", "everysec", "--save", "",
    ]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        while not redis_server.answers(path):
            time.sleep(0.05)
        yield f"unix://{path}?db=0"
    finally:
        server.terminate()
        server.wait(30)
