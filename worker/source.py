"""Brings a recording that the request only points to; the work's lease goes on meanwhile.

    request.source.url ─▶ fetch, in a thread ─▶ staged file ─▶ sha256 as announced? ─▶ blob `video`
                          report every second ─▶ canceled, draining or too long: stop

A second attempt finds the recording, or fetches it again; nothing is in between.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Final

from assessment import blob_names
from assessment.assessment import AssessmentId, Progress, Stage
from assessment.ports import Blobs
from assessment.recording import Recording
from assessment.request import AssessmentRequest
from worker.heartbeat import Report

BEAT_S: Final = 1.0
FETCHING: Final = Progress(Stage.FETCHING, 0)

Bring = Callable[[AssessmentId, AssessmentRequest, Report], AssessmentRequest]
"""Puts the recording where the blobs are, unless it is there; returns the request as it is then."""
FetchUntil = Callable[[str, threading.Event], Recording]
"""Fetches the recording at an address, and gives up once the event is set."""


def as_it_came(_: AssessmentId, request: AssessmentRequest, __: Report) -> AssessmentRequest:
    """Bring nothing: every recording came with its request."""
    return request


@dataclass(frozen=True, slots=True)
class Sources:
    """Fetches recordings into the blobs."""

    blobs: Blobs
    fetch: FetchUntil

    def __call__(
        self, assessment_id: AssessmentId, request: AssessmentRequest, report: Report
    ) -> AssessmentRequest:
        """Return the request with its recording in place, or raise what ends the assessment.

        What `report` raises stops the fetch and passes through.
        """
        url = request.source.url if request.source else None
        if url is None or self._is_there(assessment_id):
            return request
        fetched = self._fetched(url, report)
        try:
            fetched.require(request.sha256)
            report(FETCHING)  # what was canceled or deleted meanwhile must not be stored
            brought = replace(request, video_sha256=fetched.sha256, video_bytes=fetched.size)
            self.blobs.put(assessment_id, blob_names.REQUEST, brought.to_json())
            self.blobs.adopt(assessment_id, blob_names.VIDEO, fetched.path)
        finally:
            fetched.path.unlink(missing_ok=True)
        return brought

    def _is_there(self, assessment_id: AssessmentId) -> bool:
        names = (blob_names.VIDEO, blob_names.MEASUREMENT)
        return any(self.blobs.path(assessment_id, name) is not None for name in names)

    def _fetched(self, url: str, report: Report) -> Recording:
        """Fetch in a thread, because a name that does not resolve blocks longer than a lease."""
        report(FETCHING)
        stop = threading.Event()
        thread = ThreadPoolExecutor(1, thread_name_prefix="fetch")
        future = thread.submit(self.fetch, url, stop)
        try:
            with ExitStack() as undo:
                # It may come to its end just now, and nobody takes what it brought.
                undo.callback(future.add_done_callback, _erase)
                while not wait((future,), BEAT_S).done:
                    report(FETCHING)
                fetched = future.result()
                undo.pop_all()
            return fetched
        finally:
            stop.set()
            thread.shutdown(wait=False)


def _erase(fetched: Future[Recording]) -> None:
    """Leave nothing of a recording that was fetched for nobody."""
    if fetched.exception() is None:
        fetched.result().path.unlink(missing_ok=True)
