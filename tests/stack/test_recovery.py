"""Processes are killed while they work; what was accepted comes to its end, once."""

import time
from pathlib import Path

import psutil
import pytest

from tests.stack.conftest import DONE_S, Receiver, Stack, start, stop
from tests.stack.processes import alive, processes_of
from tests.stack.waiting import until

pytestmark = pytest.mark.stack


def until_processing(stack: Stack, assessment_id: str) -> None:
    """Wait until a worker has it; whatever came before is then done with."""
    path = f"/v1/assessments/{assessment_id}"
    until(lambda: stack.get(path).json()["status"] != "queued", DONE_S)


def worker_child(stack: Stack) -> psutil.Process:
    """Return the process that measures: the oldest but its parent.

    A decoder that it just starts has its command line, too, until it has one of its own.
    """
    celery = processes_of(stack.process, "celery")
    return sorted(celery, key=lambda one: one.create_time())[1]


def decoders(stack: Stack) -> list[psutil.Process]:
    return processes_of(stack.process, "worker.decoder")


def test_an_assessment_whose_worker_is_killed_is_taken_up_again_and_told_once(
    stack: Stack, receiver: Receiver, sad_to_happy: Path
):
    created = stack.create(sad_to_happy, callback={"url": receiver.url})
    until_processing(stack, created["id"])
    worker_child(stack).kill()

    body = stack.wait(created["id"])

    assert (body["status"], body["attempts"]) == ("succeeded", 2)
    receiver.wait(1)
    time.sleep(2)  # time for another one to come
    assert len(receiver.received) == 1
    log = stack.get(f"/v1/assessments/{created['id']}/deliveries").json()["data"]
    assert [one["id"] for one in log] == [receiver.received[0][0]["webhook-id"]]


def test_a_decoder_that_is_killed_fails_its_own_assessment_only(
    stack: Stack, sad_to_happy: Path, short_face: Path
):
    created = stack.create(sad_to_happy, sampling={"every_ms": 20})
    until_processing(stack, created["id"])
    until(lambda: bool(decoders(stack)))
    decoders(stack)[-1].kill()

    assert stack.wait(created["id"])["error"]["code"] == "decoder_crashed"
    assert stack.assess(short_face, analyses=["expression"])["outcome"] == "reported"


def test_deleting_while_it_is_worked_on_stops_the_work_and_leaves_nothing(
    stack: Stack, sad_to_happy: Path, nobody: Path
):
    created = stack.create(sad_to_happy, sampling={"every_ms": 20})
    until_processing(stack, created["id"])

    with stack.client() as api:
        assert api.delete(created["urls"]["self"]).status_code == 200
    # The one worker ends another: it has long let go of what was deleted, and writes no more.
    assert stack.assess(nobody)["outcome"] == "withheld"

    until(lambda: decoders(stack) == [])
    assert stack.blobs(created["id"]) == set()


@pytest.mark.slow
def test_a_stack_that_is_stopped_leaves_no_process_and_goes_on_where_it_was(
    tmp_path: Path, sad_to_happy: Path
):
    first = start(tmp_path, MIEN_LEASE_S="3", MIEN_REQUEUE_S="1")
    created = first.create(sad_to_happy)
    until_processing(first, created["id"])
    family = processes_of(first.process)

    assert stop(first) == 0
    until(lambda: alive(family) == [])

    assert "handed back: draining" in first.log.read_text()
    second = start(tmp_path, MIEN_LEASE_S="3", MIEN_REQUEUE_S="1")
    try:
        assert second.wait(created["id"])["status"] == "succeeded"
    finally:
        assert stop(second) == 0
    assert "from a worker that died" not in second.log.read_text()
