"""Traces as the other modules see them: spans that cost nothing while nobody collects them.

    request ─▶ traceparent in the task ─▶ attempt ─▶ measure ─▶ traceparent in the call ─▶ Triton

`UNTRACED` is what there is unless a collector is named; `adapters.otlp` is the other one, and
is loaded only then. A span carries ids, codes and numbers: other attributes are left out, so
that nothing of a caller or a recording gets in by oversight.
"""

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol, TypedDict, Unpack

Value = str | int | float

TRACEPARENT: Final = "traceparent"
"""The header of W3C Trace Context; `tracestate` and `baggage` hold free text and are not read."""
_TRACEPARENT: Final = re.compile(
    r"00-(?!0{32})(?P<trace>[0-9a-f]{32})-(?!0{16})(?P<span>[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})"
)
_CODE: Final = re.compile(r"[\w./{}:+-]{0,80}", re.ASCII)
ATTRIBUTES: Final = frozenset({
    "http.request.method", "http.route", "http.response.status_code",
    "messaging.system", "messaging.destination.name", "messaging.operation.type",
    "rpc.system", "rpc.service", "rpc.method",
    "error.type", "mien.assessment.id", "mien.network", "mien.rows",
})  # fmt: skip
"""What a span may carry, after the semantic conventions of OpenTelemetry where they have it."""
STAGE: Final = "mien.stage."
"""Before the name of a stage: its milliseconds."""


class Kind(StrEnum):
    """What a span is to others, after OpenTelemetry."""

    INTERNAL = "internal"
    SERVER = "server"
    CLIENT = "client"
    PRODUCER = "producer"
    CONSUMER = "consumer"


@dataclass(frozen=True, slots=True)
class Parent:
    """The span of another process; numbers in lower-case hexadecimal."""

    trace: str
    span: str
    sampled: bool


def parent_of(traceparent: str | None) -> Parent | None:
    """Return the span that the header names, or None when it is not as the standard has it."""
    found = _TRACEPARENT.fullmatch(traceparent or "")
    if found is None:
        return None
    return Parent(found["trace"], found["span"], bool(int(found["flags"], 16) & 1))


def allowed(attributes: Mapping[str, Value]) -> dict[str, Value]:
    """Return the attributes that a span may carry."""
    named = {
        name: value
        for name, value in attributes.items()
        if name in ATTRIBUTES or (name.startswith(STAGE) and _CODE.fullmatch(name))
    }
    return {
        name: value
        for name, value in named.items()
        if not isinstance(value, str) or _CODE.fullmatch(value)
    }


class Span(Protocol):
    """Something that takes time."""

    def note(self, attributes: Mapping[str, Value]) -> None:
        """Add attributes."""
        ...

    def rename(self, name: str) -> None:
        """Call it otherwise."""
        ...


class About(TypedDict, total=False):
    """What may be said of a span when it begins; all of it may be left out."""

    attributes: Mapping[str, Value] | None
    parent: str | None
    """A `traceparent` from elsewhere; without one, the span around it here."""
    most_within: int | None
    """So many spans inside of it and no more: an hour of video is thousands of calls to Triton."""


class Tracing(Protocol):
    """Makes spans. Nothing here waits for a collector, and nothing is raised for its absence."""

    def span(
        self, name: str, kind: Kind = Kind.INTERNAL, **about: Unpack[About]
    ) -> AbstractContextManager[Span]:
        """Return a span around a block."""
        ...

    def carrier(self) -> dict[str, str]:
        """Return the header that tells another process of the span here, or nothing."""
        ...

    def shutdown(self) -> None:
        """Send what is left, for a second or two at most."""
        ...


class _NoSpan:
    def note(self, attributes: Mapping[str, Value]) -> None:
        """Do nothing."""

    def rename(self, name: str) -> None:
        """Do nothing."""


NO_SPAN: Final = _NoSpan()


class Untraced:
    """The port `Tracing` while nobody collects traces."""

    def span(
        self, name: str, kind: Kind = Kind.INTERNAL, **about: Unpack[About]
    ) -> AbstractContextManager[Span]:
        """Return no span."""
        return nullcontext(NO_SPAN)

    def carrier(self) -> dict[str, str]:
        """Return nothing."""
        return {}

    def shutdown(self) -> None:
        """Do nothing."""


UNTRACED: Final = Untraced()


def tracing(endpoint: str | None, part: str) -> Tracing:
    """Return how a part of mien is traced: not at all without the address of a collector."""
    if endpoint is None:
        return UNTRACED
    # The exporter takes a good part of a second to load: not for who does not use it.
    from adapters.otlp import OtlpTracing

    return OtlpTracing.to(endpoint, part)
