"""Traces by OpenTelemetry, sent over OTLP/HTTP from a thread of their own.

A span that ends goes into a bounded queue; when it is full because the collector is away,
spans are dropped. So a request never waits for a collector. The variables of OpenTelemetry
(`OTEL_TRACES_SAMPLER`, `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_BSP_…`) are read by its own SDK.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Thread
from typing import Final, Unpack

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
)

from adapters.log_context import bound
from adapters.tracing import NO_SPAN, TRACEPARENT, About, Kind, Span, Value, allowed, parent_of
from assessment import SOFTWARE

PATH: Final = "/v1/traces"
EXPORT_S: Final = 5.0
"""How long one export may take."""
LAST_WORDS_S: Final = 2.0
"""How long a process that ends waits for its last spans to be taken."""


@dataclass(slots=True)
class _Room:
    """How many spans there may still be within one."""

    left: int

    def take(self) -> bool:
        """Take the room of one span; return whether there was any."""
        self.left -= 1
        return self.left >= 0


_room: ContextVar[_Room | None] = ContextVar("room_for_spans", default=None)


@dataclass(frozen=True, slots=True)
class OtlpSpan:
    """A span of OpenTelemetry that takes allowed attributes only."""

    span: trace.Span

    def note(self, attributes: Mapping[str, Value]) -> None:
        """Add attributes."""
        self.span.set_attributes(allowed(attributes))

    def rename(self, name: str) -> None:
        """Call it otherwise."""
        self.span.update_name(name)


class OtlpTracing:
    """The port `Tracing` over OpenTelemetry. Belongs to the process that made it."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("mien")

    @classmethod
    def to(cls, endpoint: str, part: str) -> "OtlpTracing":
        """Return traces that go to a collector, `http://host:4318` or a whole address."""
        name, _, version = SOFTWARE.partition(" ")
        about = {
            "service.namespace": name,
            "service.name": f"mien-{part}",
            "service.version": version,
        }
        # What `OTEL_RESOURCE_ATTRIBUTES` says is read by `create`; ours comes second.
        provider = TracerProvider(resource=Resource.create(about), shutdown_on_exit=False)
        exporter = OTLPSpanExporter(endpoint=address(endpoint), timeout=EXPORT_S)
        provider.add_span_processor(BatchSpanProcessor(exporter))
        return cls(provider)

    @contextmanager
    def span(
        self, name: str, kind: Kind = Kind.INTERNAL, **about: Unpack[About]
    ) -> Generator[Span]:
        """Return a span around a block; of what it raises only the type is noted."""
        room = _room.get()
        if room is not None and not room.take():
            yield NO_SPAN
            return
        most_within = about.get("most_within")
        token = _room.set(room if most_within is None else _Room(most_within))
        try:
            with (
                self._tracer.start_as_current_span(
                    name,
                    _context_of(about.get("parent")),
                    SpanKind[kind.name],
                    attributes=allowed(about.get("attributes") or {}),
                    record_exception=False,
                    set_status_on_exception=False,
                ) as one,
                bound(trace_id=f"{one.get_span_context().trace_id:032x}"),
            ):
                yield from _guarded(one)
        finally:
            _room.reset(token)

    def carrier(self) -> dict[str, str]:
        """Return the header that tells another process of the span here, or nothing."""
        here = trace.get_current_span().get_span_context()
        if not here.is_valid:
            return {}
        return {TRACEPARENT: f"00-{here.trace_id:032x}-{here.span_id:016x}-{here.trace_flags:02x}"}

    def shutdown(self) -> None:
        """Send what is left; a collector that says nothing holds up nobody."""
        last = Thread(target=self._provider.shutdown, name="last-spans", daemon=True)
        last.start()
        last.join(LAST_WORDS_S)


def _guarded(one: trace.Span) -> Generator[Span]:
    try:
        yield OtlpSpan(one)
    except BaseException as error:
        one.set_attribute("error.type", type(error).__name__)
        one.set_status(Status(StatusCode.ERROR))
        raise


def address(endpoint: str) -> str:
    """Return where traces go, as OTLP has it: a base address is completed."""
    base = endpoint.rstrip("/")
    return base if base.endswith(PATH) else base + PATH


def _context_of(traceparent: str | None) -> Context | None:
    """Return the context of a span elsewhere, or None for the one here."""
    parent = parent_of(traceparent)
    if parent is None:
        return None
    flags = TraceFlags(TraceFlags.SAMPLED if parent.sampled else TraceFlags.DEFAULT)
    there = SpanContext(
        int(parent.trace, 16), int(parent.span, 16), is_remote=True, trace_flags=flags
    )
    return trace.set_span_in_context(NonRecordingSpan(there))
