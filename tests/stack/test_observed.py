"""One assessment on a traced stack: one trace, one request id, the metrics of every part."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.collector import Collector, collector
from tests.metrics_catalogue import TRITON
from tests.stack.conftest import Stack, start, stop
from tests.stack.waiting import until

pytestmark = [pytest.mark.stack, pytest.mark.slow]

CANARY = "Canary-Patient-0815"
REQUEST_ID = "0123456789abcdef0123456789abcdef"
JOINED = {"POST /v1/assessments", "assessments.run send", "assessments.run process", "measure"}


@pytest.fixture(scope="module")
def there() -> Iterator[Collector]:
    with collector() as one:
        yield one


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory, there: Collector) -> Iterator[Stack]:
    settings = {"MIEN_OTLP_ENDPOINT": there.url, "MIEN_LOG_FORMAT": "json"}
    running = start(tmp_path_factory.mktemp("traced"), OTEL_BSP_SCHEDULE_DELAY="200", **settings)
    yield running
    stop(running)


@pytest.fixture(scope="module")
def assessed(traced: Stack, short_face: Path) -> str:
    request = {"reference": CANARY, "metadata": {CANARY: CANARY}}
    headers = {"X-Request-Id": REQUEST_ID, "tracestate": f"a={CANARY}", "baggage": f"b={CANARY}"}
    with traced.client() as api:
        parts = {
            "request": (None, json.dumps(request), "application/json"),
            "video": (f"{CANARY}.mp4", short_face.read_bytes(), "video/mp4"),
        }
        created = api.post("/v1/assessments", files=parts, headers=headers).json()
    assert traced.wait(created["id"])["status"] == "succeeded"
    return created["id"]


def pages(stack: Stack) -> dict[str, str]:
    found = json.loads((stack.data / "prometheus.json").read_text())
    addresses = {one["labels"]["job"]: one["targets"][0] for one in found}
    return {
        job: urllib.request.urlopen(f"http://{address}/metrics", timeout=10).read().decode()
        for job, address in addresses.items()
    }


def test_the_spans_from_request_to_triton_are_one_trace(there: Collector, assessed: str):
    spans = there.wait(JOINED)

    (begun,) = [one for one in spans if one.name == "POST /v1/assessments"]
    ours = [one for one in spans if one.trace == begun.trace]
    assert {one.name for one in ours} >= JOINED
    assert any(one.name.startswith("triton ") for one in ours)
    assert {one.service for one in ours} == {"mien-service", "mien-worker"}
    named = {one.attributes.get("mien.assessment.id") for one in ours} - {None}
    assert named == {assessed}
    ids = {one.span for one in ours}
    assert [one.name for one in ours if one.parent not in ids] == ["POST /v1/assessments"]


def test_the_logs_of_service_and_worker_are_joined_by_the_request(traced: Stack, assessed: str):
    lines = [line.partition("| ")[2] for line in traced.log.read_text().splitlines()]
    told = [json.loads(line) for line in lines if line.startswith("{")]

    ours = [one for one in told if one.get("request_id") == REQUEST_ID]

    assert {"service.intake", "service.access", "worker.runner"} <= {one["logger"] for one in ours}
    assert len({one["trace_id"] for one in ours}) == 1
    assert {one["assessment_id"] for one in ours if "assessment_id" in one} == {assessed}


def test_every_part_shows_metrics_and_none_has_an_id_or_a_word(traced: Stack, assessed: str):
    # A worker counts an end just after it has told it.
    until(lambda: 'mien_attempts_total{ending="succeeded"} 1.0' in pages(traced)["mien-worker"])

    shown = pages(traced)

    assert 'mien_attempts_total{ending="succeeded"} 1.0' in shown["mien-worker"]
    assert 'mien_stage_duration_seconds_count{stage="decode"} 1.0' in shown["mien-worker"]
    assert 'mien_patient_data_overdue{kind="recording"} 0.0' in shown["mien-sweeper"]
    assert 'mien_loop_rounds_total{loop="deliver",result="ok"}' in shown["mien-webhooks"]
    assert "mien_queue_video_seconds" in shown["mien-service"]
    missing = [name for name in TRITON if name not in shown["triton"]]
    assert missing == []
    for page in shown.values():
        assert CANARY not in page
        assert assessed not in page


def test_no_word_of_the_caller_is_in_logs_or_traces(there: Collector, traced: Stack, assessed: str):
    there.wait(JOINED)

    assert assessed in traced.log.read_text()
    assert CANARY not in traced.log.read_text()
    assert CANARY.encode() not in there.raw
