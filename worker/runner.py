"""Takes an assessment through its statuses around the measuring. No Celery.

    queued ─claim─▶ processing ─ measure ─ keep measurement ─ erase recording
                                   ─ aggregate ─ keep result ─▶ succeeded

The recording is erased as soon as its frames are scored; what was measured is kept
from then until the result stands, so that the next attempt needs no recording.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from assessment import blob_names, kept_faces
from assessment.access import is_sandbox
from assessment.aggregation import Aggregator
from assessment.assessment import Assessment, AssessmentId, Outcome, Progress, Stage, Status
from assessment.faults import (
    Draining,
    Fault,
    Gone,
    IllegalTransition,
    InternalError,
    ModelContract,
    NewerDocument,
    NotFound,
    Rejected,
    Stale,
    StoreUnavailable,
    Unavailable,
)
from assessment.gates import UNSEEN
from assessment.measurement import Measurement
from assessment.ports import Blobs, Clock, Records
from assessment.recording_faults import AttemptTimeout, SourceMissing
from assessment.request import AssessmentRequest
from assessment.result import Result
from assessment.stopper import Stopper, erase_recording, erase_unkept
from assessment.timeline import timeline
from worker.aside import Work, at_once
from worker.comparison import uncompared
from worker.heartbeat import Report
from worker.sandboxed import Sandboxed, Vanished
from worker.source import Bring, as_it_came
from worker.way import Compare, Measure, Way

log = logging.getLogger(__name__)

HAND_BACK_S = 5.0
STORE_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs one assessment at a time; asking twice for the same one is harmless."""

    records: Records
    blobs: Blobs
    measure: Measure
    aggregate: Aggregator
    sandbox: Sandboxed
    clock: Clock
    lease_s: float
    attempt_limit_s: float
    draining: Callable[[], bool]
    aside: Callable[[Work], None] = at_once
    bring: Bring = as_it_came
    compare: Compare = uncompared
    note: Callable[[Assessment, Result], None] = lambda _claimed, _result: None
    admit: Callable[[AssessmentId], bool] = lambda _id: True
    ways: Callable[[AssessmentId, Mapping[str, str]], Way] | None = None
    """Chooses by the id, and by what measured it already; without it there is one way."""

    def run(self, assessment_id: AssessmentId) -> None:
        """Claim the assessment and take it to its end, or hand it back."""
        try:
            assessment = self.records.get(assessment_id)
        except (NotFound, Gone, StoreUnavailable, NewerDocument):
            return  # The sweeper sends again whatever still waits.
        if is_sandbox(assessment.tenant):
            self.aside(lambda: self._run(assessment))
        elif assessment.status is not Status.QUEUED or self.admit(assessment_id):
            self._run(assessment)

    def _run(self, assessment: Assessment) -> None:
        if assessment.status is not Status.QUEUED:
            return  # Finished, or in another worker's hands: the message was a late copy.
        try:
            if assessment.overdue(self.clock()):
                Stopper(self.records, self.blobs, self.clock).expire(assessment)
                return
            claimed = assessment.to(Status.PROCESSING, at=self.clock())
            self.records.save(claimed, was=assessment, look_again_s=self.lease_s)
        except (NotFound, Gone, Stale, IllegalTransition, StoreUnavailable):
            return
        log.info("assessment %s claimed, attempt %d", claimed.id, claimed.attempt)
        try:
            self._attempt(claimed)
        except (Stale, Gone, NotFound):
            self._abandon(claimed)

    def _attempt(self, claimed: Assessment) -> None:
        try:
            result = self._assess(claimed)
        except (Stale, Gone, NotFound):
            raise
        except (Rejected, ModelContract) as fault:
            log.info("assessment %s failed: %s", claimed.id, fault.code)
            self._end(claimed, Status.FAILED, fault=type(fault))
        except Unavailable as fault:
            log.warning("assessment %s handed back: %s", claimed.id, fault.code)
            self._move(claimed, claimed.to(Status.QUEUED, at=self.clock()), HAND_BACK_S)
        except Vanished:  # The sweeper finds it at once, as it would find a dead worker's.
            self.records.renew(claimed, claimed.progress, lease_s=0.0)
        except Exception:  # The one broad `except`: a bug, or a MemoryError, must end here.
            log.exception("assessment %s broke", claimed.id)
            self._end(claimed, Status.FAILED, fault=InternalError)
        else:
            self._end(claimed, Status.SUCCEEDED, outcome=result.outcome)
            if not result.sandbox:  # How long it took is made up, too.
                self.note(claimed, result)

    def _assess(self, claimed: Assessment) -> Result:
        content = self.blobs.get(claimed.id, blob_names.REQUEST)
        if content is None:
            raise SourceMissing("the request is gone")
        asked = AssessmentRequest.from_json(content)
        way = self._way_of(claimed)
        if self._barred(claimed, asked, way):
            request, measurement = asked, UNSEEN
            erase_recording(self.records, self.blobs, claimed.id, self.clock)
        else:
            report = self._reporter(claimed)  # One for both: the limit is that of the attempt.
            request = self.bring(claimed.id, asked, report)
            measurement = self._measurement(claimed, request, way, report)
        self._renew(claimed, 95)
        result = self._conclusion(claimed, request, measurement)
        self._keep(claimed, measurement, result)
        return result

    def _keep(self, claimed: Assessment, measurement: Measurement, result: Result) -> None:
        """Write all that is read of a success; it counts once the record says so."""
        written = json.dumps(result.to_dict()).encode()
        self.blobs.put(claimed.id, blob_names.result_name(claimed.attempt), written)
        if result.kept_faces_ms:
            pictures = kept_faces.to_json(measurement.kept_faces)
            self.blobs.put(claimed.id, blob_names.faces_name(claimed.attempt), pictures)
        self._renew(claimed, 97)
        rows = timeline(measurement, result)
        self.blobs.put(claimed.id, blob_names.timeline_name(claimed.attempt), rows)

    def _conclusion(
        self, claimed: Assessment, request: AssessmentRequest, measurement: Measurement
    ) -> Result:
        """Return what the versions that measured say of it."""
        way = self._way_of(claimed, measurement.versions)
        conclude = self.sandbox.conclude if is_sandbox(claimed.tenant) else way.aggregate
        return way.compare(claimed, request, conclude(measurement, request))

    def _barred(self, claimed: Assessment, asked: AssessmentRequest, way: Way) -> bool:
        """Return whether nothing may be measured: then the recording is neither got nor opened."""
        sandbox = is_sandbox(claimed.tenant)
        return not sandbox and way.aggregate.gates.admit(asked).nothing

    def _way_of(self, claimed: Assessment, measured_by: Mapping[str, str] | None = None) -> Way:
        """Return how it is measured and concluded; in the sandbox the measurement is made up."""
        if is_sandbox(claimed.tenant):
            return Way(self.sandbox.measure, self.aggregate, self.compare)
        if self.ways is not None:
            return self.ways(claimed.id, measured_by or {})
        return Way(self.measure, self.aggregate, self.compare)

    def _measurement(
        self, claimed: Assessment, request: AssessmentRequest, way: Way, report: Report
    ) -> Measurement:
        kept = self.blobs.get(claimed.id, blob_names.MEASUREMENT)
        if kept is None:
            video = self.blobs.path(claimed.id, blob_names.VIDEO)
            if video is None:
                raise SourceMissing("neither recording nor measurement is there")
            measurement = way.measure(video, request, report)
            self._renew(claimed, 90)
            self.blobs.put(claimed.id, blob_names.MEASUREMENT, measurement.to_json())
            self._renew(claimed, 92)  # Whoever was overtaken must not erase the recording.
        else:
            measurement = Measurement.from_json(kept)
        erase_recording(self.records, self.blobs, claimed.id, self.clock)
        return measurement

    def _renew(self, claimed: Assessment, percent: int) -> None:
        """Renew the lease between steps that are long for long recordings."""
        self.records.renew(claimed, Progress(Stage.AGGREGATING, percent), lease_s=self.lease_s)

    def _reporter(self, claimed: Assessment) -> Report:
        started = time.monotonic()

        def report(progress: Progress) -> None:
            """Renew the lease; a store that is away for a moment does not stop the work."""
            if self.draining():
                raise Draining("the worker was asked to stop")
            if time.monotonic() - started > self.attempt_limit_s:
                raise AttemptTimeout("the attempt took longer than its limit")
            try:
                self.records.renew(claimed, progress, lease_s=self.lease_s)
            except StoreUnavailable:
                log.warning("assessment %s: the lease could not be renewed", claimed.id)

        return report

    def _end(
        self,
        claimed: Assessment,
        status: Status,
        *,
        outcome: Outcome | None = None,
        fault: type[Fault] | None = None,
    ) -> None:
        code = fault.code if fault else None
        ended = claimed.to(status, at=self.clock(), outcome=outcome, fault=code)
        self._move(claimed, ended, self.lease_s)
        erase_unkept(self.records, self.blobs, ended, self.clock)
        log.info("assessment %s is %s", claimed.id, status)

    def _move(self, was: Assessment, moved: Assessment, look_again_s: float) -> None:
        """Save the step, waiting for a store that is away: what was done must not be lost."""
        deadline = time.monotonic() + STORE_PATIENCE_S
        while True:
            try:
                return self.records.save(moved, was=was, look_again_s=look_again_s)
            except StoreUnavailable:
                if time.monotonic() > deadline:
                    raise
                time.sleep(1)

    def _abandon(self, claimed: Assessment) -> None:
        """Erase what this attempt wrote for an assessment that is no longer its own."""
        log.info("assessment %s was taken away from attempt %d", claimed.id, claimed.attempt)
        try:
            current = self.records.get(claimed.id)
        except (Gone, NotFound):
            self.blobs.erase(claimed.id)
            return
        if current.attempt == claimed.attempt and current.status is Status.SUCCEEDED:
            return
        for name in blob_names.written_by(claimed.attempt):
            self.blobs.remove(claimed.id, name)
        if current.status.final:
            erase_unkept(self.records, self.blobs, current, self.clock)
