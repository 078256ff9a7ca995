"""A client of the public API: the same calls that any platform would make."""

import json
import mimetypes
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import httpx

from launch.event_source import Event, events_of
from launch.faults import LaunchFault, Refused, Unreachable, WrongUsage
from launch.patience import IN_FLIGHT, delay_s
from launch.recording import Counted, Sent, nobody
from launch.refusal import require_success

Document = dict[str, Any]

POLL_S: Final = 0.4
TERMINAL: Final = frozenset({"succeeded", "failed", "canceled", "expired"})
TRIES: Final = 2
LOOKS: Final = 8
"""How often it is asked again for what an earlier try, whose answer was lost, still makes."""
STREAMING: Final = httpx.Timeout(30.0, connect=5.0, read=45.0)
"""The service says something every 15 seconds."""
TIMEOUT: Final = httpx.Timeout(30.0, connect=5.0, read=60.0, write=60.0)


def connect(url: str, key: str, *, use_proxies: bool = True) -> httpx.Client:
    """Return an HTTP client for an API; one on loopback is asked without proxies.

    Raises `WrongUsage` for an address or a key that no request can carry.
    """
    try:
        # As the resolver will spell it: what it cannot spell is no name of a host.
        httpx.URL(url).raw_host.decode().encode("idna")
        headers = httpx.Headers({"Authorization": f"Bearer {key}", "User-Agent": "mien-launch"})
    except (httpx.InvalidURL, UnicodeError) as error:
        raise WrongUsage(f"the address or the API key cannot be right: {error}") from error
    return httpx.Client(base_url=url, headers=headers, timeout=TIMEOUT, trust_env=use_proxies)


class Assessments:
    """Creates assessments, follows them and fetches what they produced."""

    def __init__(self, http: httpx.Client, pause: Callable[[float], None] = time.sleep) -> None:
        self._http = http
        self._pause = pause

    def create(
        self,
        video: Path,
        request: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        sent: Sent = nobody,
    ) -> Document:
        """Upload a recording and return the assessment; the file is streamed, not read whole."""
        kind = mimetypes.guess_type(video.name)[0]
        # What stands behind the last dot of "visit 3. Smith" says no kind.
        name = f"recording{video.suffix}" if kind else "recording"

        def send() -> httpx.Response:
            with Counted(video, sent) as recording:
                # The request goes first, so that the service knows what to do with the bytes.
                # The file's own name stays here: it may be a patient's.
                parts = [
                    ("request", (None, json.dumps(request).encode(), "application/json")),
                    ("video", (name, recording, kind or "application/octet-stream")),
                ]
                return self._create(idempotency_key, files=parts)

        return self._patiently(send, again=idempotency_key is not None)

    def create_from(
        self, source: Mapping[str, str], request: Mapping[str, Any], *, idempotency_key: str
    ) -> Document:
        """Return the assessment of a recording that is an upload, or at an address."""
        document = {**request, "source": dict(source)}
        return self._patiently(lambda: self._create(idempotency_key, json=document), again=True)

    def _create(self, idempotency_key: str | None, **body: Any) -> httpx.Response:
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        return self._send("POST", "/v1/assessments", headers=headers, **body)

    def _patiently(self, send: Callable[[], httpx.Response], *, again: bool) -> Document:
        """Send again what may pass by itself; only under a key that keeps it from doubling."""
        failures = 0
        while True:
            try:
                return send().json()
            except LaunchFault as fault:
                failures += 1
                delay = delay_s(fault, failures, most=_tries(fault) if again else 0)
                if delay is None:
                    raise
                self._pause(delay)

    def cancel(self, identifier: str) -> Document:
        """Cancel the assessment and return it; refused with 409 when it has ended."""
        return self._send("POST", f"/v1/assessments/{identifier}/cancel").json()

    def events(self, identifier: str, last_id: str = "") -> Iterator[Event]:
        """Yield what the service tells of the assessment, from the event after `last_id`."""
        headers = {"Accept": "text/event-stream"}
        if last_id:
            headers["Last-Event-ID"] = last_id
        url = f"/v1/assessments/{identifier}/events"
        try:
            with self._http.stream("GET", url, headers=headers, timeout=STREAMING) as answer:
                require_success(answer)
                yield from events_of(answer.iter_lines())
        except httpx.HTTPError as error:
            raise Unreachable.of(error) from error

    def get(self, identifier: str) -> Document:
        """Return the assessment as it is now."""
        return self._send("GET", f"/v1/assessments/{identifier}").json()

    def follow(self, identifier: str, pause: Callable[[float], None]) -> Iterator[Document]:
        """Yield the assessment again and again; the last one is in a terminal state."""
        while True:
            assessment = self.get(identifier)
            yield assessment
            if assessment["status"] in TERMINAL:
                return
            pause(POLL_S)

    def save_timeline(self, identifier: str, path: Path) -> None:
        """Write the timeline, one JSON line a sampled frame."""
        self._save(f"/v1/assessments/{identifier}/timeline", "application/jsonl", path)

    def save_receipt(self, identifier: str, path: Path) -> None:
        """Write the receipt as it was answered, to be checked with `verify`."""
        self._save(f"/v1/assessments/{identifier}/receipt", "application/json", path)

    def save_receipt_keys(self, path: Path) -> None:
        """Write the public keys of receipts: with them `verify` needs no service."""
        self._save("/.well-known/mien-receipt-keys.json", "application/json", path)

    def save_report(self, identifier: str, path: Path) -> None:
        """Write the report, one HTML page."""
        self._save(f"/v1/assessments/{identifier}/report", "text/html", path)

    def _save(self, url: str, kind: str, path: Path) -> None:
        try:
            with self._http.stream("GET", url, headers={"Accept": kind}) as answer:
                require_success(answer)
                with path.open("wb") as file:
                    file.writelines(answer.iter_bytes())
        except httpx.HTTPError as error:
            raise Unreachable.of(error) from error

    def _send(self, method: str, url: str, **options: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, url, **options)
        except httpx.HTTPError as error:
            raise Unreachable.of(error) from error
        require_success(answer)
        return answer


def _tries(fault: LaunchFault) -> int:
    """Return how many failures, this one among them, may be followed by another try."""
    return LOOKS if isinstance(fault, Refused) and fault.code == IN_FLIGHT else TRIES
