"""A request that has arrived becomes an assessment, once for each Idempotency-Key.

arrival ─▶ fingerprint ─▶ known key ─▶ the answer of then
                      └─▶ else: recording, upload or address ─▶ intake ─▶ answer, kept with it
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from assessment.assessment import Assessment, AssessmentId, Tenant
from assessment.blob_names import ANSWER
from assessment.faults import Gone, NotFound, Unavailable
from assessment.ports import Blobs
from assessment.request import AssessmentRequest
from service.answers import created_body
from service.archive import Archive
from service.baseline import check_baseline
from service.idempotency import Held
from service.intake import Intake
from service.reception import Arrival
from service.upload_store import UploadStore

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a create is answered with."""

    assessment_id: AssessmentId
    status: HTTPStatus
    body: Mapping[str, Any]
    replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Creation:
    """Makes assessments of arrivals."""

    intake: Intake
    archive: Archive
    blobs: Blobs
    upload_store: UploadStore

    def create(self, tenant: Tenant, arrival: Arrival, held: Held) -> Answer:
        """Return the answer to the request, the first one when the key was used before."""
        told = fingerprinted(arrival)
        if held.known and (held.mark.kept or self.exists(tenant, held.assessment_id)):
            held.commit()
            held.keep()
            held.require_same(told)
            return self.replay(tenant, held.assessment_id)
        held.bind(told)
        with held.carrying_out():
            assessment = self.accept(tenant, arrival, held.assessment_id)
        held.keep()
        answer = self.answer(assessment, arrival.request)
        if held.name:
            self.note(answer)
        return answer

    def accept(self, tenant: Tenant, arrival: Arrival, reserved: AssessmentId) -> Assessment:
        """Make the assessment, with the upload it names if it names one."""
        check_baseline(self.archive, tenant, arrival.request)
        source, recording = arrival.request.source, arrival.recording
        if source is None or source.upload_id is None:
            return self.intake.accept(tenant, arrival.request, recording, reserved)
        taken = self.upload_store.take(tenant, source.upload_id)
        try:
            taken.require(arrival.request.sha256)
            return self.intake.accept(tenant, arrival.request, taken, reserved)
        finally:
            taken.path.unlink(missing_ok=True)

    def exists(self, tenant: Tenant, assessment_id: AssessmentId) -> bool:
        """Return whether there is, or was, an assessment with the id."""
        try:
            self.archive.find(tenant, assessment_id)
        except NotFound:
            return False
        except Gone:
            return True
        return True

    def answer(self, assessment: Assessment, request: AssessmentRequest) -> Answer:
        """Return the answer to a create that was carried out."""
        body = created_body(self.archive.view(assessment), request.callback)
        return Answer(assessment.id, HTTPStatus.ACCEPTED, body)

    def note(self, answer: Answer) -> None:
        """Keep the answer with its assessment, for when its key comes again."""
        content = json.dumps({"status": answer.status, "body": answer.body}).encode()
        try:
            self.blobs.put(answer.assessment_id, ANSWER, content)
        except (Unavailable, OSError) as error:
            # The assessment exists and says the same, but for how far it was.
            log.warning("an answer was not kept: %s", type(error).__name__)

    def replay(self, tenant: Tenant, reserved: AssessmentId) -> Answer:
        """Return the first answer again; raise `Gone` when its assessment is no more."""
        try:
            found = self.archive.find(tenant, reserved)
        except NotFound:
            raise Gone(tenant) from None
        kept = self.blobs.get(reserved, ANSWER)
        if kept is not None:
            said = json.loads(kept)
            return Answer(reserved, HTTPStatus(said["status"]), said["body"], replayed=True)
        view = self.archive.view(found)
        body = created_body(view, view.request.callback if view.request else None)
        return Answer(reserved, HTTPStatus.ACCEPTED, body, replayed=True)


def fingerprinted(arrival: Arrival) -> bytes:
    """Return what tells a request from others: what it asks, and of which recording."""
    digest = arrival.recording.sha256 if arrival.recording else ""
    return arrival.canonical + b"\0" + digest.encode()
