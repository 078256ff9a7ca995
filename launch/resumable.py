"""Sends a recording by tus 1.0: in pieces, going on at the byte where the line broke.

    POST /v1/uploads ─▶ PATCH, PATCH, … ─▶ upload id
                          │        ▲
                       cut, busy ──┴─ HEAD: how much has arrived?

Pieces carry no checksum of their own, because one that is cut would then count for
nothing; the SHA-256 of the whole goes with the request that uses the upload.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import httpx

from launch.faults import LaunchFault, Refused, Unreachable
from launch.patience import BUSY, delay_s
from launch.recording import Sent
from launch.refusal import require_success

PATH: Final = "/v1/uploads"
VERSION: Final = {"Tus-Resumable": "1.0.0"}
PIECE_BYTES: Final = 8 * 2**20
GULP_BYTES: Final = 64 * 2**10
TRIES: Final = 8
"""Failures in a row, without a byte arriving, after which the upload is given up."""
WRONG_OFFSET, LOCKED = 409, 423
PASSING: Final = BUSY | {WRONG_OFFSET, LOCKED, 500}


class Resumable:
    """Sends recordings to an API that takes resumable uploads."""

    def __init__(self, http: httpx.Client, pause: Callable[[float], None]) -> None:
        self._http = http
        self._pause = pause

    def send(self, video: Path, sent: Sent) -> str:
        """Send the recording and return its upload id; on the way out of a failure, erase it."""
        size = video.stat().st_size
        url = self._begin(size)
        with ExitStack() as undo:
            undo.callback(self.erase, _id_of(url))
            self._send_pieces(video, size, url, sent)
            undo.pop_all()
        return _id_of(url)

    def _begin(self, size: int) -> str:
        answer = self._ask("POST", PATH, {"Upload-Length": str(size)})
        return answer.headers["location"]

    def _send_pieces(self, video: Path, size: int, url: str, sent: Sent) -> None:
        offset, failures = 0, 0
        while offset < size:
            try:
                offset = self._send_piece(video, offset, url, sent)
                failures = 0
            except LaunchFault as fault:
                failures += 1
                arrived = self._wait_and_look(fault, failures, url)
                if arrived is not None:
                    failures = 0 if arrived > offset else failures
                    offset = arrived
                    sent(offset)

    def _send_piece(self, video: Path, offset: int, url: str, sent: Sent) -> int:
        with video.open("rb") as file:
            file.seek(offset)
            piece = file.read(PIECE_BYTES)
        if not piece:  # Nothing at all would arrive, again and again.
            raise LaunchFault(f"{video} became shorter while it was sent")
        headers = {
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
            "Content-Length": str(len(piece)),
        }
        answer = self._ask("PATCH", url, headers, _gulps(piece, offset, sent))
        return int(answer.headers["upload-offset"])

    def _wait_and_look(self, fault: LaunchFault, failures: int, url: str) -> int | None:
        """Return how much has arrived, None when that cannot be learnt now; or raise the fault."""
        delay = delay_s(fault, failures, most=TRIES, statuses=PASSING)
        if delay is None:
            raise fault
        self._pause(delay)
        try:
            return int(self._ask("HEAD", url).headers["upload-offset"])
        except Unreachable:
            return None
        except Refused as refused:
            if refused.status not in PASSING:
                raise
            return None

    def erase(self, upload_id: str) -> None:
        """Have an upload erased that was not used; one that was is gone already."""
        try:
            self._ask("DELETE", f"{PATH}/{upload_id}")
        except LaunchFault:
            return  # It expires by itself.

    def _ask(
        self,
        method: str,
        url: str,
        headers: dict[str, str] | None = None,
        content: Iterator[bytes] | None = None,
    ) -> httpx.Response:
        try:
            answer = self._http.request(
                method, url, headers=VERSION | (headers or {}), content=content
            )
        except httpx.HTTPError as error:
            raise Unreachable.of(error) from error
        require_success(answer)
        return answer


def _id_of(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]


def _gulps(piece: bytes, offset: int, sent: Sent) -> Iterator[bytes]:
    for start in range(0, len(piece), GULP_BYTES):
        gulp = piece[start : start + GULP_BYTES]
        yield gulp
        sent(offset + start + len(gulp))
