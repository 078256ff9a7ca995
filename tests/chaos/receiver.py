"""A platform's end of the webhooks, which fails one call in three and keeps what it got."""

import json
import random
import threading
from collections import defaultdict
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

FAILING_SHARE: Final = 1 / 3
MOST_FAILURES: Final = 2
"""Of one delivery; the third wait of the schedule is two minutes, and a run is short."""


@dataclass(slots=True)
class Received:
    """The webhook ids that came for each assessment, and every body as it came."""

    ids: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    calls: int = 0
    refused: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    bodies: list[bytes] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, webhook_id: str, body: bytes, chance: float) -> int:
        """Keep a call, and return the status that it is answered with."""
        with self.lock:
            self.calls += 1
            self.bodies.append(body)
            if chance < FAILING_SHARE and self.refused[webhook_id] < MOST_FAILURES:
                self.refused[webhook_id] += 1
                return 500
            document: dict[str, Any] = json.loads(body)
            self.ids[document["data"]["id"]].add(webhook_id)
            return 204


@contextmanager
def receiver(seed: int) -> Generator[tuple[str, Received]]:
    """Yield the address on loopback and what arrives there."""
    received, chance = Received(), random.Random(seed)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status = received.take(self.headers["webhook-id"], body, chance.random())
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", received
    finally:
        server.shutdown()
        server.server_close()
