"""A recording brought from its address into staging: checked, bounded, on a deadline.

    address ─▶ check ─▶ GET ─▶ redirect ─▶ check ─▶ GET ─▶ 200 ─▶ staged file
                                 3 times at most            size, room and content on the way

What may pass by itself (silence, 5xx, 429) is tried again; nothing else is. Whatever ends
it early, no staged file stays.
"""

import ssl
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

import httpcore

from adapters.guarded import CheckedBackend, Deadline, host_header
from adapters.staged_file import StagedFile, check_room
from assessment.addresses import NotAllowed, check_url
from assessment.recording import Recording
from assessment.recording_faults import SourceNotFetched, TooLarge

MOST_REDIRECTS: Final = 3
LONGEST_PAUSE_S: Final = 30.0
HEADERS: Final = [
    (b"user-agent", b"mien-sources"),
    (b"accept", b"*/*"),
    (b"accept-encoding", b"identity"),
]
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
TRANSIENT: Final = frozenset({408, 425, 429, 500, 502, 503, 504})


def nothing() -> int:
    """Return that no space is promised to anybody."""
    return 0


class Stopped(Exception):
    """The fetch was told to stop."""


class _Transient(Exception):
    """Trying again may help; `pause_s` is the patience that was asked for, if any."""

    def __init__(self, kind: str, pause_s: float | None = None) -> None:
        super().__init__(kind)
        self.pause_s = pause_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """Fetches recordings. `pauses_s` are waited between tries, one less than there are tries."""

    staging: Path
    limit_bytes: int
    free_min_bytes: int
    allow_loopback: bool
    promised_bytes: Callable[[], int] = nothing
    """Space that resumable uploads were promised when they were created."""
    total_s: float = 900.0
    idle_s: float = 15.0
    pauses_s: tuple[float, ...] = (1.0, 4.0)
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def __call__(self, url: str, stop: threading.Event) -> Recording:
        """Return the staged recording, or raise what ends the assessment; see the module."""
        deadline = Deadline.after(self.total_s, self.idle_s)
        for pause_s in self.pauses_s:
            try:
                return self._attempt(url, deadline, stop)
            except _Transient as error:
                wait_s = min(error.pause_s or pause_s, LONGEST_PAUSE_S)
            if stop.wait(wait_s):
                raise Stopped
        try:
            return self._attempt(url, deadline, stop)
        except _Transient as error:
            raise SourceNotFetched(error.args[0]) from error

    def _attempt(self, url: str, deadline: Deadline, stop: threading.Event) -> Recording:
        try:
            for _ in range(MOST_REDIRECTS + 1):
                with self._get(url, deadline) as response:
                    if response.status not in REDIRECTS:
                        return self._take(response, stop)
                    url = _target(url, response)
        except NotAllowed as refusal:
            raise SourceNotFetched(refusal.args[0]) from None
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            raise _Transient(type(error).__name__) from error
        raise SourceNotFetched("more redirects than are followed")

    @contextmanager
    def _get(self, url: str, deadline: Deadline) -> Generator[httpcore.Response]:
        check_url(url, allow_loopback=self.allow_loopback)
        backend = CheckedBackend(deadline, allow_loopback=self.allow_loopback)
        headers = [host_header(url), *HEADERS]
        with (
            httpcore.ConnectionPool(ssl_context=self.tls, network_backend=backend) as pool,
            pool.stream("GET", url, headers=headers) as response,
        ):
            yield response

    def _take(self, response: httpcore.Response, stop: threading.Event) -> Recording:
        headers = _headers(response)
        _check_status(response.status, headers.get(b"retry-after", b""))
        if headers.get(b"content-encoding", b"identity") not in (b"identity", b""):
            raise SourceNotFetched("the answer is compressed, which was not asked for")
        length = headers.get(b"content-length", b"")
        announced = int(length) if length.isdigit() else 0
        if announced > self.limit_bytes:
            raise TooLarge("the recording is too large", limit_bytes=self.limit_bytes)
        kept_free = self.free_min_bytes + self.promised_bytes()
        check_room(self.staging, kept_free + announced)
        staged = StagedFile.create(self.staging, self.limit_bytes, kept_free)
        with ExitStack() as undo:
            undo.callback(staged.discard)
            for chunk in _until(response.iter_stream(), stop):
                staged.write(chunk)
            recording = staged.finish()
            undo.pop_all()
        staged.close()
        return recording


def _until(chunks: Iterable[bytes], stop: threading.Event) -> Generator[bytes]:
    """Pass the chunks on; raise `Stopped` as soon as that is wanted, the last time at the end."""
    for chunk in chunks:
        if stop.is_set():
            raise Stopped
        yield chunk
    if stop.is_set():
        raise Stopped


def _check_status(status: int, retry_after: bytes) -> None:
    if status in TRANSIENT:
        asked_s = float(retry_after) if retry_after.isdigit() else None
        raise _Transient(f"status {status}", asked_s)
    if status != HTTPStatus.OK:
        raise SourceNotFetched(f"status {status}")


def _target(url: str, response: httpcore.Response) -> str:
    location = _headers(response).get(b"location")
    if not location:
        raise SourceNotFetched("a redirect that leads nowhere")
    try:
        return urljoin(url, location.decode("ascii"))
    except ValueError:
        raise SourceNotFetched("a redirect to what is no address") from None


def _headers(response: httpcore.Response) -> dict[bytes, bytes]:
    return {name.lower(): value for name, value in response.headers}
