import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.blobs import FolderBlobs
from adapters.egress import Answer
from adapters.memory import MemoryRecords
from assessment.assessment import Outcome, Status
from assessment.faults import CallbackNotAllowed
from assessment.request import AssessmentRequest, Callback
from assessment.signing import new_secret
from tests.conftest import Watch
from tests.samples import an_assessment, an_id
from worker.webhooks import Webhooks

SECRET = new_secret(bytes(32))
CALLBACK = Callback("https://example.org/hook", SECRET)


class Office:
    """A sender with one ended assessment, and a receiver that answers as told."""

    def __init__(self, folder: Path, watch: Watch) -> None:
        self.records, self.blobs = MemoryRecords(watch), FolderBlobs(folder)
        self.blobs.prepare()
        self.watch = watch
        self.answer: Answer | Exception | None = Answer(204, None)
        self.received: list[tuple[str, bytes, dict[str, str]]] = []
        self.sender = Webhooks(self.records.outbox, self.records, self.blobs, self._post, watch)

    def _post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer | None:
        self.received.append((url, body, headers))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def end(self, callback: Callback = CALLBACK) -> None:
        request = AssessmentRequest(callback=callback, reference="a patient's name")
        self.blobs.put(an_id(), "request.json", request.to_json())
        waiting = an_assessment(notify=True)
        self.records.add(waiting, look_again_s=30)
        claimed = waiting.to(Status.PROCESSING, at=self.watch())
        self.records.save(claimed, was=waiting, look_again_s=30)
        ended = claimed.to(Status.SUCCEEDED, at=self.watch(), outcome=Outcome.WITHHELD)
        self.records.save(ended, was=claimed, look_again_s=30)

    def deliver_all(self) -> int:
        count = 0
        while self.sender.deliver_one():
            count += 1
        return count


@pytest.fixture
def office(tmp_path: Path, watch: Watch) -> Office:
    return Office(tmp_path, watch)


def test_an_end_is_told_once_thin_and_without_patient_data(office: Office):
    office.end()

    assert office.deliver_all() == 1
    (url, body, headers) = office.received[0]
    assert url == CALLBACK.url
    assert json.loads(body)["type"] == "assessment.withheld"
    assert json.loads(body)["data"]["id"] == an_id()
    assert b"patient" not in body
    assert headers["webhook-id"] == f"evt_{1:032x}_succeeded"
    assert office.records.outbox.events == {}


def test_events_that_were_not_asked_for_are_not_sent(office: Office):
    office.end(replace(CALLBACK, events=("assessment.failed",)))

    office.deliver_all()

    assert office.received == []
    assert office.records.outbox.events == {}


@pytest.mark.parametrize("answer", [Answer(500, None), Answer(301, None), Answer(429, None), None])
def test_a_delivery_that_failed_is_tried_again_under_the_same_id(
    office: Office, answer: Answer | None
):
    office.end()
    office.answer = answer

    office.deliver_all()
    office.watch.go_on(10)
    office.answer = Answer(200, None)
    office.deliver_all()

    assert len({headers["webhook-id"] for _, _, headers in office.received}) == 1
    assert len(office.received) == 2
    assert office.records.outbox.events == {}


def test_a_receiver_that_asks_for_patience_gets_it(office: Office):
    office.end()
    office.answer = Answer(503, 3600.0)
    office.deliver_all()

    office.watch.go_on(3599)
    assert office.deliver_all() == 0
    office.watch.go_on(2)
    assert office.deliver_all() == 1


def test_a_receiver_that_is_gone_is_not_asked_again(office: Office):
    office.end()
    office.answer = Answer(410, None)

    office.deliver_all()

    assert office.records.outbox.events == {}


def test_a_sender_that_dies_in_mid_delivery_loses_nothing(office: Office):
    office.end()
    assert office.records.outbox.take(lease_s=25) is not None  # and then it died

    office.watch.go_on(61)

    assert office.deliver_all() == 1


def test_a_name_that_leads_where_it_may_not_is_tried_again_like_any_failure(office: Office):
    office.end()
    office.answer = CallbackNotAllowed("rebound to loopback")
    office.deliver_all()

    office.watch.go_on(10)
    office.answer = Answer(204, None)

    assert office.deliver_all() == 1
    assert office.records.outbox.events == {}


def test_nobody_is_told_of_a_deleted_assessment(office: Office):
    office.end()
    outbox = dict(office.records.outbox.events)
    office.records.erase(office.records.get(an_id()))
    office.records.outbox.events = outbox

    office.deliver_all()

    assert office.received == []


def test_after_a_day_of_failures_the_event_is_given_up(office: Office):
    office.end()
    office.answer = None
    deliver: Callable[[], int] = office.deliver_all

    for _ in range(20):
        deliver()
        office.watch.go_on(24 * 3600)

    assert len(office.received) == 9
    assert office.records.outbox.events == {}
