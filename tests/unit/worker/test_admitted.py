"""What is withheld beforehand is not measured: no network runs, no recording is opened."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.blobs import FolderBlobs
from adapters.memory import MemoryRecords
from assessment import blob_names
from assessment.aggregation import Aggregator
from assessment.assessment import Assessment, Outcome, Status
from assessment.gates import Gates, Policy
from assessment.jurisdiction import Jurisdictions, Rule
from assessment.measurement import Measurement
from assessment.request import Analysis, AssessmentRequest, Consent, Context, Source
from tests.conftest import Watch
from tests.samples import a_measurement, an_assessment, an_observation, manifests
from worker.admitted import Admitted
from worker.runner import Report, Runner
from worker.sandboxed import Sandboxed

GOOD = a_measurement(*(an_observation(i) for i in range(10)))
NO_SEVERITY = Rule(name="r", analyses=(Analysis.SEVERITY,), because="a law", jurisdictions=("DE",))
RULED = Policy(jurisdictions=Jurisdictions((NO_SEVERITY,)))
IN_GERMANY = AssessmentRequest(context=Context("DE"))


def never(*_: object) -> Any:
    raise AssertionError("it was opened")


def test_only_what_is_admitted_is_measured() -> None:
    # given
    asked: list[AssessmentRequest] = []

    def measure(_: Path, request: AssessmentRequest, __: Report) -> Measurement:
        asked.append(request)
        return GOOD

    # when
    found = Admitted(measure, Gates(manifests(), policy=RULED))(Path("v"), IN_GERMANY, never)

    # then
    assert found is GOOD
    assert [(one.analyses, one.models) for one in asked] == [
        ((Analysis.EXPRESSION,), ("expression",))
    ]


class Desk:
    """A runner in production over one assessment, whose recording must not be touched."""

    def __init__(self, folder: Path, watch: Watch, request: AssessmentRequest) -> None:
        self.records, self.blobs = MemoryRecords(watch), FolderBlobs(folder)
        self.blobs.prepare()
        self.waiting, self.request, self.watch = an_assessment(), request, watch

    def run(self, **changes: Any) -> Assessment:
        waiting = replace(self.waiting, **changes)
        self.records.add(waiting, look_again_s=30)
        self.blobs.put(waiting.id, blob_names.REQUEST, self.request.to_json())
        if self.request.source is None:
            self.blobs.put(waiting.id, blob_names.VIDEO, b"a recording")
        Runner(
            records=self.records,
            blobs=self.blobs,
            measure=never,
            aggregate=Aggregator(manifests(), production=True, software="mien test"),
            sandbox=Sandboxed(manifests(), "mien test", lambda _: None),
            clock=self.watch,
            lease_s=30,
            attempt_limit_s=60,
            draining=lambda: False,
            bring=never,
        ).run(waiting.id)
        return self.records.get(waiting.id)


MakeDesk = Callable[[AssessmentRequest], Desk]


@pytest.fixture
def desk(tmp_path: Path, watch: Watch) -> MakeDesk:
    return lambda request: Desk(tmp_path, watch, request)


@pytest.mark.parametrize(
    "request_",
    [
        AssessmentRequest(),
        AssessmentRequest(source=Source(url="https://example.org/visit.mp4")),
        AssessmentRequest(consent=Consent("p", "2026-01-01T12:00:00Z", ("filming",))),
    ],
    ids=["no consent", "to be fetched", "another consent"],
)
def test_without_consent_the_recording_is_neither_fetched_nor_opened_and_is_erased(
    desk: MakeDesk, request_: AssessmentRequest
) -> None:
    one = desk(request_)

    ended = one.run()

    assert (ended.status, ended.outcome) == (Status.SUCCEEDED, Outcome.WITHHELD)
    assert one.blobs.path(ended.id, blob_names.VIDEO) is None
    assert one.blobs.get(ended.id, "timeline.1.jsonl") == b""


def test_a_test_key_is_not_held_to_the_operators_rules(tmp_path: Path) -> None:
    # given: networks that nobody may use in production, and no consent
    sandbox = Sandboxed(manifests(demonstration=True, calibrated=False), "x", lambda _: None)
    request = AssessmentRequest(reference="visit 12")

    # when
    measured = sandbox.measure(tmp_path, request, lambda _: None)

    # then
    assert sandbox.conclude(measured, request).outcome is Outcome.REPORTED
