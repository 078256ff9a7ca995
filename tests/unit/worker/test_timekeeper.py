"""What a worker notes of the time that an assessment took."""

from dataclasses import replace

import pytest

from adapters.memory_pace import MemoryPace
from assessment.access import sandbox_of
from assessment.aggregation import Aggregator
from assessment.assessment import Assessment, Status
from assessment.faults import StoreUnavailable
from assessment.pace import Run
from assessment.request import AssessmentRequest
from assessment.result import Result
from tests.conftest import Watch
from tests.samples import a_measurement, an_assessment, an_observation, manifests
from worker.timekeeper import Timekeeper


class Absent(MemoryPace):
    def note(self, run: Run) -> None:
        raise StoreUnavailable("ConnectionError")


@pytest.fixture
def claimed(watch: Watch) -> Assessment:
    return an_assessment().to(Status.PROCESSING, at=watch())


@pytest.fixture(scope="module")
def result() -> Result:
    aggregate = Aggregator(manifests(), production=False, software="mien test")
    return aggregate(a_measurement(*map(an_observation, range(10))), AssessmentRequest())


def test_a_success_is_noted_with_its_seconds_of_work_and_of_media(
    watch: Watch, claimed: Assessment, result: Result
):
    pace = MemoryPace()
    watch.go_on(12.5)

    Timekeeper(pace, watch).note(claimed, result)

    assert pace.lately() == [Run(12.5, 10.0)]


def test_a_sandbox_says_nothing_about_the_pace(watch: Watch, claimed: Assessment, result: Result):
    pace = MemoryPace()
    sandboxed = replace(claimed, tenant=sandbox_of(claimed.tenant))

    Timekeeper(pace, watch).note(sandboxed, result)

    assert pace.lately() == []


def test_an_absent_store_does_not_undo_a_success(
    watch: Watch, claimed: Assessment, result: Result, caplog: pytest.LogCaptureFixture
):
    Timekeeper(Absent(), watch).note(claimed, result)

    assert "the pace could not be noted" in caplog.text
