"""Traces: joined across processes, without a word of anybody, and never in the way."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from contextvars import copy_context

import pytest

from adapters.log_context import ids
from adapters.otlp import OtlpTracing, address
from adapters.tracing import UNTRACED, Kind, allowed, parent_of, tracing
from tests.collector import Collector, black_hole, closed_port, collector

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def there() -> Iterator[Collector]:
    with collector() as one:
        yield one


def test_spans_of_two_processes_are_one_trace(there: Collector):
    service, worker = OtlpTracing.to(there.url, "service"), OtlpTracing.to(there.url, "worker")

    with service.span("request", Kind.SERVER, parent=CALLER) as span:
        span.rename("POST /v1/assessments")
        with service.span("send", Kind.PRODUCER):
            message = service.carrier()
    with worker.span("process", Kind.CONSUMER, parent=message["traceparent"]):
        pass
    service.shutdown()
    worker.shutdown()

    spans = {one.name: one for one in there.wait({"POST /v1/assessments", "send", "process"})}
    assert {one.trace for one in spans.values()} == {"0af7651916cd43dd8448eb211c80319c"}
    assert spans["POST /v1/assessments"].parent == "b7ad6b7169203331"
    assert spans["send"].parent == spans["POST /v1/assessments"].span
    assert spans["process"].parent == spans["send"].span
    assert {one.service for one in spans.values()} == {"mien-service", "mien-worker"}


def test_a_span_carries_no_words(there: Collector):
    traced = OtlpTracing.to(there.url, "worker")

    with (
        pytest.raises(ValueError, match="CANARY"),
        traced.span(
            "work",
            attributes={"file.name": "CANARY", "error.type": "C A N A R Y!", "mien.rows": 3},
        ),
    ):
        raise ValueError("CANARY")
    traced.shutdown()

    (seen,) = there.wait({"work"})
    assert seen.attributes == {"mien.rows": 3, "error.type": "ValueError"}
    assert b"CANARY" not in there.raw


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "CANARY",
        CALLER.upper(),
        CALLER + "-CANARY",
        "00-" + "0" * 32 + "-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-" + "0" * 16 + "-01",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    ],
)
def test_a_header_that_is_not_the_standards_begins_a_new_trace(header: str | None):
    assert parent_of(header) is None


def test_a_caller_who_does_not_sample_is_not_sampled(there: Collector):
    traced = OtlpTracing.to(there.url, "service")

    with traced.span("quiet", parent=CALLER[:-1] + "0"):
        assert traced.carrier()["traceparent"].endswith("-00")
    with traced.span("loud", parent=CALLER):
        pass
    traced.shutdown()

    assert [one.name for one in there.wait({"loud"})] == ["loud"]


def test_a_long_recording_does_not_make_a_trace_of_thousands(there: Collector):
    traced = OtlpTracing.to(there.url, "worker")

    with traced.span("measure", most_within=3):
        for _ in range(10):
            with traced.span("call"):
                assert traced.carrier()
    traced.shutdown()

    names = [one.name for one in there.wait({"measure"})]
    assert sorted(names) == ["call", "call", "call", "measure"]


def test_the_log_names_the_trace_within_a_span_and_in_its_threads(there: Collector):
    traced, told = OtlpTracing.to(there.url, "worker"), []

    with traced.span("work", parent=CALLER):
        context = copy_context()
        thread = threading.Thread(target=lambda: told.append(context.run(ids)["trace_id"]))
        thread.start()
        thread.join()

    assert told == ["0af7651916cd43dd8448eb211c80319c"]
    assert "trace_id" not in ids()


@pytest.mark.parametrize("nobody", [black_hole, closed_port])
def test_an_unreachable_collector_holds_up_nobody(nobody):
    away: AbstractContextManager[str] = nobody()
    with away as url:
        traced = OtlpTracing.to(url, "service")
        with traced.span("first"):
            pass

        began = time.perf_counter()
        for _ in range(3000):
            with traced.span("request", Kind.SERVER):
                pass
        spent_s = time.perf_counter() - began
        began = time.perf_counter()
        traced.shutdown()
        ended_s = time.perf_counter() - began

    assert spent_s < 15  # On a busy machine; with 5 ms of waiting for each it would be more.
    assert ended_s < 20  # Two seconds is its patience.


def test_without_a_collector_nothing_is_traced_and_its_exporter_is_not_loaded():
    program = (
        "import sys, adapters.tracing as t, adapters.queue;"
        "assert t.tracing(None, 'service') is t.UNTRACED;"
        "sys.exit(any(one.startswith('opentelemetry.exporter') for one in sys.modules))"
    )

    assert subprocess.run([sys.executable, "-c", program], timeout=60).returncode == 0
    with tracing(None, "worker").span("work") as span:
        span.note({"mien.rows": 1})
        assert UNTRACED.carrier() == {}


def test_the_address_is_completed():
    assert address("http://c:4318") == address("http://c:4318/") == "http://c:4318/v1/traces"
    assert address("https://c/otel/v1/traces") == "https://c/otel/v1/traces"


def test_only_known_attributes_of_a_codes_shape_pass():
    assert allowed({"http.route": "/v1/assessments/{id}", "mien.stage.decode": 12, "who": "x"}) == {
        "http.route": "/v1/assessments/{id}",
        "mien.stage.decode": 12,
    }
    assert allowed({"http.route": "x" * 81}) == {}
