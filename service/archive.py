"""Assessments as their owner reads and erases them. Plain Python."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, BinaryIO

from assessment import kept_faces
from assessment.assessment import ID_PATTERN, Assessment, AssessmentId, Status, Tenant
from assessment.blob_names import (
    REQUEST,
    VIDEO,
    class_of,
    faces_name,
    result_name,
    timeline_name,
)
from assessment.eta import Eta
from assessment.faults import Gone, InternalError, NotFound, NotReady
from assessment.kept_faces import KeptFace
from assessment.ports import Blobs, Clock, Records
from assessment.request import AssessmentRequest
from assessment.standing import Standing


@dataclass(frozen=True, slots=True)
class View:
    """All that is known of one assessment; `request` is None once its blob has expired."""

    assessment: Assessment
    request: AssessmentRequest | None
    result: Mapping[str, Any] | None
    queue_position: int | None
    eta: Eta | None = None


@dataclass(frozen=True, slots=True)
class Erased:
    """A class of what was kept, and when it was erased; None when nobody noted the time."""

    what: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Archive:
    """Reads and erases assessments, each for its own tenant only."""

    records: Records
    blobs: Blobs
    clock: Clock
    estimate: Callable[[Standing], Eta | None]

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
        if assessment.outlived(self.clock()):
            raise Gone(tenant)  # The sweeper is on its way.
        return assessment

    def view(self, assessment: Assessment) -> View:
        """Return the assessment with its request, its result and its place in the queue."""
        outline = self.outline(assessment, self._ahead(assessment))
        if assessment.status is not Status.SUCCEEDED:
            return outline
        return replace(outline, result=self.result(assessment))

    def _ahead(self, assessment: Assessment) -> int | None:
        """Return how many are ahead; of one that began since it was read, nobody was."""
        ahead = self.records.position(assessment)
        return 0 if ahead is None and assessment.status is Status.QUEUED else ahead

    def result(self, assessment: Assessment) -> Mapping[str, Any]:
        """Return the result, or raise `NotReady`."""
        if assessment.status is not Status.SUCCEEDED:
            raise NotReady
        return json.loads(self._blob(assessment, result_name(assessment.attempt)))

    def outline(self, assessment: Assessment, queue_position: int | None) -> View:
        """Return the assessment and its request, as lists show it."""
        request = self.blobs.get(assessment.id, REQUEST)
        return View(
            assessment=assessment,
            request=AssessmentRequest.from_json(request) if request else None,
            result=None,
            queue_position=queue_position,
            eta=self.estimate(Standing.of(assessment, queue_position)),
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

    def faces(self, view: View) -> tuple[KeptFace, ...]:
        """Return the pictures of the face that are kept: none unless they were asked for."""
        if not (view.result and view.result.get("kept_faces_ms")):
            return ()
        name = faces_name(view.assessment.attempt)
        content = self.blobs.get(view.assessment.id, name)
        # The numbers can be read without them.
        return kept_faces.from_json(content) if content else ()

    def erase(self, assessment: Assessment) -> Sequence[Erased]:
        """Erase everything and return what was erased, also what had been before.

        The record goes first: from then on a worker that still runs has lost its lease,
        and what it writes belongs to nobody and is swept.
        """
        self.records.erase(assessment)
        names, at = self.blobs.erase(assessment.id), self.clock()
        now = {class_of(name): at for name in names}
        return [Erased(one, at) for one, at in sorted((_erased_before(assessment) | now).items())]

    def _blob(self, assessment: Assessment, name: str) -> bytes:
        content = self.blobs.get(assessment.id, name)
        if content is None:
            raise self._loss(assessment)
        return content

    def _loss(self, assessment: Assessment) -> InternalError:
        """Raise `Gone` when the assessment was deleted meanwhile; else a blob was lost."""
        self.find(assessment.tenant, assessment.id)
        return InternalError("a blob of a succeeded assessment is missing")


def _erased_before(assessment: Assessment) -> dict[str, datetime | None]:
    """Return when the recording was erased; a success had one, whoever noted its time."""
    noted = assessment.recording_erased_at
    had_one = noted is not None or assessment.status is Status.SUCCEEDED
    return {class_of(VIDEO): noted} if had_one else {}
