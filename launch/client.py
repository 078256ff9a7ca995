"""A client of the public API: the same calls that any platform would make."""

import json
import mimetypes
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import httpx

from launch.faults import Refused, Unreachable

Document = dict[str, Any]

POLL_S: Final = 0.4
TERMINAL: Final = frozenset({"succeeded", "failed", "canceled", "expired"})
TIMEOUT: Final = httpx.Timeout(30.0, connect=5.0, read=60.0, write=60.0)


def connect(url: str, key: str, *, use_proxies: bool = True) -> httpx.Client:
    """Return an HTTP client for an API; one on loopback is asked without proxies."""
    return httpx.Client(
        base_url=url,
        headers={"Authorization": f"Bearer {key}", "User-Agent": "mien-launch"},
        timeout=TIMEOUT,
        trust_env=use_proxies,
    )


class Assessments:
    """Creates assessments, follows them and fetches what they produced."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def create(self, video: Path, request: Mapping[str, Any]) -> Document:
        """Upload a recording and return the assessment; the file is streamed, not read whole."""
        kind = mimetypes.guess_type(video.name)[0] or "application/octet-stream"
        with video.open("rb") as recording:
            # The request goes first, so that the service knows what to do with the bytes.
            parts = [
                ("request", (None, json.dumps(request).encode(), "application/json")),
                ("video", (video.name, recording, kind)),
            ]
            return self._send("POST", "/v1/assessments", files=parts).json()

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

    def save_report(self, identifier: str, path: Path) -> None:
        """Write the report, one HTML page."""
        self._save(f"/v1/assessments/{identifier}/report", "text/html", path)

    def _save(self, url: str, kind: str, path: Path) -> None:
        try:
            with self._http.stream("GET", url, headers={"Accept": kind}) as answer:
                _require_success(answer)
                with path.open("wb") as file:
                    file.writelines(answer.iter_bytes())
        except httpx.HTTPError as error:
            raise _unreachable(error) from error

    def _send(self, method: str, url: str, **options: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, url, **options)
        except httpx.HTTPError as error:
            raise _unreachable(error) from error
        _require_success(answer)
        return answer


def _unreachable(error: httpx.HTTPError) -> Unreachable:
    return Unreachable(f"{error.request.url} does not answer: {error or type(error).__name__}")


def _require_success(answer: httpx.Response) -> None:
    if answer.is_success:
        return
    answer.read()
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    if not isinstance(problem, dict):
        problem = {}
    raise Refused(
        status=answer.status_code,
        title=str(problem.get("title", answer.reason_phrase)),
        detail=str(problem.get("detail") or ""),
        code=str(problem.get("code") or ""),
    )
