"""Following and sending where the service is an older one, or the line is bad."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from launch.client import Assessments
from launch.faults import Refused, Unreachable
from launch.following import follow
from launch.resumable import Resumable
from launch.sending import Order, Way, send

Answer = Callable[[httpx.Request], httpx.Response]
ENDED = {"id": "asm_1", "status": "succeeded", "outcome": "reported"}
PROGRESS = (
    'id: {id}\nevent: progress\ndata: {{"id":"asm_1","status":"processing","percent":{id}}}\n\n'
)


def http(answer: Answer) -> httpx.Client:
    return httpx.Client(base_url="http://mien.test", transport=httpx.MockTransport(answer))


def nothing(_: float) -> None:
    """Wait for nothing."""


def stream(text: str) -> httpx.Response:
    return httpx.Response(200, text=text, headers={"content-type": "text/event-stream"})


def test_a_stream_that_is_cut_goes_on_from_the_last_event() -> None:
    asked: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("/events"):
            return httpx.Response(200, json=ENDED)
        asked.append(request.headers.get("last-event-id"))
        if len(asked) == 2:
            raise httpx.ReadError("cut", request=request)
        last = 'id: 9\nevent: ended\ndata: {"status":"succeeded"}\n\n'
        return stream(PROGRESS.format(id=1) if len(asked) == 1 else last)

    seen = list(follow(Assessments(http(answer)), "asm_1", nothing))

    assert asked == [None, "1", "1"]
    assert [one["status"] for one in seen] == ["processing", "succeeded"]
    assert seen[0]["progress"]["percent"] == 1


@pytest.mark.parametrize("status", [404, 406, 429, 503])
def test_without_events_the_service_is_asked_again_and_again(status: int) -> None:
    states = iter(["queued", "processing", "succeeded"])

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/events"):
            return httpx.Response(status)
        return httpx.Response(200, json={"status": next(states)})

    seen = list(follow(Assessments(http(answer)), "asm_1", nothing))

    assert [one["status"] for one in seen] == ["queued", "processing", "succeeded"]


def test_streams_that_tell_nothing_are_given_up_for_asking() -> None:
    tried: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        tried.append(request.url.path)
        return (
            stream("") if request.url.path.endswith("/events") else httpx.Response(200, json=ENDED)
        )

    assert list(follow(Assessments(http(answer)), "asm_1", nothing)) == [ENDED]
    assert [path.endswith("/events") for path in tried] == [True, True, True, False]


def test_a_deleted_assessment_is_told_and_not_asked_for_again() -> None:
    with pytest.raises(Refused) as refused:
        list(follow(Assessments(http(lambda _: httpx.Response(410))), "asm_1", nothing))

    assert refused.value.status == 410


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "visit.mp4"
    path.write_bytes(b"recording")
    return path


def without_uploads(request: httpx.Request) -> httpx.Response:
    request.read()
    return httpx.Response(404 if request.url.path == "/v1/uploads" else 202, json={"id": "asm_1"})


def deliver(answer: Answer, video: Path, way: Way) -> object:
    client = http(answer)
    uploads, order = Resumable(client, nothing), Order(video=video, way=way)
    return send(Assessments(client, nothing), uploads, order, lambda _done, _total: None)


def test_a_service_without_uploads_gets_a_large_recording_in_one_request(
    video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("launch.sending.RESUMABLE_BYTES", 1)

    assert deliver(without_uploads, video, Way.AUTO) == {"id": "asm_1"}


def test_who_insists_on_pieces_is_told_that_there_are_none(video: Path) -> None:
    with pytest.raises(Refused, match="404"):
        deliver(without_uploads, video, Way.RESUMABLE)


def test_what_an_earlier_try_still_makes_is_waited_for(video: Path) -> None:
    # given a first try whose answer is lost, and which is worked on for as long as four others
    keys: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        request.read()
        keys.append(request.headers["idempotency-key"])
        if len(keys) == 1:
            raise httpx.ReadError("cut", request=request)
        in_flight = httpx.Response(
            409, json={"code": "idempotency_in_flight"}, headers={"retry-after": "1"}
        )
        return in_flight if len(keys) < 6 else httpx.Response(202, json={"id": "asm_1"})

    assert deliver(answer, video, Way.DIRECT) == {"id": "asm_1"}
    assert len(keys) == 6
    assert len(set(keys)) == 1


def test_an_upload_that_cannot_go_on_is_given_up_and_erased(video: Path) -> None:
    methods: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        request.read()
        methods.append(request.method)
        if request.method == "POST":
            return httpx.Response(201, headers={"location": "/v1/uploads/upl_1"})
        if request.method == "DELETE":
            return httpx.Response(204)
        raise httpx.ConnectError("no way", request=request)

    with pytest.raises(Unreachable, match="no way"):
        deliver(answer, video, Way.RESUMABLE)

    assert methods[0] == "POST"
    assert methods.count("PATCH") == 9
    assert methods[-1] == "DELETE"
