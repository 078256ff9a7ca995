"""Cancel, deadline, deletion and lists, on the real stack."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.media.recordings import counted, record
from tests.stack.conftest import Stack
from tests.stack.processes import processes_of
from tests.stack.waiting import until

pytestmark = pytest.mark.stack

STOPS_WITHIN_S = 15.0
"""An idle machine takes one or two; a busy one shares its processors with other work."""


@pytest.fixture(scope="module")
def long_recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two minutes without a face; every frame of it looked at takes far longer than this test."""
    folder = tmp_path_factory.mktemp("long")
    return record(folder / "long.mp4", (one for _ in range(125) for one in counted(24)))


@pytest.fixture
def busy(stack: Stack, long_recording: Path) -> Iterator[dict[str, Any]]:
    """Have the worker in the middle of a long recording."""
    created = stack.create(long_recording, sampling={"every_n_frames": 1})
    until(lambda: read(stack, created)["progress"]["stage"] == "scoring", 60)
    yield created
    post(stack, created["urls"]["cancel"])
    until(lambda: decoders(stack) == [])  # The next test's deadline is not spent on this one.


def read(stack: Stack, created: dict[str, Any]) -> dict[str, Any]:
    return stack.get(created["urls"]["self"]).json()


def post(stack: Stack, path: str) -> Any:
    with stack.client() as api:
        return api.post(path)


def decoders(stack: Stack) -> list[psutil.Process]:
    return processes_of(stack.process, "worker.decoder")


def until_blobs(stack: Stack, created: dict[str, Any], expected: set[str]) -> None:
    """Wait until this is what is kept: the record comes first, then the files go."""
    until(lambda: stack.blobs(created["id"]) == expected)


def test_a_canceled_assessment_leaves_nothing_and_makes_way_for_the_next(
    stack: Stack, busy: dict[str, Any], short_face: Path
):
    following = stack.create(short_face, analyses=["expression"])
    (decoder,) = decoders(stack)

    canceled = post(stack, busy["urls"]["cancel"])
    taken_s = until(lambda: read(stack, following)["status"] != "queued", 30)

    assert canceled.status_code == 200, canceled.text
    assert canceled.json()["status"] == "canceled"
    assert taken_s < STOPS_WITHIN_S
    assert not decoder.is_running()
    until_blobs(stack, busy, {"request.json"})
    assert post(stack, busy["urls"]["cancel"]).json()["code"] == "already_ended"
    assert stack.wait(following["id"])["status"] == "succeeded"
    assert read(stack, busy)["status"] == "canceled"


def test_deleting_a_running_assessment_stops_the_work(stack: Stack, busy: dict[str, Any]):
    with stack.client() as api:
        receipt = api.delete(busy["urls"]["self"]).json()
    stopped_s = until(lambda: decoders(stack) == [], 30)

    assert stopped_s < STOPS_WITHIN_S
    assert {"recording", "request"} <= {one["class"] for one in receipt["erased"]}
    until_blobs(stack, busy, set())
    assert post(stack, busy["urls"]["cancel"]).status_code == 410


def test_what_waits_behind_a_long_one_expires_at_its_deadline(
    stack: Stack, busy: dict[str, Any], short_face: Path
):
    hurried = stack.create(short_face, deadline_s=1)

    until(lambda: read(stack, hurried)["status"] == "expired")

    assert read(stack, busy)["status"] == "processing"  # so nobody took up what waited
    assert read(stack, hurried)["error"]["code"] == "deadline_passed"
    until_blobs(stack, hurried, {"request.json"})


def test_a_worker_stops_at_the_deadline_of_what_it_works_on(stack: Stack, long_recording: Path):
    created = stack.create(long_recording, sampling={"every_n_frames": 1}, deadline_s=5)
    until(lambda: read(stack, created)["status"] == "processing")

    assert stack.wait(created["id"], 30)["status"] == "expired"
    assert until(lambda: decoders(stack) == []) < STOPS_WITHIN_S
    until_blobs(stack, created, {"request.json"})


def test_lists_come_in_pages_and_a_changed_cursor_is_refused(stack: Stack, nobody: Path):
    mine = {"reference": "a reference of this test"}
    made = [stack.create(nobody, **mine)["id"] for _ in range(3)]
    for one in made:
        stack.wait(one)

    with stack.client() as api:
        first = api.get("/v1/assessments", params={**mine, "limit": 2}).json()
        second = api.get(first["next"]).json()
        tampered = api.get("/v1/assessments", params={"cursor": first["next_cursor"].swapcase()})
        withheld = api.get("/v1/assessments", params={**mine, "outcome": "withheld"}).json()

    assert [one["id"] for one in (*first["data"], *second["data"])] == made[::-1]
    assert second["next"] is None
    assert "result" not in first["data"][0]
    assert [one["id"] for one in withheld["data"]] == made[::-1]
    assert tampered.status_code == 422
    assert tampered.json()["errors"][0]["pointer"] == "/query/cursor"
