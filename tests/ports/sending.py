"""Real senders over a real store, and a receiver that fails half the time."""

import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from standardwebhooks.webhooks import Webhook

from adapters.blobs import FolderBlobs
from adapters.egress import Egress
from adapters.redis_deliveries import DUE, LANE, RedisDeliveries
from adapters.redis_endpoints import RedisEndpoints
from adapters.redis_records import OUTBOX, RedisOutbox, RedisRecords
from adapters.redis_store import connect
from assessment.assessment import Status
from assessment.deliveries import Delivery
from assessment.endpoints import Endpoint, EndpointId
from assessment.request import AssessmentRequest, Callback
from assessment.signing import new_secret
from tests.samples import NOON, an_assessment, an_id
from worker.addressee import Directory
from worker.fan_out import FanOut
from worker.webhooks import Answer, Post, Webhooks

ASSESSMENTS = 100
SENDERS = 8
SECRET, FORMER = new_secret(bytes(32)), new_secret(bytes(range(32)))
DELAYS_S = (0.05,) * 18
"""Short, and more than a delivery needs that is refused `MOST_REFUSALS` times."""
MOST_REFUSALS = 10
"""Of one delivery; by chance alone, one run in 2,600 would give a delivery up."""
SENT_WITHIN_S = 150.0


@dataclass
class FlakyReceiver:
    """Counts what comes, verifies it, and refuses a half of it; the seed makes it repeatable."""

    chance: random.Random = field(default_factory=lambda: random.Random(7))
    arrived: Counter[str] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)
    bodies: dict[str, set[bytes]] = field(default_factory=dict)
    url: str = ""

    def answer(self, headers: dict[str, str], body: bytes) -> int:
        for secret in (SECRET, FORMER) if "/endpoint" in headers["path"] else (SECRET,):
            Webhook(secret).verify(body, headers)
        one = headers["webhook-id"]
        self.arrived[one] += 1
        self.bodies.setdefault(one, set()).add(body)
        # A half of the failures comes after the work was done, so duplicates are certain.
        draw = self.chance.random() if self.arrived[one] <= MOST_REFUSALS else 0.0
        self.accepted[one] += draw < 0.75
        return 204 if draw < 0.5 else 500


@contextmanager
def serving(receiver: FlakyReceiver) -> Generator[None]:
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            with lock:
                status = receiver.answer(headers | {"path": self.path}, body)
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 64

    server = Server(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class House:
    """The real store, and senders over it, each with a connection of its own as in life."""

    redis_url: str
    folder: Path

    def __post_init__(self) -> None:
        self.client = connect(self.redis_url)
        self.client.flushdb()
        self.records, self.log = RedisRecords(self.client), RedisDeliveries(self.client)
        self.blobs = FolderBlobs(self.folder)
        self.blobs.prepare()

    def end(self, number: int, callback: Callback) -> None:
        self.blobs.put(
            an_id(number), "request.json", AssessmentRequest(callback=callback).to_json()
        )
        waiting = an_assessment(number)
        self.records.add(waiting, look_again_s=60)
        status = Status.CANCELED if number % 2 else Status.EXPIRED
        self.records.save(waiting.to(status, at=NOON), was=waiting, look_again_s=60)

    def sender(self, post: Post | None = None) -> Webhooks:
        client = connect(self.redis_url)
        records, endpoints, log = (
            RedisRecords(client),
            RedisEndpoints(client),
            RedisDeliveries(client),
        )
        return Webhooks(
            fan_out=FanOut(
                outbox=RedisOutbox(client),
                records=records,
                blobs=self.blobs,
                endpoints=endpoints,
                deliveries=log,
            ),
            directory=Directory(records=records, blobs=self.blobs, endpoints=endpoints, clock=now),
            deliveries=log,
            endpoints=endpoints,
            post=post or Egress(allow_loopback=True).post,
            clock=now,
            delays_s=DELAYS_S,
        )

    def end_lease(self, delivery_id: str) -> None:
        """Have the lease of a sender that died end now, and no other: a slow one keeps its own."""
        for lane in self.client.scan_iter(f"{LANE}*"):
            self.client.zrem(lane, delivery_id)
        self.client.zadd(DUE, {delivery_id: 0}, xx=True)

    def send_until(self, done: threading.Event, post: Post | None = None) -> None:
        sender = self.sender(post)
        while not done.is_set():
            if not sender.deliver_one():
                done.wait(0.01)

    def deliveries(self) -> list[Delivery]:
        return [one for n in range(ASSESSMENTS) for one in self.log.of_assessment(an_id(n))]


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  signatures are compared with today


class Killed(BaseException):
    """What a sender is ended by in the middle of the delivery of that id."""


@dataclass
class Assassin:
    """Kills whoever posts, before and after it has reached the receiver, so many times."""

    left: int
    post: Post = field(default_factory=lambda: Egress(allow_loopback=True).post)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        with self.lock:
            self.left -= 1
            victim, early = self.left >= 0, self.left % 2
        if victim and early:
            raise Killed(headers["webhook-id"])
        answer = self.post(url, body, headers)
        if victim:
            raise Killed(headers["webhook-id"])
        return answer


def an_endpoint(url: str) -> Endpoint:
    """An endpoint in the middle of a rotation: two secrets sign."""
    one = Endpoint(
        id=EndpointId(f"whe_{1:032x}"),
        tenant=an_assessment().tenant,
        url=url,
        secret=FORMER,
        created_at=NOON,
    )
    return one.rotated(SECRET, at=now(), overlap_s=3600)


def wait_for(house: House, done: threading.Event) -> None:
    """Wait until the outbox is empty and nothing is due any more."""
    end = time.monotonic() + SENT_WITHIN_S
    while house.client.zcard(OUTBOX) or house.client.zcard(DUE):
        if time.monotonic() > end:
            break
        done.wait(0.1)
    done.set()


def report(receiver: FlakyReceiver, deliveries: list[Delivery]) -> None:
    tries = sum(len(one.attempts) for one in deliveries)
    again = sum(count > 1 for count in receiver.accepted.values())
    sys.stdout.write(
        f"\n{len(deliveries)} webhooks, {len(receiver.arrived)} ids, {tries} tries, "
        f"{receiver.arrived.total()} requests, {again} ids accepted more than once, "
        f"most tries for one: {max(receiver.arrived.values())}\n"
    )
