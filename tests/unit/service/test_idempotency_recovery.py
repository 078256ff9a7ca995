"""Idempotency-Keys when much happens at once, callers vanish, or processes die."""

import asyncio
import threading
from collections.abc import Mapping
from contextlib import suppress

import httpx

from assessment.faults import StorageFull, StoreUnavailable
from service import idempotency
from tests.unit.service.conftest import MP4

KEY = {"idempotency-key": "visit-17"}
URL = {"source": {"url": "https://example.org/visit.mp4"}}
PATIENCE_S = 10.0


def problem(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def post(house, body: object = URL, **more):
    more.setdefault("headers", KEY)
    return house.ask("POST", "/v1/assessments", json=body, **more)


def test_a_caller_who_hangs_up_frees_the_key(house):
    sent: list[dict[str, object]] = []

    async def hang_up() -> None:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "path": "/v1/assessments",
            "raw_path": b"/v1/assessments",
            "root_path": "",
            "scheme": "http",
            "query_string": b"",
            "headers": [
                (b"host", b"mien"),
                (b"authorization", b"Bearer sk_ours"),
                (b"content-type", b"video/mp4"),
                (b"content-length", b"1000"),
                (b"idempotency-key", b"visit-17"),
            ],
            "server": ("mien", 80),
            "client": ("127.0.0.1", 9),
        }
        messages = iter(
            [{"type": "http.request", "body": MP4, "more_body": True}, {"type": "http.disconnect"}]
        )

        async def receive() -> Mapping[str, object]:
            return next(messages)

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        await house.app(scope, receive, send)

    asyncio.run(hang_up())

    assert sent[0]["status"] == 499
    assert house.marks.held == {}
    assert house.empty


def test_while_the_first_request_is_worked_on_the_second_is_told_to_wait(house):
    async def both() -> tuple[httpx.Response, httpx.Response]:
        began, go_on = asyncio.Event(), asyncio.Event()

        async def slowly():
            yield MP4
            began.set()
            await go_on.wait()

        transport = httpx.ASGITransport(house.app)
        headers = {"authorization": "Bearer sk_ours", "content-type": "video/mp4", **KEY}
        async with httpx.AsyncClient(transport=transport, base_url="http://mien") as client:
            first = asyncio.create_task(
                client.post("/v1/assessments", content=slowly(), headers=headers)
            )
            await began.wait()
            second = await client.post("/v1/assessments", content=MP4, headers=headers)
            go_on.set()
            return await first, second

    first, second = asyncio.run(both())

    assert first.status_code == 202
    assert problem(second) == (409, "idempotency_in_flight")
    assert second.headers["retry-after"] == "1"


def test_fifty_at_once_make_one_assessment(house):
    async def all_at_once() -> list[httpx.Response]:
        transport = httpx.ASGITransport(house.app)
        headers = {"authorization": "Bearer sk_ours", **KEY}
        async with httpx.AsyncClient(transport=transport, base_url="http://mien") as client:
            posts = (client.post("/v1/assessments", json=URL, headers=headers) for _ in range(50))
            return await asyncio.gather(*posts)

    answers = asyncio.run(all_at_once())

    assert len(house.records.stored) == 1
    assert {one.status_code for one in answers} <= {202, 409}
    assert len({one.json()["id"] for one in answers if one.status_code == 202}) == 1


def test_a_deleted_assessment_is_gone_for_its_key_too(house):
    one = post(house).json()["id"]
    house.ask("DELETE", f"/v1/assessments/{one}")

    assert problem(post(house)) == (410, "gone")
    assert problem(post(house, {**URL, "reference": "b"})) == (422, "idempotency_mismatch")


def test_after_a_process_died_the_next_one_finds_what_it_made(house, watch):
    kept = house.marks.keep
    house.marks.keep = lambda *_: None  # it dies right before
    first = post(house)
    house.marks.keep = kept

    assert problem(post(house)) == (409, "idempotency_in_flight")
    watch.go_on(idempotency.LEASE_S + 1)
    again = post(house)

    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert len(house.records.stored) == 1


def test_a_repetition_that_fails_does_not_forget_what_a_process_made_before_it_died(house, watch):
    kept = house.marks.keep
    house.marks.keep = lambda *_: None  # it dies right before
    first = post(house)
    house.marks.keep = kept
    watch.go_on(idempotency.LEASE_S + 1)

    broken = house.send_raw(b"{", "application/json", headers=KEY)
    again = post(house)

    assert problem(broken) == (422, "validation_error")
    assert again.json() == first.json()
    assert len(house.records.stored) == 1


def test_what_a_cancelled_request_still_makes_is_made_once(house):
    # given a create that waits for the store when the server that stops cancels its request
    add, keep = house.records.add, house.marks.keep
    began, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def slowly(*given: object, **more: object) -> None:
        began.set()
        go_on.wait(PATIENCE_S)
        add(*given, **more)

    def kept(name: str, holder: str) -> None:
        keep(name, holder)
        ended.set()

    async def cancelled() -> None:
        house.records.add, house.marks.keep = slowly, kept
        transport = httpx.ASGITransport(house.app)
        headers = {"authorization": "Bearer sk_ours", **KEY}
        async with httpx.AsyncClient(transport=transport, base_url="http://mien") as client:
            first = asyncio.create_task(client.post("/v1/assessments", json=URL, headers=headers))
            await asyncio.to_thread(began.wait, PATIENCE_S)
            first.cancel()
            with suppress(asyncio.CancelledError):
                await first
            go_on.set()
            await asyncio.to_thread(ended.wait, PATIENCE_S)

    # when its thread has ended, and the caller comes again
    asyncio.run(cancelled())
    house.records.add = add
    again = post(house)

    # then it is the same assessment
    assert again.headers["idempotency-replayed"] == "true"
    assert list(house.records.stored) == [again.json()["id"]]


def test_after_a_process_died_before_it_made_anything_the_next_one_makes_it(house, watch):
    release, add = house.marks.release, house.records.add

    def die(*_: object, **__: object) -> None:
        raise StoreUnavailable

    house.records.add, house.marks.release = die, lambda *_: None
    assert post(house).status_code == 503
    house.records.add, house.marks.release = add, release
    watch.go_on(idempotency.LEASE_S + 1)

    answer = post(house, {**URL, "reference": "another"})

    assert answer.status_code == 202
    assert "idempotency-replayed" not in answer.headers


def test_an_answer_that_could_not_be_kept_is_told_anew(house):
    put = house.blobs.put

    def full(assessment_id: str, name: str, content: bytes) -> None:
        if name == "answer.json":
            raise StorageFull
        put(assessment_id, name, content)

    object.__setattr__(house.app.state.desk.creation, "blobs", _With(house.blobs, put=full))
    first = post(house, {**URL, "callback": {"url": "https://example.org/"}})
    again = post(house, {**URL, "callback": {"url": "https://example.org/"}})

    assert first.status_code == 202
    assert again.json() == first.json()


class _With:
    """An object with some of its methods replaced."""

    def __init__(self, wrapped, **methods) -> None:
        self._wrapped = wrapped
        vars(self).update(methods)

    def __getattr__(self, name: str):
        return getattr(self._wrapped, name)
