"""The only way out: signed POSTs to callbacks, to the very address that was checked."""

import socket
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import httpcore

from assessment.addresses import check_callback_url, loopback, public
from assessment.faults import CallbackNotAllowed

TOTAL_S: Final = 15.0
CONNECT_S: Final = 5.0
ANSWER_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver said; `retry_after_s` when it asked for patience in seconds."""

    status: int
    retry_after_s: float | None


class Unreachable(Exception):
    """The receiver did not answer; the message is the kind of failure, never an address."""


@dataclass(frozen=True, slots=True)
class Egress:
    """Posts to callbacks. Follows no redirect, knows no proxy, reads 64 KiB, waits 15 s in all."""

    allow_loopback: bool
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Return the receiver's answer, or raise `Unreachable` or `CallbackNotAllowed`."""
        check_callback_url(url, allow_loopback=self.allow_loopback)
        deadline = time.monotonic() + TOTAL_S
        backend = _CheckedBackend(deadline, allow_loopback=self.allow_loopback)
        headers = {"content-type": "application/json", "user-agent": "mien-webhooks", **headers}
        try:
            with (
                httpcore.ConnectionPool(ssl_context=self.tls, network_backend=backend) as pool,
                pool.stream("POST", url, headers=_pairs(headers, url), content=body) as response,
            ):
                _read_some(response.iter_stream())
                return Answer(response.status, _retry_after(response.headers))
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            raise Unreachable(type(error).__name__) from error


def _pairs(headers: dict[str, str], url: str) -> list[tuple[bytes, bytes]]:
    host = httpcore.URL(url)
    name = b"[%b]" % host.host if b":" in host.host else host.host
    port = b"" if host.port is None else b":%d" % host.port
    pairs = [(b"host", name + port)]
    return pairs + [(name.encode(), value.encode()) for name, value in headers.items()]


def _read_some(chunks: Iterable[bytes]) -> None:
    """Read the answer to its end or to the limit, and throw it away."""
    left = ANSWER_BYTES
    for chunk in chunks:
        left -= len(chunk)
        if left <= 0:
            return


def _retry_after(headers: list[tuple[bytes, bytes]]) -> float | None:
    value = {name.lower(): value for name, value in headers}.get(b"retry-after", b"")
    return float(value) if value.isdigit() else None


class _CheckedBackend(httpcore.NetworkBackend):
    """Resolves once, checks every address, and connects to one of those."""

    def __init__(self, deadline: float, *, allow_loopback: bool) -> None:
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
        """Connect to a checked address of the host, or raise `CallbackNotAllowed`."""
        addresses = self._resolve(host, port)
        if not all(self._allowed(address) for address in addresses):
            raise CallbackNotAllowed("the name leads to an address that may not be called")
        stream = self._plain.connect_tcp(addresses[0], port, CONNECT_S, local_address)
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

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the receiver took longer than the deadline")
        return left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what has come, at most `max_bytes`."""
        return self._stream.read(max_bytes, self._left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of the buffer."""
        self._stream.write(buffer, self._left())

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Secure the connection; the certificate is checked against the name."""
        secured = self._stream.start_tls(ssl_context, server_hostname, self._left())
        return _TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """Return what the underlying connection knows."""
        return self._stream.get_extra_info(info)
