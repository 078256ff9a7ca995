"""Tenants with keys, assessments, uploads and endpoints of their own, on a running service.

Everything is created through the API. No worker runs: what one would have left behind is put
into the same store by the project's own adapters.
"""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx

from adapters.blobs import FolderBlobs
from adapters.redis_deliveries import RedisDeliveries
from adapters.redis_keys import RedisKeys
from adapters.redis_records import RedisRecords
from adapters.redis_store import connect
from assessment.access import EVERY_SCOPE, KeyOrder
from assessment.aggregation import Aggregator
from assessment.assessment import AssessmentId, Status, Tenant
from assessment.deliveries import CALLBACK
from assessment.events import message
from assessment.request import AssessmentRequest
from assessment.timeline import timeline
from tests.samples import a_measurement, an_observation, manifests

MP4: Final = b"\x00\x00\x00\x18ftypisom" + bytes(300)
TUS: Final = {"tus-resumable": "1.0.0"}
HOOK: Final = "https://hooks.example.org/mien"


@dataclass(slots=True)
class Resident:
    """One tenant: its key, and the ids of all that it owns, by collection."""

    name: str
    key: str = field(repr=False)
    ids: dict[str, list[Mapping[str, str]]] = field(
        default_factory=dict[str, list[Mapping[str, str]]]
    )

    @property
    def assessments(self) -> set[str]:
        """The ids of its assessments."""
        return {one["id"] for one in self.ids["/v1/assessments"]}


@dataclass(slots=True)
class Town:
    """A service with its store, and the tenants who live there."""

    url: str
    redis_url: str
    data: Path
    residents: list[Resident] = field(default_factory=list[Resident])

    def settle(self, tenants: int, assessments: int) -> None:
        """Let so many tenants in, who create so many assessments between them."""
        client = connect(self.redis_url)
        keys = RedisKeys(client, _now)
        for number in range(tenants):
            name = f"clinic-{number}"
            order = KeyOrder(tenant=Tenant(name), name="all", scopes=EVERY_SCOPE, expires_in_s=None)
            self.residents.append(Resident(name, keys.issue(order).secret))
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda one: self._furnish(one, assessments // tenants), self.residents))

    def _furnish(self, one: Resident, assessments: int) -> None:
        with self.client(one) as api:
            created = [_created(api, one.name, number) for number in range(assessments)]
            upload = api.post("/v1/uploads", headers=TUS | {"upload-length": "1000"})
            endpoint = api.post("/v1/webhook-endpoints", json={"url": HOOK})
            key = api.post("/v1/keys", json={"name": "second", "scopes": ["read"]})
        one.ids = {
            "/v1/assessments": [self._end(each, number) for number, each in enumerate(created)],
            "/v1/uploads": [{"id": upload.headers["location"].rpartition("/")[2]}],
            "/v1/webhook-endpoints": [{"id": endpoint.json()["id"]}],
            "/v1/keys": [{"id": key.json()["id"]}],
        }

    def client(self, one: Resident) -> httpx.Client:
        """Return a connection with the tenant's key."""
        headers = {"authorization": f"Bearer {one.key}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60)

    def _end(self, assessment_id: str, number: int) -> Mapping[str, str]:
        """End every other assessment as a worker does, and have it told of."""
        client = connect(self.redis_url)
        records, blobs = RedisRecords(client), FolderBlobs(self.data)
        queued = records.get(AssessmentId(assessment_id))
        if number % 2:
            return {"id": assessment_id, "delivery_id": f"evt_{0:032x}_succeeded"}
        running = queued.to(Status.PROCESSING, at=_now())
        records.save(running, was=queued, look_again_s=3600)
        measurement = a_measurement(*(an_observation(index) for index in range(12)))
        asked = blobs.get(queued.id, "request.json")
        assert asked is not None
        aggregate = Aggregator(manifests(), production=False, software="mien test")
        result = aggregate(measurement, AssessmentRequest.from_json(asked))
        blobs.put(queued.id, "result.1.json", json.dumps(result.to_dict()).encode())
        blobs.put(queued.id, "timeline.1.jsonl", timeline(measurement, result))
        ended = running.to(Status.SUCCEEDED, at=_now(), outcome=result.outcome)
        records.save(ended, was=running, look_again_s=3600)
        told = message(ended, CALLBACK, 1)
        RedisDeliveries(client).add(told)
        return {"id": assessment_id, "delivery_id": told.id}


def _created(api: httpx.Client, name: str, number: int) -> str:
    options = {"reference": reference_of(name), "metadata": {"of": name}}
    headers = {
        "content-type": "video/mp4",
        "mien-request": json.dumps(options),
        "idempotency-key": f"visit-{number}",
    }
    answer = api.post("/v1/assessments", content=MP4, headers=headers)
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def reference_of(name: str) -> str:
    """Return what only this tenant writes."""
    return f"Patient-of-{name}-"


def everything(api: httpx.Client, path: str, **query: Any) -> list[dict[str, Any]]:
    """Return all that a list has, page after page."""
    found: list[dict[str, Any]] = []
    answer = api.get(path, params=query).raise_for_status().json()
    while True:
        found += answer["data"]
        if not answer.get("next"):
            return found
        answer = api.get(answer["next"]).raise_for_status().json()


def others(residents: Sequence[Resident], one: Resident) -> list[Resident]:
    """Return all tenants but this one."""
    return [each for each in residents if each is not one]


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  the clock of the tests' own writes
