"""A page for Prometheus in a process that serves nothing else, in a thread of its own."""

import logging
from dataclasses import dataclass
from threading import Thread
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, start_http_server

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MetricsPage:
    """Where a process shows its metrics: an address and a port, 0 for nowhere."""

    host: str
    port: int

    def open(self, registry: CollectorRegistry) -> WSGIServer | None:
        """Show the metrics until the process ends; without its port it works on unseen."""
        if self.port == 0:
            return None
        try:
            server, _ = _started(self.port, self.host, registry)
        except OSError as error:
            log.error("metrics are not shown at port %d: %s", self.port, type(error).__name__)  # noqa: TRY400
            return None
        log.info("metrics are shown at port %d", server.server_port)
        return server


def _started(port: int, host: str, registry: CollectorRegistry) -> tuple[WSGIServer, Thread]:
    return start_http_server(port, host, registry)


def leave(server: object) -> None:
    """Drop the inherited socket in a forked process, so that the port goes with its owner."""
    if isinstance(server, WSGIServer):
        server.socket.close()
