"""Assessments as their owner reads and erases them. Plain Python."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from assessment.assessment import ID_PATTERN, Assessment, AssessmentId, Status, Tenant
from assessment.blob_names import REQUEST, result_name, timeline_name
from assessment.faults import Gone, InternalError, NotFound, NotReady
from assessment.ports import Blobs, Records
from assessment.request import AssessmentRequest


@dataclass(frozen=True, slots=True)
class View:
    """All that is known of one assessment; `request` is None once its blob has expired."""

    assessment: Assessment
    request: AssessmentRequest | None
    result: Mapping[str, Any] | None
    queue_position: int | None


@dataclass(frozen=True, slots=True)
class Archive:
    """Reads and erases assessments, each for its own tenant only."""

    records: Records
    blobs: Blobs

    def find(self, tenant: Tenant, assessment_id: str) -> Assessment:
        """Return the assessment; somebody else's is `NotFound`, like one that never was."""
        if not ID_PATTERN.fullmatch(assessment_id):
            raise NotFound
        try:
            assessment = self.records.get(AssessmentId(assessment_id))
        except Gone as gone:
            if gone.tenant != tenant:
                raise NotFound from None
            raise
        if assessment.tenant != tenant:
            raise NotFound
        return assessment

    def view(self, assessment: Assessment) -> View:
        """Return the assessment with its request, its result and its place in the queue."""
        request = self.blobs.get(assessment.id, REQUEST)
        result = None
        if assessment.status is Status.SUCCEEDED:
            result = json.loads(self._blob(assessment, result_name(assessment.attempt)))
        return View(
            assessment=assessment,
            request=AssessmentRequest.from_json(request) if request else None,
            result=result,
            queue_position=self.records.position(assessment),
        )

    def timeline(self, assessment: Assessment) -> BinaryIO:
        """Return the open timeline, or raise `NotReady`. A deletion leaves it readable."""
        if assessment.status is not Status.SUCCEEDED:
            raise NotReady
        path = self.blobs.path(assessment.id, timeline_name(assessment.attempt))
        if path is not None:
            try:
                return path.open("rb")
            except FileNotFoundError:
                pass
        raise self._loss(assessment)

    def erase(self, assessment: Assessment) -> Sequence[str]:
        """Erase everything and return the names of what was erased.

        The record goes first: from then on a worker that still runs has lost its lease,
        and what it writes belongs to nobody and is swept.
        """
        self.records.erase(assessment)
        return self.blobs.erase(assessment.id)

    def _blob(self, assessment: Assessment, name: str) -> bytes:
        content = self.blobs.get(assessment.id, name)
        if content is None:
            raise self._loss(assessment)
        return content

    def _loss(self, assessment: Assessment) -> InternalError:
        """Raise `Gone` when the assessment was deleted meanwhile; else a blob was lost."""
        self.records.get(assessment.id)
        return InternalError("a blob of a succeeded assessment is missing")
