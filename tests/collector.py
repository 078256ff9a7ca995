"""Collectors of traces: one that takes all, one that says nothing, one that is not there."""

import gzip
import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Seen:
    """A span as it came."""

    service: str
    name: str
    trace: str
    span: str
    parent: str
    attributes: dict[str, Any]


@dataclass
class Collector:
    """What was taken, and everything that came, as bytes."""

    url: str
    spans: list[Seen] = field(default_factory=list)
    raw: bytearray = field(default_factory=bytearray)

    def wait(self, names: set[str], limit_s: float = 20) -> list[Seen]:
        end = time.monotonic() + limit_s
        while not names <= {one.name for one in self.spans}:
            assert time.monotonic() < end, [one.name for one in self.spans]
            time.sleep(0.05)
        return self.spans

    def take(self, body: bytes) -> None:
        self.raw += body
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            about = {one.key: one.value.string_value for one in resource.resource.attributes}
            for scope in resource.scope_spans:
                self.spans += [_seen(about["service.name"], one) for one in scope.spans]


def _seen(service: str, one: Any) -> Seen:
    attributes = {
        each.key: getattr(each.value, each.value.WhichOneof("value")) for each in one.attributes
    }
    ids = one.trace_id.hex(), one.span_id.hex(), one.parent_span_id.hex()
    return Seen(service, one.name, *ids, attributes)


@contextmanager
def collector() -> Generator[Collector]:
    """Run a collector on loopback."""
    taken = Collector("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            packed = self.headers.get("content-encoding") == "gzip"
            taken.take(gzip.decompress(body) if packed else body)
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    taken.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield taken
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def black_hole() -> Generator[str]:
    """Accept connections, as the kernel does, and never say a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def closed_port() -> Generator[str]:
    """Hold a port at which nobody listens: given back, it might become somebody else's."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"
