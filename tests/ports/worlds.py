"""One store with all that keeps assessments going, in memory and on a real Redis."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol

import redis

from adapters.memory import MemoryQueue, MemoryRecords
from adapters.memory_listing import MemoryListing
from adapters.memory_timetable import MemoryTimetable
from adapters.redis_index import DEADLINES, ERASURES
from adapters.redis_listing import RedisListing
from adapters.redis_records import OUTBOX, PROCESSING, QUEUED, WATCH, RedisOutbox, RedisRecords
from adapters.redis_store import connect
from adapters.redis_timetable import RedisTimetable
from assessment import blob_names
from assessment.access import sandbox_of
from assessment.aggregation import Aggregator
from assessment.assessment import Assessment, Status, Tenant
from assessment.kept_faces import KeptFace
from assessment.listing import Listing
from assessment.measurement import Measurement
from assessment.ports import Outbox, Records
from assessment.request import AssessmentRequest
from assessment.result import Result
from assessment.sandbox import Fate, script_of
from assessment.stopper import Stopper
from assessment.timetable import Timetable
from service.archive import Archive
from tests.conftest import Watch
from tests.ports.interruptions import FrailConnection, Interrupted, MemoryBlobs, Turn
from tests.samples import all_manifests
from worker.heartbeat import Report
from worker.runner import Runner
from worker.sandboxed import Sandboxed
from worker.sweeper import Sweeper
from worker.terms import Terms

LEASE_S: Final = 30.0
TENANT: Final = sandbox_of(Tenant("clinic"))
MANIFESTS: Final = all_manifests()
SOFTWARE: Final = "mien test"
AGGREGATE: Final = Aggregator(MANIFESTS, production=False, software=SOFTWARE)
TIMES: Final = (WATCH, DEADLINES, ERASURES, OUTBOX)


class Swift(Sandboxed):
    """The sandbox, but that it makes the numbers of a reference up only once, and keeps a face."""

    def measure(self, _recording: Path, request: AssessmentRequest, report: Report) -> Measurement:
        if script_of(request.reference).fate is Fate.WITHHELD:
            return _made_up(request.reference)[0]
        return super().measure(_recording, request, report)

    def conclude(self, measurement: Measurement, request: AssessmentRequest) -> Result:
        return _made_up(request.reference)[1]


@cache
def _made_up(reference: str | None) -> tuple[Measurement, Result]:
    request = AssessmentRequest(reference=reference, video_sha256="ab" * 32)
    sandbox = Sandboxed(MANIFESTS, SOFTWARE, lambda _: None)
    measurement = sandbox.measure(Path(), request, lambda _: None)
    result = replace(sandbox.conclude(measurement, request), kept_faces_ms=(0,))
    return replace(measurement, kept_faces=(KeptFace(0, 0, "/9j/"),)), result


class Store(Protocol):
    """One implementation of the ports, open to be looked into."""

    @property
    def records(self) -> Records: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def timetable(self) -> Timetable: ...
    @property
    def listing(self) -> Listing: ...

    def indices(self) -> dict[str, AbstractSet[str]]:
        """Return the sets of ids beside the records, and `outbox` with the ids of events."""
        ...

    def go_on(self, seconds: float) -> None:
        """Let time pass."""
        ...

    def lose(self, what: str) -> None:
        """Lose the connection at the next `request` or `answer`."""
        ...


class MemoryStore:
    """The store in memory."""

    def __init__(self, watch: Watch) -> None:
        self.records = MemoryRecords(watch)
        self.outbox = self.records.outbox
        self.timetable = MemoryTimetable(self.records)
        self.listing = MemoryListing(self.records)
        self._watch = watch

    def indices(self) -> dict[str, AbstractSet[str]]:
        return {"watch": set(self.records.watch), "outbox": set(self.outbox.events)}

    def go_on(self, seconds: float) -> None:
        self._watch.go_on(seconds)

    def lose(self, what: str) -> None:
        """Memory has no connection."""


class RedisStore:
    """The store on Redis; time passes by moving every time that it holds into the past."""

    def __init__(self, watch: Watch, url: str) -> None:
        client = connect(url)
        client.flushdb()
        FrailConnection.losses.clear()
        frail = connect(url)
        pool: Any = frail.connection_pool
        pool.connection_class = FrailConnection
        self.records, self.outbox = RedisRecords(frail), RedisOutbox(frail)
        self.timetable, self.listing = RedisTimetable(frail), RedisListing(frail)
        self._client: redis.Redis = client
        self._watch = watch

    def indices(self) -> dict[str, AbstractSet[str]]:
        names = {
            "watch": WATCH, "outbox": OUTBOX, "queued": QUEUED, "processing": PROCESSING,
            "deadlines": DEADLINES, "erasures": ERASURES,
        }  # fmt: skip
        found: Any = {name: self._client.zrange(key, 0, -1) for name, key in names.items()}
        return {name: set(members) for name, members in found.items()}

    def go_on(self, seconds: float) -> None:
        self._watch.go_on(seconds)
        for key in TIMES:
            members: Any = self._client.zrange(key, 0, -1)
            for member in members:
                self._client.zincrby(key, -seconds, member)

    def lose(self, what: str) -> None:
        # One at a time: the client tries once more, and a second loss would be an outage.
        FrailConnection.losses[:] = [what]


@dataclass
class World:
    """The store, the blobs, and everybody who works on them; each process may be interrupted."""

    store: Store
    watch: Watch
    blobs: MemoryBlobs = field(default_factory=MemoryBlobs)
    queue: MemoryQueue = field(default_factory=MemoryQueue)

    def ports(self, turn: Turn | None) -> tuple[Any, Any]:
        turn = turn or Turn()
        return Interrupted(self.store.records, turn), Interrupted(self.blobs, turn)

    def runner(self, turn: Turn | None = None, *, stops: bool = False) -> Runner:
        records, blobs = self.ports(turn)
        return Runner(
            records=records,
            blobs=blobs,
            measure=lambda *_: (_ for _ in ()).throw(ZeroDivisionError),
            aggregate=AGGREGATE,
            sandbox=Swift(MANIFESTS, SOFTWARE, lambda _: None),
            clock=self.watch,
            lease_s=LEASE_S,
            attempt_limit_s=600,
            draining=lambda: stops,
        )

    def sweeper(self, turn: Turn | None = None) -> Sweeper:
        records, blobs = self.ports(turn)
        return Sweeper(
            records=records,
            blobs=blobs,
            queue=self.queue,
            clock=self.watch,
            requeue_s=LEASE_S,
            max_crashes=3,
            clear_staging=lambda: 0,
            erase_uploads=lambda: 0,
        )

    def terms(self, turn: Turn | None = None) -> Terms:
        records, blobs = self.ports(turn)
        return Terms(records, blobs, self.store.timetable, self.watch, 3600)

    def stopper(self, turn: Turn | None = None) -> Stopper:
        records, blobs = self.ports(turn)
        return Stopper(records, blobs, self.watch)

    def archive(self, turn: Turn | None = None) -> Archive:
        records, blobs = self.ports(turn)
        return Archive(records, blobs, self.watch, lambda _: None)


def kept_of(ended: Assessment) -> set[str]:
    """Return the names of what must be kept of an ended assessment, and no more."""
    names = {blob_names.REQUEST}
    if ended.status is Status.SUCCEEDED:
        names |= set(blob_names.written_by(ended.attempt))
    return names
