"""A whole service over memory ports and a folder, and a client that speaks to it in process."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.blobs import FolderBlobs
from adapters.memory import MemoryQueue, MemoryRecords, MemoryRoster
from adapters.memory_backlog import MemoryBacklog
from adapters.memory_endpoints import MemoryEndpoints
from adapters.memory_feedback import MemoryFeedback
from adapters.memory_idempotency import MemoryMarks
from adapters.memory_keys import MemoryKeys
from adapters.memory_listing import MemoryListing
from adapters.memory_pace import MemoryPace
from adapters.memory_quotas import MemoryOpenAssessments, MemoryRates
from adapters.memory_receipt_keys import MemoryReceiptKeys
from adapters.memory_standings import MemoryStandings
from adapters.memory_uploads import MemoryUploads
from assessment.aggregation import Aggregator
from assessment.assessment import Assessment, AssessmentId, Progress, Stage, Status, Tenant
from assessment.fitness import Unfit
from assessment.ports import Clock
from assessment.request import Analysis, AssessmentRequest, Consent
from assessment.timeline import timeline
from service.app import build
from service.outside import Ports, Rules
from tests.samples import a_measurement, an_observation, manifests

MP4 = b"\x00\x00\x00\x18ftypisom" + bytes(300)
KEY, OTHER_KEY = "sk_ours", "sk_theirs"
LIMIT = 100_000
CONSENT = Consent("2026-01", "2026-01-01T12:00:00Z", tuple(Analysis))


@dataclass
class House:
    """The ports, the application over them, and shortcuts for tests."""

    root: Path
    clock: Clock
    rules: Rules = field(init=False)

    def __post_init__(self) -> None:
        self.blobs = FolderBlobs(self.root)
        self.blobs.prepare()
        self.records = MemoryRecords(self.clock)
        self.queue = MemoryQueue()
        self.uploads = MemoryUploads(self.clock)
        tenants = {KEY: Tenant("ours"), OTHER_KEY: Tenant("theirs")}
        self.keys = MemoryKeys(tenants, clock=self.clock)
        self.rates = MemoryRates(self.clock)
        self.open = MemoryOpenAssessments(self.records)
        self.endpoints = MemoryEndpoints()
        self.roster = MemoryRoster(self.clock)
        self.pace = MemoryPace()
        self.backlog = MemoryBacklog(self.records)
        self.marks = MemoryMarks(self.clock)
        self.feedback = MemoryFeedback()
        self.receipt_keys = MemoryReceiptKeys(self.clock)
        self.manifests = manifests()
        self.refused: tuple[Unfit, ...] = ()
        self.rules = Rules(
            staging=self.blobs.staging,
            upload_max_bytes=LIMIT,
            free_min_bytes=0,
            look_again_s=30,
            idle_s=5,
        )
        self.build()

    def build(self, **changes: Any) -> None:
        """Build the application, with other rules if told."""
        self.rules = replace(self.rules, **changes)
        ports = Ports(
            records=self.records,
            blobs=self.blobs,
            queue=self.queue,
            keys=self.keys,
            uploads=self.uploads,
            rates=self.rates,
            open=self.open,
            endpoints=self.endpoints,
            deliveries=self.records.deliveries,
            roster=self.roster,
            pace=self.pace,
            standings=MemoryStandings(self.records),
            manifests=self.manifests,
            refused=self.refused,
            clock=self.clock,
            listing=MemoryListing(self.records),
            marks=self.marks,
            feedback=self.feedback,
            receipt_keys=self.receipt_keys,
            backlog=self.backlog,
        )
        self.app = build(ports, self.rules)

    def ask(self, method: str, path: str, *, key: str | None = KEY, **more: Any) -> httpx.Response:
        """Send one request and return the answer."""
        own = [("authorization", f"Bearer {key}")] if key else []
        given = more.pop("headers", [])
        headers = [*own, *(given.items() if isinstance(given, dict) else given)]

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://mien") as client:
                return await client.request(method, path, headers=headers, **more)

        return asyncio.run(send())

    def send(self, request: object = None, *, video: bytes = MP4, **more: Any) -> httpx.Response:
        """Send a recording, with a request part if there is one."""
        files: list[tuple[str, Any]] = [("video", ("a.mp4", video, "video/mp4"))]
        if request is not None:
            raw = request if isinstance(request, bytes) else json.dumps(request).encode()
            files.insert(0, ("request", (None, raw, "application/json")))
        return self.ask("POST", "/v1/assessments", files=files, **more)

    def send_raw(self, body: bytes, content_type: str, **more: Any) -> httpx.Response:
        """Send a body as it is, its length unannounced when it comes as an iterator."""
        headers = {"content-type": content_type} | more.pop("headers", {})
        return self.ask("POST", "/v1/assessments", content=body, headers=headers, **more)

    def accepted(self, request: object = None, *, key: str = KEY) -> Assessment:
        """Send a good recording and return its record."""
        answer = self.send(request, key=key)
        assert answer.status_code == 202, answer.text
        return self.records.get(answer.json()["id"])

    def ended(self, status: Status, *, fault: str | None = None, key: str = KEY) -> Assessment:
        """Return an assessment that a worker ended without a result."""
        return self._move(self.accepted(key=key), status, fault=fault)

    def succeeded(self, *observations: Any, key: str = KEY, production: bool = False) -> Assessment:
        """Return an assessment that succeeded with these observations, twelve good ones if none."""
        assessment = self.accepted(key=key)
        rows = observations or tuple(an_observation(i) for i in range(12))
        measurement = a_measurement(*rows)
        request = self.blobs.get(assessment.id, "request.json")
        assert request is not None
        aggregate = Aggregator(self.manifests, production=production, software="mien test")
        asked = AssessmentRequest.from_json(request)
        agreed = replace(asked, consent=asked.consent or CONSENT) if production else asked
        result = aggregate(measurement, agreed)
        self.blobs.put(assessment.id, "result.1.json", json.dumps(result.to_dict()).encode())
        self.blobs.put(assessment.id, "timeline.1.jsonl", timeline(measurement, result))
        self.blobs.remove(assessment.id, "video")
        return self._move(assessment, Status.SUCCEEDED, outcome=result.outcome)

    def _move(self, assessment: Assessment, status: Status, **how: Any) -> Assessment:
        running = assessment.to(Status.PROCESSING, at=self.clock())
        self.records.save(running, was=assessment, look_again_s=30)
        if status is Status.PROCESSING:
            self.records.renew(running, Progress(Stage.SCORING, 40), lease_s=30)
            return self.records.get(running.id)
        ended = running.to(status, at=self.clock(), **how)
        self.records.save(ended, was=running, look_again_s=30)
        return ended

    @property
    def empty(self) -> bool:
        """Whether nothing at all was stored, recorded, queued or left in staging."""
        kept = [*self.blobs.stored(), *self.blobs.staging.iterdir()]
        return not (kept or self.records.stored or self.queue.submitted)

    def request_of(self, assessment_id: str) -> AssessmentRequest:
        """Return the stored request."""
        content = self.blobs.get(AssessmentId(assessment_id), "request.json")
        assert content is not None
        return AssessmentRequest.from_json(content)


def without_signature(receipt: dict[str, Any]) -> dict[str, Any]:
    """Return what a receipt says, without who signed it and how."""
    signed = ("algorithm", "key_id", "signature")
    return {name: value for name, value in receipt.items() if name not in signed}


async def in_pieces(body: bytes, size: int) -> AsyncIterator[bytes]:
    """Give the body a piece at a time, so that its length is not announced."""
    for start in range(0, len(body), size):
        yield body[start : start + size]


@pytest.fixture
def house(tmp_path: Path, watch: Clock) -> House:
    return House(tmp_path / "data", watch)
