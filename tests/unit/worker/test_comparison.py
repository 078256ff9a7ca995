"""A baseline is read once this assessment is concluded, and whatever became of it is said."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.blobs import FolderBlobs
from adapters.memory import MemoryRecords
from assessment.aggregation import Aggregator
from assessment.assessment import Assessment, Outcome, Status, Tenant
from assessment.change import NoChange
from assessment.ledger import Verdict
from assessment.request import AssessmentRequest
from assessment.result import Change, Result
from tests.conftest import Watch
from tests.samples import a_measurement, an_assessment, an_observation, manifests
from worker.comparison import Comparison


def a_result(score: float, verdict: Verdict = Verdict.USED) -> Result:
    rows = [an_observation(i, verdict, score=score) for i in range(10)]
    aggregate = Aggregator(manifests(), production=False, software="mien test")
    return aggregate(a_measurement(*rows), AssessmentRequest())


@dataclass
class Ward:
    """Stored assessments, and one more that compares with them."""

    records: MemoryRecords
    blobs: FolderBlobs
    watch: Watch

    def stored(
        self, status: Status = Status.SUCCEEDED, *, result: Result | None = None
    ) -> Assessment:
        """Store the first assessment in a status, with a result if it succeeded."""
        waiting = replace(an_assessment(1), erase_after_s=3600)
        self.records.add(waiting, look_again_s=30)
        if status is Status.QUEUED:
            return waiting
        running = waiting.to(Status.PROCESSING, at=self.watch())
        self.records.save(running, was=waiting, look_again_s=30)
        if status is Status.PROCESSING:
            return running
        outcome = Outcome.REPORTED if status is Status.SUCCEEDED else None
        ended = running.to(status, at=self.watch(), outcome=outcome)
        self.records.save(ended, was=running, look_again_s=30)
        if result is not None:
            content = json.dumps(result.to_dict()).encode()
            self.blobs.put(ended.id, "result.1.json", content)
        return ended

    def compare(self, baseline: Assessment | None, score: float = 20.0) -> Result:
        """Return the second assessment's result."""
        compare = Comparison(self.records, self.blobs, self.watch, manifests())
        asked = AssessmentRequest(baseline=baseline.id if baseline else None)
        return compare(an_assessment(2), asked, a_result(score))


@pytest.fixture
def ward(tmp_path: Path, watch: Watch) -> Ward:
    blobs = FolderBlobs(tmp_path)
    blobs.prepare()
    return Ward(MemoryRecords(watch), blobs, watch)


def reasons(result: Result) -> set[str | None]:
    assert result.severity is not None
    return {one.change_withheld for one in result.severity}


def changes(result: Result) -> list[Change | None]:
    assert result.severity is not None
    return [one.change for one in result.severity]


def test_without_a_baseline_nothing_is_said_of_change(ward: Ward):
    result = ward.compare(None)

    assert changes(result) == [None, None]
    assert reasons(result) == {None}


def test_the_change_is_from_what_the_baseline_reported(ward: Ward):
    # given
    baseline = ward.stored(result=a_result(50.0))

    # when
    result = ward.compare(baseline, score=5.0)

    # then
    found = changes(result)
    assert [one.verdict for one in found if one] == ["lower", "lower"]
    assert [one.point_difference for one in found if one] == [-45.0, -45.0]
    assert {one.baseline_id for one in found if one} == {baseline.id}


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (Status.QUEUED, NoChange.NOT_FINISHED),
        (Status.PROCESSING, NoChange.NOT_FINISHED),
        (Status.FAILED, NoChange.WITHOUT_RESULT),
        (Status.CANCELED, NoChange.WITHOUT_RESULT),
        (Status.EXPIRED, NoChange.WITHOUT_RESULT),
    ],
)
def test_a_baseline_without_a_result_is_no_reason_to_fail(
    ward: Ward, status: Status, reason: NoChange
):
    assert reasons(ward.compare(ward.stored(status))) == {reason}


def test_an_erased_baseline_is_said_to_be_erased(ward: Ward):
    # given
    baseline = ward.stored(result=a_result(50.0))
    ward.records.erase(baseline)

    # then
    assert reasons(ward.compare(baseline)) == {NoChange.ERASED}


def test_a_baseline_that_outlived_its_time_is_as_good_as_erased(ward: Ward):
    # given
    baseline = ward.stored(result=a_result(50.0))

    # when
    ward.watch.go_on(timedelta(hours=2).total_seconds())

    # then
    assert reasons(ward.compare(baseline)) == {NoChange.ERASED}


def test_a_result_that_is_erased_at_this_moment_is_said_to_be_erased(ward: Ward):
    assert reasons(ward.compare(ward.stored())) == {NoChange.ERASED}


def test_somebody_elses_assessment_says_nothing_about_itself(ward: Ward):
    # given
    baseline = ward.stored(result=a_result(50.0))
    ward.records.stored[baseline.id] = replace(baseline, tenant=Tenant("theirs"))

    # when
    result = ward.compare(baseline)

    # then
    assert reasons(result) == {NoChange.ERASED}
    assert changes(result) == [None, None]


def test_a_baseline_that_withheld_severity_has_no_number_to_compare_with(ward: Ward):
    # given
    baseline = ward.stored(result=a_result(50.0, Verdict.NO_FACE))

    # then
    assert reasons(ward.compare(baseline)) == {NoChange.WITHHELD}
