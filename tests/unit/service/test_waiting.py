"""`Prefer: wait=n`: the end in the first answer, when it comes in time."""

import asyncio
import json
import time

import httpx
import pytest
from starlette.requests import ClientDisconnect

from assessment.assessment import Status, Tenant
from assessment.faults import StoreUnavailable

URL = {"source": {"url": "https://example.org/visit.mp4"}}


def finish(house, assessment_id: str, status: Status = Status.FAILED) -> None:
    one = house.records.get(assessment_id)
    running = one.to(Status.PROCESSING, at=house.clock())
    house.records.save(running, was=one, look_again_s=30)
    fault = "undecodable" if status is Status.FAILED else None
    house.records.save(
        running.to(status, at=house.clock(), fault=fault), was=running, look_again_s=30
    )


def post(house, prefer: str, *, then=None, **body: object) -> httpx.Response:
    """Create, and have something happen while the answer waits."""

    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(house.app)
        headers = {"authorization": "Bearer sk_ours", "prefer": prefer}
        async with httpx.AsyncClient(transport=transport, base_url="http://mien") as client:
            asked = asyncio.create_task(
                client.post("/v1/assessments", json={**URL, **body}, headers=headers)
            )
            for _ in range(3000):
                if house.queue.submitted or asked.done():
                    break
                await asyncio.sleep(0.01)
            if then is not None:
                then(house.queue.submitted[0])
            return await asked

    return asyncio.run(run())


def test_an_end_in_time_is_the_answer(house):
    answer = post(
        house,
        "wait=30",
        then=lambda one: finish(house, one),
        callback={"url": "https://example.org/"},
    )

    body = answer.json()
    assert (answer.status_code, body["status"]) == (200, "failed")
    assert body["error"]["code"] == "undecodable"
    assert body["callback"]["secret"].startswith("whsec_")
    assert answer.headers["preference-applied"] == "wait=30"
    assert answer.headers["location"] == body["urls"]["self"]
    assert "retry-after" not in answer.headers


def test_no_end_in_time_is_a_202(house):
    began = time.monotonic()

    answer = post(house, "wait=1")

    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    assert answer.headers["preference-applied"] == "wait=1"
    assert 0.9 < time.monotonic() - began < 30


@pytest.mark.parametrize("prefer", ["wait=x", "wait=-1", "respond-async", "wait=0"])
def test_what_is_not_understood_is_passed_over(house, prefer):
    answer = post(house, prefer)

    assert answer.status_code == 202
    assert "preference-applied" not in answer.headers


def test_a_long_wait_is_clamped_to_a_minute(house):
    answer = post(house, "wait=99999", then=lambda one: finish(house, one))

    assert answer.headers["preference-applied"] == "wait=60"


def test_one_that_is_deleted_meanwhile_is_gone(house):
    answer = post(house, "wait=30", then=lambda one: house.records.erase(house.records.get(one)))

    assert (answer.status_code, answer.json()["code"]) == (410, "gone")


def test_a_key_that_comes_again_waits_again(house):
    def create() -> httpx.Response:
        return house.ask(
            "POST",
            "/v1/assessments",
            content=json.dumps(URL),
            headers={
                "content-type": "application/json",
                "idempotency-key": "a",
                "prefer": "wait=1",
            },
        )

    first = create()
    finish(house, first.json()["id"])
    again = create()

    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json()["status"] == "failed"
    assert again.headers["idempotency-replayed"] == "true"


def wait(house, within_s: float, hung_up) -> object:
    waiting = house.app.state.desk.waiting
    one = house.accepted()
    return asyncio.run(waiting.end_of(Tenant("ours"), one.id, within_s=within_s, hung_up=hung_up))


def test_when_the_caller_hangs_up_nobody_waits_on(house):
    asked: list[float] = []

    async def hung_up() -> bool:
        asked.append(time.monotonic())
        return len(asked) == 3

    with pytest.raises(ClientDisconnect):
        wait(house, 60, hung_up)
    assert len(asked) == 3
    assert asked[-1] - asked[0] < 30


def test_a_store_that_is_away_for_a_moment_does_not_end_the_wait(house):
    async def never() -> bool:
        return False

    def away(_: object) -> None:
        raise StoreUnavailable

    one = house.accepted()
    house.records.get = away

    found = asyncio.run(
        house.app.state.desk.waiting.end_of(Tenant("ours"), one.id, within_s=0.3, hung_up=never)
    )

    assert found is None
