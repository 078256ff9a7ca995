"""How an assessment comes to be. Plain Python, no web framework.

    request ─▶ blob    recording ─▶ blob    record (queued)    queue

The order matters: a queued assessment always has its recording, and a recording
without a record is swept. The queue is a hint, so its silence changes nothing.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from adapters.disk import room
from assessment.announced import announced_s
from assessment.assessment import Assessment, AssessmentId, Tenant
from assessment.backlog import Backlog
from assessment.blob_names import REQUEST, VIDEO
from assessment.faults import Unavailable
from assessment.ports import Blobs, Clock, Queue, Records
from assessment.recording import Recording
from assessment.request import AssessmentRequest
from service.seal import Seal

log = logging.getLogger(__name__)


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
    result_ttl_s: int
    seal: Seal
    backlog: Backlog
    longest_s: float
    new_id: Callable[[], AssessmentId] = new_id

    def accept(
        self,
        tenant: Tenant,
        request: AssessmentRequest,
        recording: Recording | None,
        reserved: AssessmentId | None = None,
    ) -> Assessment:
        """Store the request and the recording, record the assessment, and tell a worker.

        Without a recording a worker brings it from its source. An id may be `reserved`.
        """
        assessment = self._new(tenant, request, reserved or self.new_id())
        video_s = announced_s(recording.path, longest_s=self.longest_s) if recording else None
        try:
            with room():
                self._store(assessment.id, request, recording)
            self.records.add(
                assessment,
                look_again_s=self.look_again_s,
                reference=self._digest(tenant, request.reference),
            )
        except (Unavailable, OSError):
            self.blobs.erase(assessment.id)
            raise
        self._tell(assessment.id, video_s)
        return assessment

    def _store(
        self, assessment_id: AssessmentId, request: AssessmentRequest, recording: Recording | None
    ) -> None:
        if recording is None:
            self.blobs.put(assessment_id, REQUEST, request.to_json())
            return
        whole = replace(request, video_sha256=recording.sha256, video_bytes=recording.size)
        self.blobs.put(assessment_id, REQUEST, whole.to_json())
        self.blobs.adopt(assessment_id, VIDEO, recording.path)

    def _new(
        self, tenant: Tenant, request: AssessmentRequest, assessment_id: AssessmentId
    ) -> Assessment:
        now, deadline_s = self.clock(), request.deadline_s
        return Assessment(
            id=assessment_id,
            tenant=tenant,
            created_at=now,
            updated_at=now,
            expires_at=None if deadline_s is None else now + timedelta(seconds=deadline_s),
            erase_after_s=min(request.retention_s or self.result_ttl_s, self.result_ttl_s),
        )

    def _digest(self, tenant: Tenant, reference: str | None) -> str | None:
        return None if reference is None else self.seal.reference_digest(tenant, reference)

    def _tell(self, assessment_id: AssessmentId, video_s: float | None) -> None:
        log.info("an assessment was accepted", extra={"assessment_id": assessment_id})
        try:
            if video_s is not None:
                self.backlog.announce(assessment_id, video_s)
            self.queue.submit(assessment_id)
        except Unavailable as fault:
            log.warning("no worker was told (%s); the sweeper will", fault.code)
