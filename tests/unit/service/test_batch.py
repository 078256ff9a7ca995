"""Many sources in one request: each its own assessment, and none fails with another."""

import asyncio
import json

import httpx
import pytest

from assessment.faults import StoreUnavailable
from assessment.fitness import Unfit
from assessment.quotas import Allowance

KEY = {"idempotency-key": "night-run"}


def item(number: int = 1, **more: object) -> dict[str, object]:
    return {"source": {"url": f"https://example.org/{number}.mp4"}, **more}


def send(house, *items: object, raw: bytes | None = None, **more) -> httpx.Response:
    content = json.dumps({"assessments": items}).encode() if raw is None else raw
    headers = {"content-type": "application/json"} | more.pop("headers", {})
    return house.ask("POST", "/v1/assessments/batch", content=content, headers=headers, **more)


def statuses(answer: httpx.Response) -> list[int]:
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    assert [one["index"] for one in items] == list(range(len(items)))
    return [one["status"] for one in items]


def test_each_item_becomes_its_own_assessment(house):
    answer = send(house, item(1, reference="a"), item(2, callback={"url": "https://example.org/"}))

    assert statuses(answer) == [202, 202]
    first, second = (one["assessment"] for one in answer.json()["items"])
    assert first["id"] != second["id"]
    assert first["reference"] == "a"
    assert second["callback"]["secret"].startswith("whsec_")
    assert house.queue.submitted == [first["id"], second["id"]]


def test_a_bad_item_does_not_hurt_the_others(house):
    answer = send(
        house,
        item(1),
        {"source": {"url": "https://127.0.0.1/"}},
        item(2, sampling={"every_ms": 0}),
        {"reference": "without a source"},
        5,
        item(3),
    )

    assert statuses(answer) == [202, 422, 422, 422, 422, 202]
    problems = [one["problem"] for one in answer.json()["items"] if "problem" in one]
    assert [one["errors"][0]["pointer"] for one in problems] == [
        "/assessments/1/source/url",
        "/assessments/2/sampling/every_ms",
        "/assessments/3/source",
        "/assessments/4",
    ]
    assert problems[0]["code"] == "source_not_allowed"
    assert {one["request_id"] for one in problems} == {answer.headers["x-request-id"]}
    assert len(house.records.stored) == 2


@pytest.mark.parametrize(
    ("raw", "pointer"),
    [
        (b"", ""),
        (b"[]", ""),
        (b"{}", "/assessments"),
        (b'{"assessments": []}', "/assessments"),
        (b'{"assessments": {}}', "/assessments"),
        (b'{"assessments": [' + b"{}," * 100 + b"{}]}", "/assessments"),
        (b'{"assessments": [{}], "surprise": 1}', "/surprise"),
        (b'{"assessments": ' + b"[" * 5000, ""),
    ],
)
def test_a_body_that_is_no_batch_is_refused(house, raw, pointer):
    answer = send(house, raw=raw)

    assert (answer.status_code, answer.json()["code"]) == (422, "validation_error")
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert house.empty


def test_a_hundred_go_at_once(house):
    assert statuses(send(house, *map(item, range(100)))) == [202] * 100


def test_more_than_four_mebibytes_are_refused(house):
    answer = send(house, raw=b" " * (4 * 2**20 + 1))

    assert (answer.status_code, answer.json()["limit_bytes"]) == (413, 4 * 2**20)


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "video/mp4", "text/plain", ""])
def test_a_batch_is_json(house, kind):
    answer = send(house, item(), headers={"content-type": kind})

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_a_batch_again_with_its_key_makes_nothing_twice(house):
    first = send(house, item(1), {"bad": 1}, item(2), headers=KEY)
    again = send(house, item(1), {"bad": 1}, item(2), headers=KEY)

    assert statuses(first) == statuses(again) == [202, 422, 202]
    assert again.headers["idempotency-replayed"] == "true"
    assert [one.get("assessment") for one in first.json()["items"]] == [
        one.get("assessment") for one in again.json()["items"]
    ]
    assert len(house.records.stored) == 2


def test_another_batch_with_its_key_is_refused(house):
    send(house, item(1), headers=KEY)

    answer = send(house, item(2), headers=KEY)

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_mismatch")
    assert len(house.records.stored) == 1


def test_a_key_of_a_batch_and_one_of_a_create_are_apart(house):
    send(house, item(1), headers=KEY)

    assert house.ask("POST", "/v1/assessments", json=item(1), headers=KEY).status_code == 202
    assert len(house.records.stored) == 2


def test_a_deleted_item_is_gone_when_the_batch_comes_again(house):
    first = send(house, item(1), item(2), headers=KEY)
    house.ask("DELETE", first.json()["items"][0]["assessment"]["urls"]["self"])

    again = send(house, item(1), item(2), headers=KEY)

    assert statuses(again) == [410, 202]
    assert again.json()["items"][0]["problem"]["code"] == "gone"


def test_a_network_out_of_order_stops_only_the_items_that_name_it(house):
    house.refused = (Unfit("hmhn", "manifest_tampered", "its seal is broken"),)
    house.manifests = {name: one for name, one in house.manifests.items() if name != "hmhn"}
    house.build()

    answer = send(house, item(1, model=["hmhn"]), item(2, analyses=["expression"]))

    assert statuses(answer) == [503, 202]
    assert answer.json()["items"][0]["problem"]["code"] == "network_out_of_order"


def test_an_item_that_met_an_absent_store_is_tried_again_with_the_key(house):
    add, added = house.records.add, []

    def once(*given: object, **more: object) -> None:
        if added:
            raise StoreUnavailable
        added.append(1)
        add(*given, **more)

    house.records.add = once
    first = send(house, item(1), item(2), item(3), headers=KEY)
    house.records.add = add
    again = send(house, item(1), item(2), item(3), headers=KEY)

    assert statuses(first) == [202, 503, 503]
    assert statuses(again) == [202, 202, 202]
    assert again.json()["items"][0] == first.json()["items"][0]
    assert len(house.records.stored) == 3


def test_twenty_batches_at_once_with_one_key_are_one(house):
    async def all_at_once() -> list[httpx.Response]:
        transport = httpx.ASGITransport(house.app)
        headers = {"authorization": "Bearer sk_ours", **KEY}
        body = {"assessments": [item(1), item(2), item(3)]}
        async with httpx.AsyncClient(transport=transport, base_url="http://mien") as client:
            posts = (
                client.post("/v1/assessments/batch", json=body, headers=headers) for _ in range(20)
            )
            return await asyncio.gather(*posts)

    answers = asyncio.run(all_at_once())

    assert {one.status_code for one in answers} <= {200, 409}
    assert len(house.records.stored) == 3


def test_a_batch_counts_as_many_as_it_holds(house):
    house.build(allowance=Allowance(creates_per_minute=5))

    assert send(house, *map(item, range(3))).status_code == 200
    refused = send(house, *map(item, range(4)))

    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert len(house.records.stored) == 3


def test_a_batch_of_one_more_than_may_be_open_is_refused(house):
    house.build(allowance=Allowance(assessments=3))

    refused = send(house, *map(item, range(4)))

    assert (refused.status_code, refused.json()["code"]) == (429, "quota_exceeded")
    assert house.empty
    assert statuses(send(house, *map(item, range(3)))) == [202] * 3
