import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from adapters.blobs import FolderBlobs
from adapters.egress import Answer
from adapters.memory import MemoryRecords
from adapters.memory_endpoints import MemoryEndpoints
from assessment.access import sandbox_of
from assessment.assessment import Outcome, Status, Tenant
from assessment.deliveries import DeliveryState, Message, Unreachable
from assessment.endpoints import MOST_GIVE_UPS, DisabledReason, Endpoint, EndpointId
from assessment.faults import CallbackNotAllowed
from assessment.request import AssessmentRequest, Callback
from assessment.signing import new_secret
from tests.conftest import Watch
from tests.samples import NOON, an_assessment, an_id
from worker.addressee import Directory
from worker.fan_out import FanOut
from worker.webhooks import Webhooks

SECRET = new_secret(bytes(32))
CALLBACK = Callback("https://example.org/hook", SECRET)
ENDPOINT = Endpoint(
    id=EndpointId(f"whe_{7:032x}"),
    tenant=Tenant("default"),
    url="https://example.net/all",
    secret=new_secret(bytes(range(32))),
    created_at=NOON,
)
PATIENT = "a patient's name"


class Office:
    """A sender with ended assessments, and a receiver that answers as told."""

    def __init__(self, folder: Path, watch: Watch) -> None:
        self.records, self.blobs = MemoryRecords(watch), FolderBlobs(folder)
        self.blobs.prepare()
        self.endpoints, self.log = MemoryEndpoints(), self.records.deliveries
        self.watch = watch
        self.answer: Answer | Exception = Answer(204, None)
        self.received: list[tuple[str, bytes, dict[str, str]]] = []
        self.sender = Webhooks(
            fan_out=FanOut(
                outbox=self.records.outbox,
                records=self.records,
                blobs=self.blobs,
                endpoints=self.endpoints,
                deliveries=self.log,
            ),
            directory=Directory(
                records=self.records, blobs=self.blobs, endpoints=self.endpoints, clock=watch
            ),
            deliveries=self.log,
            endpoints=self.endpoints,
            post=self._post,
            clock=watch,
        )

    def _post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        self.received.append((url, body, headers))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def end(
        self,
        callback: Callback | None = CALLBACK,
        *,
        number: int = 1,
        status: Status = Status.SUCCEEDED,
        tenant: str = "default",
        reference: str = PATIENT,
    ) -> None:
        request = AssessmentRequest(callback=callback, reference=reference)
        self.blobs.put(an_id(number), "request.json", request.to_json())
        waiting = replace(an_assessment(number), tenant=Tenant(tenant))
        self.records.add(waiting, look_again_s=30)
        claimed = waiting.to(Status.PROCESSING, at=self.watch())
        self.records.save(claimed, was=waiting, look_again_s=30)
        outcome = Outcome.WITHHELD if status is Status.SUCCEEDED else None
        ended = claimed.to(status, at=self.watch(), outcome=outcome)
        self.records.save(ended, was=claimed, look_again_s=30)

    def work(self) -> int:
        """Send what is due and return how many tries that took."""
        before = len(self.received)
        while self.sender.deliver_one():
            pass
        return len(self.received) - before

    def states(self, number: int = 1) -> Sequence[DeliveryState]:
        return [one.state for one in self.log.of_assessment(an_id(number))]

    def outcomes(self, number: int = 1) -> list[tuple[int | None, str | None]]:
        """What came of each try at the only delivery."""
        (delivery,) = self.log.of_assessment(an_id(number))
        return [(one.status, one.error) for one in delivery.attempts]


@pytest.fixture
def office(tmp_path: Path, watch: Watch) -> Office:
    return Office(tmp_path, watch)


def test_an_end_is_told_once_thin_and_without_patient_data(office: Office):
    office.end()

    assert office.work() == 1
    (url, body, headers) = office.received[0]
    assert url == CALLBACK.url
    assert json.loads(body)["type"] == "assessment.withheld"
    assert json.loads(body)["sequence"] == 1
    assert json.loads(body)["data"]["id"] == an_id()
    assert b"patient" not in body
    assert headers["webhook-id"] == f"evt_{1:032x}_succeeded"
    assert office.states() == [DeliveryState.DELIVERED]
    assert office.outcomes() == [(204, None)]


@pytest.mark.parametrize("status", [Status.FAILED, Status.CANCELED, Status.EXPIRED])
def test_every_end_is_told_under_its_own_name(office: Office, status: Status):
    office.end(status=status)

    office.work()

    assert json.loads(office.received[0][1])["type"] == f"assessment.{status}"


def test_events_that_were_not_asked_for_are_not_sent(office: Office):
    office.endpoints.add(replace(ENDPOINT, events=("assessment.expired",)))
    office.end(replace(CALLBACK, events=("assessment.failed",)))

    assert office.work() == 0
    assert office.states() == []
    assert office.records.outbox.events == {}


def test_each_target_is_told_under_an_id_of_its_own(office: Office):
    office.endpoints.add(ENDPOINT)
    office.endpoints.add(
        replace(ENDPOINT, id=EndpointId(f"whe_{8:032x}"), events=("assessment.withheld",))
    )
    office.endpoints.add(
        replace(ENDPOINT, id=EndpointId(f"whe_{9:032x}"), tenant=Tenant("somebody else"))
    )
    office.end()

    assert office.work() == 3
    ids = {headers["webhook-id"] for _, _, headers in office.received}
    own = f"evt_{1:032x}_succeeded"
    assert ids == {own, f"{own}_{7:032x}", f"{own}_{8:032x}"}
    assert len({body for _, body, _ in office.received}) == 1


def test_a_crash_between_fan_out_and_its_note_doubles_nothing(office: Office):
    office.endpoints.add(ENDPOINT)
    office.end()
    outbox = dict(office.records.outbox.events)
    assert office.work() == 2

    office.records.outbox.events = outbox  # as if its entry had not been closed

    assert office.work() == 0
    assert office.states() == [DeliveryState.DELIVERED] * 2


def test_endings_are_numbered_within_their_tenant(office: Office):
    for number, tenant in enumerate(("default", "default", "other", "default"), 1):
        office.end(number=number, tenant=tenant)

    office.work()

    bodies = [json.loads(body) for _, body, _ in office.received]
    assert {one["data"]["id"]: one["sequence"] for one in bodies} == {
        an_id(1): 1, an_id(2): 2, an_id(3): 1, an_id(4): 3
    }  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "logged"),
    [
        (Answer(500, None), (500, None)),
        (Answer(301, None), (301, "redirect")),
        (Answer(429, None), (429, None)),
        (Unreachable("timeout"), (None, "timeout")),
        (CallbackNotAllowed("rebound to loopback"), (None, "address_not_allowed")),
    ],
)
def test_a_delivery_that_failed_says_why_and_is_tried_again_under_the_same_id(
    office: Office, answer: Answer | Exception, logged: tuple[int | None, str | None]
):
    office.end()
    office.answer = answer
    office.work()
    assert office.states() == [DeliveryState.FAILED]

    office.watch.go_on(10)
    office.answer = Answer(200, None)
    office.work()

    assert len({headers["webhook-id"] for _, _, headers in office.received}) == 1
    assert office.outcomes() == [logged, (200, None)]
    assert office.states() == [DeliveryState.DELIVERED]


def test_a_receiver_that_asks_for_patience_gets_it(office: Office):
    office.end()
    office.answer = Answer(503, 3600.0)
    office.work()

    office.watch.go_on(3599)
    assert office.work() == 0
    office.watch.go_on(2)
    assert office.work() == 1


def test_a_callback_that_is_gone_is_not_asked_again(office: Office):
    office.end()
    office.answer = Answer(410, None)

    office.work()

    assert office.states() == [DeliveryState.GAVE_UP]
    office.watch.go_on(24 * 3600)
    assert office.work() == 0


def test_an_endpoint_that_is_gone_is_disabled_and_hears_nothing_more(office: Office):
    office.endpoints.add(ENDPOINT)
    office.end(None, number=1)
    office.end(None, number=2)
    office.answer = Answer(410, None)

    assert office.work() == 1
    assert office.endpoints.get(ENDPOINT.id).disabled_reason is DisabledReason.GONE
    assert office.outcomes(2) == [(None, "endpoint_disabled")]
    assert office.states(2) == [DeliveryState.GAVE_UP]

    office.end(None, number=3)
    assert office.work() == 0
    assert office.states(3) == []


def test_an_endpoint_that_nothing_reaches_for_days_is_disabled(office: Office):
    office.endpoints.add(ENDPOINT)
    office.answer = Unreachable("not_connected")
    for number in range(1, MOST_GIVE_UPS + 1):
        assert office.endpoints.get(ENDPOINT.id).enabled
        office.end(None, number=number)
        for _ in range(9):
            office.work()
            office.watch.go_on(24 * 3600)

    assert office.endpoints.get(ENDPOINT.id).disabled_reason is DisabledReason.GAVE_UP
    assert len(office.received) == 9 * MOST_GIVE_UPS


def test_a_sender_that_dies_in_mid_delivery_loses_nothing(office: Office):
    office.end()
    assert office.sender.fan_out.spread_one()
    assert office.log.take(lease_s=25) is not None  # and then it died

    office.watch.go_on(61)

    assert office.work() == 1
    assert office.outcomes() == [(None, "interrupted"), (204, None)]


def test_nobody_is_told_of_a_deleted_assessment(office: Office):
    office.end(number=1)
    office.end(number=2)
    outbox = dict(office.records.outbox.events)
    office.records.erase(office.records.get(an_id(1)))
    office.records.outbox.events = outbox
    office.sender.fan_out.spread_one()
    office.sender.fan_out.spread_one()
    office.records.erase(office.records.get(an_id(2)))

    assert office.work() == 0
    assert office.states(1) == office.states(2) == []


def test_after_a_day_of_failures_the_delivery_is_given_up_and_can_be_replayed(office: Office):
    office.end()
    office.answer = Unreachable("timeout")
    deliver: Callable[[], int] = office.work
    for _ in range(20):
        deliver()
        office.watch.go_on(24 * 3600)
    assert len(office.received) == 9
    assert office.states() == [DeliveryState.GAVE_UP]

    office.answer = Answer(200, None)
    office.log.replay(f"evt_{1:032x}_succeeded")

    assert deliver() == 1
    assert office.states() == [DeliveryState.DELIVERED]
    assert len(office.outcomes()) == 10


def test_while_a_secret_is_rotated_both_verify_and_afterwards_only_the_new_one(office: Office):
    office.watch.now = datetime.now(UTC)  # noqa: TID251  the library compares with today
    new = new_secret(bytes(range(40)))
    office.endpoints.add(ENDPOINT.rotated(new, at=office.watch(), overlap_s=60))
    office.end(None)
    office.work()
    (_, body, headers) = office.received[0]
    for secret in (new, ENDPOINT.secret):
        assert Webhook(secret).verify(body, headers) == json.loads(body)

    office.watch.go_on(60)
    office.log.replay(headers["webhook-id"])
    office.work()

    (_, body, headers) = office.received[1]
    assert Webhook(new).verify(body, headers) == json.loads(body)
    with pytest.raises(WebhookVerificationError):
        Webhook(ENDPOINT.secret).verify(body, headers)


def test_a_test_send_is_tried_once_and_counts_for_nothing(office: Office):
    office.endpoints.add(ENDPOINT)
    office.answer = Answer(500, None)
    for number in range(MOST_GIVE_UPS + 1):
        told = Message(
            id=f"evt_{number:032x}_test",
            tenant=ENDPOINT.tenant,
            assessment_id=None,
            type="webhook.test",
            target=ENDPOINT.id,
            sequence=0,
        )
        office.log.add(told)

    assert office.work() == MOST_GIVE_UPS + 1
    assert json.loads(office.received[0][1])["type"] == "webhook.test"
    assert {one.state for one in office.log.of_endpoint(ENDPOINT.id)} == {DeliveryState.GAVE_UP}
    assert office.endpoints.get(ENDPOINT.id).enabled


def test_the_sandboxs_failing_callback_answers_500_until_it_is_replayed(office: Office):
    sandbox = sandbox_of(Tenant("default"))
    office.end(tenant=sandbox, reference="sandbox/webhook-fails")

    assert office.work() == 0
    assert office.outcomes() == [(500, None)]
    office.log.replay(f"evt_{1:032x}_succeeded")

    assert office.work() == 1
    assert office.states() == [DeliveryState.DELIVERED]


def test_a_live_tenants_reference_means_nothing_to_the_sender(office: Office):
    office.end(reference="sandbox/webhook-fails")

    assert office.work() == 1
    assert office.states() == [DeliveryState.DELIVERED]
