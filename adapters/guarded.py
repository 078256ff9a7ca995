"""Connections to addresses that were checked: shared by webhooks and by fetched recordings.

    name ─▶ resolve once ─▶ check every address ─▶ connect to the first of those checked

The name stays in the request and in the certificate's check; only the dialling uses the
address. Nothing here reads a proxy from the environment.
"""

import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import httpcore

from assessment.addresses import NotAllowed, loopback, public

CONNECT_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Deadline:
    """When everything must be over, on the monotonic clock, and the longest silence until then."""

    at_s: float
    idle_s: float = float("inf")

    @classmethod
    def after(cls, total_s: float, idle_s: float = float("inf")) -> "Deadline":
        """Return the deadline so many seconds from now."""
        return cls(time.monotonic() + total_s, idle_s)

    def left_s(self) -> float:
        """Return how long the next step may take, or raise when the time is up."""
        left = self.at_s - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the other side took longer than the deadline")
        return min(left, self.idle_s)


def host_header(url: str) -> tuple[bytes, bytes]:
    """Return the `Host` header for the address; httpcore leaves it to its caller."""
    parsed = httpcore.URL(url)
    name = b"[%b]" % parsed.host if b":" in parsed.host else parsed.host
    return b"host", name + (b"" if parsed.port is None else b":%d" % parsed.port)


class CheckedBackend(httpcore.NetworkBackend):
    """Resolves once, checks every address, and connects to one of those."""

    def __init__(self, deadline: Deadline, *, allow_loopback: bool) -> None:
        self._deadline = deadline
        self._allow_loopback = allow_loopback
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to a checked address of the host, or raise `NotAllowed`."""
        addresses = self._resolve(host, port)
        if not all(self._allowed(address) for address in addresses):
            raise NotAllowed("the name leads to an address that may not be called")
        limit_s = min(CONNECT_S, self._deadline.left_s())
        stream = self._plain.connect_tcp(addresses[0], port, limit_s, local_address)
        return _TimedStream(stream, self._deadline)

    def _resolve(self, host: str, port: int) -> list[str]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpcore.ConnectError("the name does not resolve") from error
        return [str(address[4][0]) for address in found]

    def _allowed(self, address: str) -> bool:
        return public(address) or (self._allow_loopback and loopback(address))


class _TimedStream(httpcore.NetworkStream):
    """A connection whose every step must end before one common deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what has come, at most `max_bytes`."""
        return self._stream.read(max_bytes, self._deadline.left_s())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of the buffer."""
        self._stream.write(buffer, self._deadline.left_s())

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: Any,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Secure the connection; the certificate is checked against the name."""
        left_s = self._deadline.left_s()
        secured = self._stream.start_tls(ssl_context, server_hostname, left_s)
        return _TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """Return what the underlying connection knows."""
        return self._stream.get_extra_info(info)
