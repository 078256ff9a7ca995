"""Idempotency-Key on creates: one assessment a key, the first answer again, nothing kept of a
request that failed."""

import json

import pytest

from assessment.assessment import Status
from assessment.faults import StoreUnavailable
from tests.unit.service.conftest import MP4, OTHER_KEY

KEY = {"idempotency-key": "visit-17"}
URL = {"source": {"url": "https://example.org/visit.mp4"}}


def problem(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def post(house, body: object = URL, **more):
    more.setdefault("headers", KEY)
    return house.ask("POST", "/v1/assessments", json=body, **more)


def test_the_same_request_is_answered_as_the_first_time(house):
    first = house.send({"reference": "a", "callback": {"url": "https://example.org/"}}, headers=KEY)
    again = house.send({"callback": {"url": "https://example.org/"}, "reference": "a"}, headers=KEY)

    assert first.status_code == again.status_code == 202
    assert first.json() == again.json()
    assert first.json()["callback"]["secret"].startswith("whsec_")
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    assert len(house.records.stored) == len(house.queue.submitted) == 1
    assert list(house.blobs.staging.iterdir()) == []


def test_the_first_answer_comes_back_even_when_much_has_happened_since(house):
    first = post(house)
    one = house.records.get(first.json()["id"])
    running = one.to(Status.PROCESSING, at=house.clock())
    house.records.save(running, was=one, look_again_s=30)

    again = post(house)

    assert again.json() == first.json()
    assert again.json()["status"] == "queued"


def test_defaults_that_are_spelt_out_make_no_other_request(house):
    first = post(house)

    again = post(house, {**URL, "sampling": {"every_ms": 400}, "metadata": {}})

    assert again.json()["id"] == first.json()["id"]


@pytest.mark.parametrize(
    "body", [{**URL, "reference": "b"}, {"source": {"url": "https://example.org/other.mp4"}}]
)
def test_another_request_is_refused(house, body):
    post(house)

    answer = post(house, body)

    assert problem(answer) == (422, "idempotency_mismatch")
    assert answer.json()["errors"][0]["pointer"] == "/headers/idempotency-key"
    assert len(house.records.stored) == 1
    assert post(house).headers["idempotency-replayed"] == "true"


def test_another_recording_is_another_request(house):
    house.send(headers=KEY)

    answer = house.send(video=MP4 + b"x", headers=KEY)

    assert problem(answer) == (422, "idempotency_mismatch")


def test_keys_of_tenants_are_apart(house):
    ours, theirs = post(house), post(house, key=OTHER_KEY)

    assert ours.json()["id"] != theirs.json()["id"]


def test_without_a_key_every_request_is_new(house):
    assert post(house, headers={}).json()["id"] != post(house, headers={}).json()["id"]


@pytest.mark.parametrize("key", ["", "x" * 256, "a b", "a\x01b", "é", "a\tb"])
def test_a_key_that_is_no_key_is_refused(house, key):
    answer = post(house, headers=[("idempotency-key", key.encode("latin-1"))])

    assert problem(answer) == (422, "validation_error")
    assert answer.json()["errors"][0]["pointer"] == "/headers/idempotency-key"
    assert house.empty


def test_two_keys_are_refused(house):
    answer = post(house, headers=[("idempotency-key", "a"), ("idempotency-key", "b")])

    assert problem(answer) == (422, "validation_error")


def test_a_key_of_255_characters_is_a_key(house):
    assert post(house, headers={"idempotency-key": "~" * 255}).status_code == 202


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"not json", 422), (b'{"source": {"url": "ftp://example.org/"}}', 422), (b"x" * 70_000, 413)],
)
def test_a_request_that_fails_frees_its_key(house, body, status):
    bad = house.send_raw(body, "application/json", headers=KEY)

    assert bad.status_code == status
    assert house.marks.held == {}
    assert post(house).status_code == 202


def test_a_store_that_fails_frees_the_key(house):
    def refuse(*_: object, **__: object) -> None:
        raise StoreUnavailable

    add = house.records.add
    house.records.add = refuse
    assert post(house).status_code == 503
    house.records.add = add

    assert house.marks.held == {}
    assert post(house).status_code == 202
    assert len(house.records.stored) == 1


def test_nothing_of_key_or_request_is_in_the_store(house):
    post(house, {**URL, "reference": "Anna"})

    kept = json.dumps([(name, str(held)) for name, held in house.marks.held.items()])
    assert "visit" not in kept
    assert "Anna" not in kept
