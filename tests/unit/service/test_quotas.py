"""What a tenant may do in a minute and at the same time, and how it is told."""

import asyncio

import httpx
import pytest

from assessment.assessment import Status
from assessment.faults import StoreUnavailable
from assessment.quotas import Allowance
from tests.unit.service.conftest import KEY, MP4, OTHER_KEY

TUS = {"tus-resumable": "1.0.0"}


def code_of(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def allow(house, **limits) -> None:
    house.build(allowance=Allowance(**limits))


def client_of(house) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(house.app),
        base_url="http://mien",
        headers={"authorization": f"Bearer {KEY}"},
    )


async def never_read():
    raise AssertionError("the body was read")
    yield b""


def test_every_answer_to_a_key_says_what_is_left(house):
    answers = [
        house.ask("GET", "/v1/models"),
        house.ask("GET", "/v1/assessments/asm_unknown"),
        house.ask("POST", "/v1/keys", content=b"no json"),
    ]

    for used, answer in enumerate(answers, start=1):
        assert answer.headers["ratelimit-policy"] == (
            '"requests";q=600;w=60, "creates";q=120;w=60, "assessments";q=500, '
            '"bytes";q=53687091200;qu="content-bytes"'
        )
        assert answer.headers["ratelimit"] == f'"requests";r={600 - used};t=60'


def test_nobody_else_is_told_what_is_left(house):
    for answer in (house.ask("GET", "/livez"), house.ask("GET", "/v1/models", key="sk_unknown")):
        assert "ratelimit" not in answer.headers
        assert "ratelimit-policy" not in answer.headers


def test_a_create_says_what_is_left_of_every_limit(house):
    house.accepted()

    answer = house.send()

    incoming = int(answer.request.headers["content-length"])
    left = 50 * 2**30 - len(MP4) - incoming
    assert answer.headers["ratelimit"] == (
        f'"requests";r=598;t=60, "creates";r=118;t=60, "bytes";r={left}, "assessments";r=498'
    )


def test_too_many_requests_wait_as_long_as_it_says(house):
    allow(house, requests_per_minute=3)
    for _ in range(3):
        assert house.ask("GET", "/v1/models").status_code == 200
    house.clock.go_on(20)

    refused = house.ask("GET", "/v1/models")

    assert code_of(refused) == (429, "rate_limited")
    assert refused.json()["violated_policies"] == ["requests"]
    assert refused.headers["retry-after"] == "40"
    assert refused.headers["ratelimit"] == '"requests";r=0;t=40'
    house.clock.go_on(41)
    assert house.ask("GET", "/v1/models").status_code == 200


def test_too_many_creates_in_a_minute_harm_nobody_else(house):
    allow(house, creates_per_minute=20)

    async def send_all() -> list[httpx.Response]:
        async with client_of(house) as client:
            return [await client.post("/v1/assessments") for _ in range(150)]

    answers = asyncio.run(send_all())

    codes = [answer.status_code for answer in answers]
    assert codes.count(429) == 130
    assert set(codes[:20]) == {415}
    assert all(int(answer.headers["retry-after"]) == 60 for answer in answers[20:])
    assert answers[-1].json()["violated_policies"] == ["creates"]
    assert house.send(key=OTHER_KEY).status_code == 202
    assert house.ask("GET", "/v1/models").status_code == 200


def test_as_many_assessments_as_wait_or_run_are_let_in(house):
    allow(house, assessments=2)
    house.accepted()
    house.ended(Status.PROCESSING)

    refused = house.send()

    assert code_of(refused) == (429, "quota_exceeded")
    assert refused.json()["violated_policies"] == ["assessments"]
    assert refused.headers["retry-after"] == "10"
    assert house.send(key=OTHER_KEY).status_code == 202


def test_room_comes_back_when_an_assessment_ends_or_is_erased(house):
    allow(house, assessments=1)
    house.ended(Status.CANCELED)
    waiting = house.accepted()
    assert house.send().status_code == 429

    house.ask("DELETE", f"/v1/assessments/{waiting.id}")

    assert house.send().status_code == 202


def test_recordings_and_uploads_count_as_stored_bytes(house):
    allow(house, stored_bytes=2700)
    house.accepted()
    upload = house.ask("POST", "/v1/uploads", headers=TUS | {"upload-length": "2000"})
    assert upload.status_code == 201

    recording = house.send()
    larger = house.ask("POST", "/v1/uploads", headers=TUS | {"upload-length": "700"})
    smaller = house.ask("POST", "/v1/uploads", headers=TUS | {"upload-length": "300"})

    assert code_of(recording) == code_of(larger) == (429, "quota_exceeded")
    assert recording.json()["violated_policies"] == ["bytes"]
    assert smaller.status_code == 201
    house.ask("DELETE", upload.headers["location"], headers=TUS)
    assert house.send().status_code == 202


@pytest.mark.parametrize(
    "limits", [{"requests_per_minute": 1}, {"creates_per_minute": 1}, {"assessments": 1}]
)
def test_the_limit_is_looked_at_before_the_body(house, limits):
    allow(house, **limits)
    house.accepted()

    answer = house.send_raw(never_read(), "multipart/form-data; boundary=x")

    assert answer.status_code == 429


def test_an_announced_length_is_looked_at_before_the_body(house):
    allow(house, stored_bytes=1000)

    headers = {"content-length": "1001"}
    answer = house.send_raw(never_read(), "multipart/form-data; boundary=x", headers=headers)

    assert code_of(answer) == (429, "quota_exceeded")


def test_a_batch_counts_as_many_creates_as_it_has_items(house):
    allow(house, creates_per_minute=5)
    items = [{"source": {"url": "https://example.org/a.mp4"}}] * 4

    accepted = house.ask("POST", "/v1/assessments/batch", json={"assessments": items})
    refused = house.ask("POST", "/v1/assessments/batch", json={"assessments": items})

    assert [one["status"] for one in accepted.json()["items"]] == [202] * 4
    assert '"creates";r=1' in accepted.headers["ratelimit"]
    assert accepted.headers["ratelimit"].count('"creates"') == 1
    assert code_of(refused) == (429, "rate_limited")


def test_without_the_store_nothing_is_let_through(house):
    def away(*_: object) -> None:
        raise StoreUnavailable

    house.rates.spend = away

    assert code_of(house.ask("GET", "/v1/models")) == (503, "store_unavailable")


def test_fifty_creates_at_once_exceed_the_limit_by_those_in_flight_at_most(house):
    allow(house, assessments=10)

    async def send_all() -> list[int]:
        async with client_of(house) as client:
            gate = asyncio.Semaphore(5)

            async def one() -> int:
                async with gate:
                    files = {"video": ("a.mp4", MP4, "video/mp4")}
                    answer = await client.post("/v1/assessments", files=files)
                    return answer.status_code

            return await asyncio.gather(*(one() for _ in range(50)))

    codes = asyncio.run(send_all())

    assert set(codes) == {202, 429}
    assert 10 <= codes.count(202) <= 10 + 4
