"""The only way out: signed POSTs to callbacks, to the very address that was checked."""

import socket
import ssl
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Final

import httpcore

from adapters.guarded import CheckedBackend, Deadline, host_header
from assessment.addresses import NotAllowed, check_callback_url
from assessment.deliveries import Unreachable
from assessment.faults import CallbackNotAllowed

TOTAL_S: Final = 15.0
ANSWER_BYTES: Final = 64 * 1024
FAILURES: Final = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver said; `retry_after_s` when it asked for patience in seconds."""

    status: int
    retry_after_s: float | None


@dataclass(frozen=True, slots=True)
class Egress:
    """Posts to callbacks. Follows no redirect, knows no proxy, reads 64 KiB, waits 15 s in all."""

    allow_loopback: bool
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Return the receiver's answer, or raise `Unreachable` or `CallbackNotAllowed`."""
        check_callback_url(url, allow_loopback=self.allow_loopback)
        backend = CheckedBackend(Deadline.after(TOTAL_S), allow_loopback=self.allow_loopback)
        headers = {"content-type": "application/json", "user-agent": "mien-webhooks", **headers}
        try:
            with (
                httpcore.ConnectionPool(ssl_context=self.tls, network_backend=backend) as pool,
                pool.stream("POST", url, headers=_pairs(headers, url), content=body) as response,
            ):
                _read_some(response.iter_stream())
                return Answer(response.status, _retry_after(response.headers))
        except FAILURES as error:
            raise Unreachable(_kind(error)) from error
        except NotAllowed as refusal:
            raise CallbackNotAllowed(refusal.args[0]) from None


def _pairs(headers: dict[str, str], url: str) -> list[tuple[bytes, bytes]]:
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    return [host_header(url), *pairs]


def _read_some(chunks: Iterable[bytes]) -> None:
    """Read the answer to its end or to the limit, and throw it away: its status stands."""
    left = ANSWER_BYTES
    with suppress(*FAILURES):
        for chunk in chunks:
            left -= len(chunk)
            if left <= 0:
                return


def _kind(error: Exception) -> str:
    """Return what failed, in a word; the log of deliveries shows it."""
    if isinstance(error, httpcore.TimeoutException):
        return "timeout"
    if isinstance(error, httpcore.ProtocolError):
        return "not_http"
    causes = {type(error.__cause__), type(error.__context__)}
    if any(issubclass(cause, ssl.SSLError) for cause in causes):
        return "tls"
    if any(issubclass(cause, socket.gaierror) for cause in causes):
        return "name_unknown"
    return "not_connected" if isinstance(error, httpcore.ConnectError) else "connection_lost"


def _retry_after(headers: list[tuple[bytes, bytes]]) -> float | None:
    """Return the seconds asked for; a time counts from the answer's own `Date`."""
    found = {name.lower(): value.decode("latin-1") for name, value in headers}
    value = found.get(b"retry-after", "")
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
        return max(0.0, (until - parsedate_to_datetime(found.get(b"date", ""))).total_seconds())
    except (TypeError, ValueError, OverflowError):  # A year of twenty digits is the last of these.
        return None
