"""Processes are killed while they work; what was accepted comes to its end, once."""

import time
from pathlib import Path

import psutil
import pytest

from tests.stack.conftest import Receiver, Stack, start, stop

pytestmark = pytest.mark.stack


def below(stack: Stack, *words: str) -> list[psutil.Process]:
    """Return the stack's processes whose command line has every word."""
    found = psutil.Process(stack.process.pid).children(recursive=True)
    return [one for one in found if all(word in " ".join(one.cmdline()) for word in words)]


def until_processing(stack: Stack, assessment_id: str) -> None:
    end = time.monotonic() + 30
    while stack.get(f"/v1/assessments/{assessment_id}").json()["status"] == "queued":
        assert time.monotonic() < end
        time.sleep(0.02)


def test_an_assessment_whose_worker_is_killed_is_taken_up_again_and_told_once(
    stack: Stack, receiver: Receiver, sad_to_happy: Path
):
    created = stack.create(sad_to_happy, callback={"url": receiver.url})
    until_processing(stack, created["id"])
    child = max(below(stack, "celery"), key=lambda one: one.create_time())
    child.kill()

    body = stack.wait(created["id"])

    assert (body["status"], body["attempts"]) == ("succeeded", 2)
    time.sleep(2)
    assert len({headers["webhook-id"] for headers, _ in receiver.wait(1)}) == 1
    assert len(receiver.received) == 1


def test_a_decoder_that_is_killed_fails_its_own_assessment_only(
    stack: Stack, sad_to_happy: Path, short_face: Path
):
    created = stack.create(sad_to_happy, sampling={"every_ms": 20})
    end = time.monotonic() + 30
    while not (decoders := below(stack, "worker.decoder")):
        assert time.monotonic() < end
        time.sleep(0.01)
    decoders[-1].kill()

    assert stack.wait(created["id"])["error"]["code"] == "decoder_crashed"
    assert stack.assess(short_face, analyses=["expression"])["outcome"] == "reported"


def test_deleting_while_it_is_worked_on_stops_the_work_and_leaves_nothing(
    stack: Stack, sad_to_happy: Path
):
    created = stack.create(sad_to_happy, sampling={"every_ms": 20})
    until_processing(stack, created["id"])

    with stack.client() as api:
        assert api.delete(created["urls"]["self"]).status_code == 200
    time.sleep(4)

    assert stack.blobs(created["id"]) == set()
    assert below(stack, "worker.decoder") == []


@pytest.mark.slow
def test_a_stack_that_is_stopped_leaves_no_process_and_goes_on_where_it_was(
    tmp_path: Path, sad_to_happy: Path
):
    first = start(tmp_path, MIEN_LEASE_S="3", MIEN_REQUEUE_S="1")
    created = first.create(sad_to_happy)
    until_processing(first, created["id"])
    family = psutil.Process(first.process.pid).children(recursive=True)

    assert stop(first) == 0
    assert [one for one in family if one.is_running() and one.status() != "zombie"] == []

    assert "handed back: draining" in first.log.read_text()
    second = start(tmp_path, MIEN_LEASE_S="3", MIEN_REQUEUE_S="1")
    try:
        assert second.wait(created["id"])["status"] == "succeeded"
    finally:
        assert stop(second) == 0
    assert "from a worker that died" not in second.log.read_text()
