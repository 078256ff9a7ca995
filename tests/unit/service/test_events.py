"""`GET …/events` over HTTP, in process and over a socket."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
import pytest
import uvicorn

from assessment.assessment import Assessment, Outcome, Progress, Stage, Status
from service.followers import Room
from tests.unit.service.conftest import KEY, OTHER_KEY, House
from tests.unit.service.test_event_stream import Heard, heard

PATIENCE_S = 30.0


def path_of(assessment: Assessment) -> str:
    return f"/v1/assessments/{assessment.id}/events"


def events_of(text: str) -> list[Heard]:
    return [heard(frame.encode()) for frame in text.split("\n\n") if "event: " in frame]


def test_an_ended_assessment_tells_its_end_at_once(house: House):
    assessment = house.succeeded()

    answer = house.ask("GET", path_of(assessment))

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-accel-buffering"] == "no"
    (event,) = events_of(answer.text)
    assert (event.event, event.data["outcome"]) == ("ended", "reported")


def test_who_has_read_the_end_is_told_not_to_come_back(house: House):
    assessment = house.succeeded()
    (event,) = events_of(house.ask("GET", path_of(assessment)).text)

    answer = house.ask("GET", path_of(assessment), headers={"last-event-id": event.id})

    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize("known", ["1.processing.scoring.40", "gone", "", "\t", "x" * 5000])
def test_who_has_read_less_is_told_the_end(house: House, known: str):
    assessment = house.ended(Status.FAILED, fault="undecodable")

    answer = house.ask("GET", path_of(assessment), headers={"last-event-id": known})

    assert [event.event for event in events_of(answer.text)] == ["ended"]
    assert events_of(answer.text)[0].data["status"] == "failed"


def test_a_deleted_one_is_gone_and_anothers_never_was(house: House):
    assessment = house.succeeded()

    stranger = house.ask("GET", path_of(assessment), key=OTHER_KEY)
    nobody = house.ask("GET", path_of(assessment), key=None)
    house.ask("DELETE", f"/v1/assessments/{assessment.id}")
    late = house.ask("GET", path_of(assessment), headers={"last-event-id": "gone"})

    assert [one.status_code for one in (stranger, nobody, late)] == [404, 401, 410]


def test_who_accepts_no_event_stream_gets_none(house: House):
    assessment = house.succeeded()

    answer = house.ask("GET", path_of(assessment), headers={"accept": "application/json"})

    assert answer.status_code == 406
    assert answer.json()["served"] == ["text/event-stream"]


@dataclass
class Line:
    """A service on a socket, and streams that are read from it."""

    house: House
    port: int

    def follow(self, assessment: Assessment, known: str | None = None) -> "Stream":
        return Stream(self, path_of(assessment), {"last-event-id": known} if known else {})


class Stream:
    """Events as they come, one by one."""

    def __init__(self, line: Line, path: str, headers: dict[str, str]) -> None:
        address = f"http://127.0.0.1:{line.port}"
        self._client = httpx.Client(base_url=address, timeout=PATIENCE_S, trust_env=False)
        own = {"authorization": f"Bearer {KEY}", **headers}
        request = self._client.build_request("GET", path, headers=own)
        self.answer = self._client.send(request, stream=True)
        self._lines = self.answer.iter_lines()

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *_: object) -> None:
        self.answer.close()
        self._client.close()

    def next(self) -> Heard | None:
        """Return the next event, or None at the end of the stream."""
        fields: list[str] = []
        for line in self._lines:
            if line:
                fields.append(line)
            elif any(one.startswith("event: ") for one in fields):
                return heard("\n".join(fields).encode())
            else:
                fields = []
        return None


def wait_until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


@pytest.fixture
def line(house: House) -> Iterator[Line]:
    house.build(streams=Room(most=4, most_of_a_tenant=3))
    config = uvicorn.Config(house.app, port=0, log_level="critical", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_until(lambda: server.started)
    yield Line(house, server.servers[0].sockets[0].getsockname()[1])
    server.should_exit = True
    thread.join()


def claimed(house: House) -> Assessment:
    waiting = house.accepted()
    running = waiting.to(Status.PROCESSING, at=house.clock())
    house.records.save(running, was=waiting, look_again_s=30)
    return running


def renew(house: House, running: Assessment, percent: int) -> None:
    house.records.renew(running, Progress(Stage.SCORING, percent), lease_s=30)


def end(house: House, running: Assessment) -> None:
    ended = running.to(Status.SUCCEEDED, at=house.clock(), outcome=Outcome.REPORTED)
    house.records.save(ended, was=running, look_again_s=30)


def test_events_arrive_as_things_happen_and_the_stream_is_cut_and_resumed(line: Line):
    running = claimed(line.house)
    with line.follow(running) as stream:
        first = stream.next()
        renew(line.house, running, 40)
        second = stream.next()
    assert first is not None
    assert second is not None

    with line.follow(running, second.id) as resumed:
        renew(line.house, running, 60)
        third = resumed.next()
        end(line.house, running)
        last, nothing = resumed.next(), resumed.next()

    assert third is not None
    assert last is not None
    assert [one.data.get("percent") for one in (first, second, third)] == [0, 40, 60]
    assert (last.event, nothing) == ("ended", None)
    assert len({one.id for one in (first, second, third, last)}) == 4


def test_a_deletion_ends_the_stream(line: Line):
    running = claimed(line.house)
    with line.follow(running) as stream:
        stream.next()
        line.house.records.erase(running)
        gone, nothing = stream.next(), stream.next()

    assert gone == Heard("gone", "gone", {"id": running.id})
    assert nothing is None


def test_too_many_streams_are_refused_and_who_goes_away_makes_room(line: Line):
    running = claimed(line.house)
    streams = [line.follow(running) for _ in range(3)]
    for stream in streams:
        assert stream.next() is not None

    with line.follow(running) as refused:
        refused.answer.read()
    assert refused.answer.status_code == 429
    assert refused.answer.json()["code"] == "too_many_own_streams"
    assert int(refused.answer.headers["retry-after"]) > 0

    streams.pop().__exit__()
    followers = line.house.app.state.desk.followers
    wait_until(lambda: len(followers) == 2)
    with line.follow(running) as stream:
        assert stream.next() is not None
    for stream in streams:
        stream.__exit__()
    wait_until(lambda: len(followers) == 0)
