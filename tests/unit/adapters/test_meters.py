"""What is counted, under labels that nobody outside of the code can choose."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from adapters.counted import CountedDeliveries, CountedRecords
from adapters.meters import MOST_VALUES, AssessmentMeters, Bounded, WebhookMeters, registry
from assessment.access import sandbox_of
from assessment.assessment import Outcome, Status, Tenant
from assessment.deliveries import DeliveryState, Settlement
from tests.samples import NOON, an_assessment

CANARY = "Canary Patient 4711"


@pytest.fixture
def made() -> CollectorRegistry:
    return registry("worker")


@pytest.fixture
def value(made: CollectorRegistry) -> Callable[..., float | None]:
    return lambda name, **labels: made.get_sample_value(name, labels)


def test_an_attempt_is_counted_by_how_it_ends(made, value):
    meters, queued = AssessmentMeters(made), an_assessment()
    running = queued.to(Status.PROCESSING, at=NOON)
    ends = {
        "succeeded": running.to(Status.SUCCEEDED, at=NOON, outcome=Outcome.REPORTED),
        "failed": running.to(Status.FAILED, at=NOON, fault="not_a_video"),
        "handed_back": running.to(Status.QUEUED, at=NOON),
        "lost": running.to(Status.QUEUED, at=NOON, crashed=True),
        "canceled": running.to(Status.CANCELED, at=NOON),
    }

    meters.moved(queued, running)
    for end in ends.values():
        meters.moved(running, end)

    assert {how: value("mien_attempts_total", ending=how) for how in ends} == dict.fromkeys(ends, 1)
    assert value("mien_leases_lost_total", reason="expired") == 1
    assert value("mien_queue_wait_seconds_count") == 1
    ended = {"status": "failed", "outcome": "", "fault": "not_a_video", "sandbox": "false"}
    assert value("mien_assessments_ended_total", **ended) == 1


def test_a_sandbox_does_not_count_as_work(made, value):
    meters = AssessmentMeters(made)
    queued = replace(an_assessment(), tenant=sandbox_of(Tenant("ours")))
    running = queued.to(Status.PROCESSING, at=NOON)

    meters.created(queued)
    meters.moved(queued, running)
    meters.moved(running, running.to(Status.CANCELED, at=NOON))

    assert value("mien_assessments_created_total", sandbox="true") == 1
    assert value("mien_queue_wait_seconds_count") == 0
    assert value("mien_attempt_duration_seconds_count", ending="canceled") is None


def test_webhooks_are_counted_by_answer_and_state(made, value):
    meters = WebhookMeters(made)

    meters.settled(Settlement(state=DeliveryState.DELIVERED, status=204, duration_ms=12))
    meters.settled(Settlement(state=DeliveryState.FAILED, status=503))
    meters.settled(Settlement(state=DeliveryState.GAVE_UP, error="name_unknown"))
    meters.settled(Settlement(state=DeliveryState.FAILED, status=99999))

    seen = [("2xx", "delivered"), ("5xx", "failed"), ("name_unknown", "gave_up")]
    for answer, state in [*seen, ("other", "failed")]:
        assert value("mien_webhook_attempts_total", answer=answer, state=state) == 1
    assert value("mien_webhook_attempt_duration_seconds_count") == 1


def test_words_and_ids_do_not_become_labels(made):
    assessments, webhooks = AssessmentMeters(made), WebhookMeters(made)
    one = replace(an_assessment(), tenant=Tenant("Canary-Clinic"))
    running = one.to(Status.PROCESSING, at=NOON)

    assessments.created(one)
    assessments.moved(running, running.to(Status.FAILED, at=NOON, fault=CANARY))
    webhooks.settled(Settlement(state=DeliveryState.FAILED, error=CANARY))

    page = generate_latest(made).decode()
    assert "Canary" not in page
    assert one.id not in page
    assert 'fault="other"' in page


def test_a_label_has_so_many_values_and_no_more(made, value):
    meters = WebhookMeters(made)

    for number in range(10 * MOST_VALUES):
        meters.settled(Settlement(state=DeliveryState.FAILED, error=f"kind_{number}"))

    (tries,) = [one for one in made.collect() if one.name == "mien_webhook_attempts"]
    assert len({sample.labels["answer"] for sample in tries.samples}) <= MOST_VALUES + 3
    kept = 9 * MOST_VALUES
    assert value("mien_webhook_attempts_total", answer="other", state="failed") == kept


def test_a_known_word_passes_when_there_is_no_more_room():
    bounded = Bounded(most=1)

    assert [bounded(one) for one in ("a", "b", "a", None, "")] == [
        "a",
        "other",
        "a",
        "other",
        "other",
    ]


def test_a_counted_store_is_a_store_in_all_else():
    for counted in (CountedRecords, CountedDeliveries):
        changed = {name for name in vars(counted) if not name.startswith("_")}
        assert changed <= set(dir(counted.__mro__[1]))
