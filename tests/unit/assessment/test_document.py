"""What release 1 stored is read, as it lay there; what a later release stored is left alone."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.blobs import FolderBlobs
from adapters.memory import MemoryQueue, MemoryRecords
from adapters.redis_records import assessment_of
from assessment.assessment import Assessment, AssessmentId, Outcome, Status
from assessment.document import SCHEMA, readable, written
from assessment.faults import NewerDocument
from assessment.ledger import Verdict
from assessment.measurement import Measurement
from assessment.request import Analysis, AssessmentRequest
from tests.conftest import Watch
from tests.samples import an_assessment, an_id
from worker.sweeper import Sweeper

RECORD = {
    "document": """{"id": "asm_0123456789abcdef0123456789abcdef", "tenant": "default",
        "created_at": "2026-10-01T08:00:00+00:00", "updated_at": "2026-10-01T08:00:09+00:00",
        "status": "succeeded", "outcome": "reported", "fault": null, "attempt": 1, "crashes": 0}""",
    "status": "succeeded",
    "attempt": "1",
    "stage": "done",
    "percent": "100",
}
"""As release 1 stored it: no deadline, no retention, no version of its rules."""

REQUEST = b"""{"analyses": ["severity", "expression"], "callback": {"events": [],
    "secret": "whsec_x", "url": "https://example.org/hook"}, "metadata": {}, "models": ["hmhn"],
    "reference": "visit-7", "sampling": {"every_ms": 400, "every_n_frames": null},
    "subject": {"region": null, "select": "only"}, "video_bytes": 17, "video_sha256": "ab"}"""

MEASUREMENT = b"""{"media": {"width": 640, "height": 480, "codec": "h264", "container": "mp4",
    "frames": 250, "duration_ms": 10000, "sample_interval_ms": 400.0, "scored_interval_ms": 400.0},
    "observations": [{"frame": 0, "at_ms": 0, "verdict": "used", "faces": 1, "face": {"x": 1,
    "y": 2, "width": 30, "height": 40, "confidence": 0.9}, "severity": [["hmhn", 12.5]],
    "expression": [["expression", [0.25, 0.75]]]}], "timings_ms": {"total": 900},
    "wholes": [], "events": []}"""


def test_a_record_of_release_1_is_read():
    assessment = assessment_of(RECORD)

    assert (assessment.status, assessment.outcome) == (Status.SUCCEEDED, Outcome.REPORTED)
    assert (assessment.expires_at, assessment.erase_after_s) == (None, None)


def test_a_request_of_release_1_is_read():
    request = AssessmentRequest.from_json(REQUEST)

    assert request.analyses == (Analysis.SEVERITY, Analysis.EXPRESSION)
    assert (request.consent, request.deadline_s, request.baseline) == (None, None, None)


def test_a_measurement_of_release_1_is_read():
    measurement = Measurement.from_json(MEASUREMENT)

    (row,) = measurement.observations
    assert (row.verdict, row.severity, row.quality) == (Verdict.USED, (("hmhn", 12.5),), None)
    assert (measurement.versions, measurement.thresholds) == ({}, None)


@pytest.mark.parametrize("content", [AssessmentRequest().to_json(), json.dumps(written({}))])
def test_what_this_release_stores_says_by_which_rules(content: bytes):
    assert json.loads(content)["schema"] == SCHEMA


@pytest.mark.parametrize(
    "read",
    [
        lambda: assessment_of({**RECORD, "document": '{"schema": 3}'}),
        lambda: AssessmentRequest.from_json(b'{"schema": 3}'),
        lambda: Measurement.from_json(b'{"schema": 3}'),
    ],
)
def test_what_a_later_release_stored_is_not_guessed_at(read: Callable[[], object]):
    with pytest.raises(NewerDocument, match="up to 2"):
        read()


def test_the_version_is_no_field_of_what_is_read():
    assert readable(written({"a": 1})) == {"a": 1}


class HalfNewer(MemoryRecords):
    """A store in which a later release has written one of the records."""

    newer: AssessmentId

    def get(self, assessment_id: AssessmentId) -> Assessment:
        if assessment_id == self.newer:
            raise NewerDocument("a document of version 3")
        return super().get(assessment_id)


def test_a_record_of_a_later_release_does_not_keep_the_sweeper_from_the_others(
    watch: Watch, tmp_path: Path
):
    # given two that are due, of which the first is a later release's
    records, queue = HalfNewer(watch), MemoryQueue()
    newer, ours = (replace(an_assessment(), id=an_id(number)) for number in (1, 2))
    for one in (newer, ours):
        records.add(one, look_again_s=0)
    records.newer = newer.id
    sweeper = Sweeper(
        records=records,
        blobs=FolderBlobs(tmp_path),
        queue=queue,
        clock=watch,
        requeue_s=1,
        max_crashes=3,
        clear_staging=lambda: 0,
        erase_uploads=lambda: 0,
    )

    # when
    sweeper.sweep()

    # then
    assert queue.submitted == [ours.id]
