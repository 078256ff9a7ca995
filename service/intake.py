"""How an assessment comes to be. Plain Python, no web framework.

    request ─▶ blob    recording ─▶ blob    record (queued)    queue

The order matters: a queued assessment always has its recording, and a recording
without a record is swept. The queue is a hint, so its silence changes nothing.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from adapters.disk import room
from assessment.assessment import Assessment, AssessmentId, Tenant
from assessment.blob_names import REQUEST, VIDEO
from assessment.faults import Unavailable
from assessment.ports import Blobs, Clock, Queue, Records
from assessment.request import AssessmentRequest

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording that has arrived whole and is safe on the disk, at its staging place."""

    path: Path
    sha256: str
    size: int


def new_id() -> AssessmentId:
    """Return an id of 128 random bits."""
    return AssessmentId(f"asm_{secrets.token_hex(16)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Accepts recordings."""

    records: Records
    blobs: Blobs
    queue: Queue
    clock: Clock
    look_again_s: float
    new_id: Callable[[], AssessmentId] = new_id

    def accept(
        self, tenant: Tenant, request: AssessmentRequest, recording: Recording
    ) -> Assessment:
        """Store the request and the recording, record the assessment, and tell a worker."""
        now = self.clock()
        assessment = Assessment(
            id=self.new_id(),
            tenant=tenant,
            created_at=now,
            updated_at=now,
            notify=request.callback is not None,
        )
        complete = replace(request, video_sha256=recording.sha256, video_bytes=recording.size)
        try:
            with room():
                self.blobs.put(assessment.id, REQUEST, complete.to_json())
                self.blobs.adopt(assessment.id, VIDEO, recording.path)
            self.records.add(assessment, look_again_s=self.look_again_s)
        except (Unavailable, OSError):
            self.blobs.erase(assessment.id)
            raise
        self._tell(assessment.id)
        return assessment

    def _tell(self, assessment_id: AssessmentId) -> None:
        try:
            self.queue.submit(assessment_id)
        except Unavailable as fault:
            log.warning("no worker was told (%s); the sweeper will", fault.code)
