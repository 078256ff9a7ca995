import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from adapters.blobs import FolderBlobs
from adapters.memory import MemoryRecords
from assessment import blob_names
from assessment.aggregation import Aggregator
from assessment.assessment import Assessment, AssessmentId, Outcome, Progress, Stage, Status
from assessment.faults import InferenceUnavailable, StorageFull, StoreUnavailable
from assessment.ledger import Verdict
from assessment.measurement import Measurement
from assessment.recording_faults import Undecodable
from assessment.request import AssessmentRequest
from tests.conftest import Watch
from tests.samples import a_measurement, an_assessment, an_observation, manifests
from worker import runner as runner_module
from worker.runner import Report, Runner
from worker.sandboxed import Sandboxed

GOOD = a_measurement(*(an_observation(i) for i in range(10)))


class Desk:
    """A runner over one assessment, with a measuring that does as told."""

    def __init__(self, folder: Path, watch: Watch, does: Callable[[Report], Measurement]) -> None:
        self.records, self.blobs = MemoryRecords(watch), FolderBlobs(folder)
        self.blobs.prepare()
        self.waiting = an_assessment()
        self.measured = 0
        self.draining = False
        self.does = does
        self.records.add(self.waiting, look_again_s=30)
        self.blobs.put(self.waiting.id, blob_names.REQUEST, AssessmentRequest().to_json())
        self.blobs.put(self.waiting.id, blob_names.VIDEO, b"a recording")
        self.runner = Runner(
            records=self.records,
            blobs=self.blobs,
            measure=self._measure,
            aggregate=Aggregator(manifests(), production=False, software="mien test"),
            sandbox=Sandboxed(manifests(), "mien test"),
            clock=watch,
            lease_s=30,
            attempt_limit_s=60,
            draining=lambda: self.draining,
        )

    def _measure(self, video: Path, request: AssessmentRequest, report: Report) -> Measurement:
        assert video.read_bytes() == b"a recording"
        assert request == AssessmentRequest()
        self.measured += 1
        return self.does(report)

    def run(self) -> Assessment:
        self.runner.run(self.waiting.id)
        return self.assessment

    @property
    def assessment(self) -> Assessment:
        return self.records.get(self.waiting.id)

    @property
    def names(self) -> set[str]:
        folder = self.blobs.root / "blobs" / self.waiting.id
        return {path.name for path in folder.iterdir()} if folder.exists() else set()


@pytest.fixture
def desk(tmp_path: Path, watch: Watch) -> Callable[[Callable[[Report], Measurement]], Desk]:
    return lambda does: Desk(tmp_path, watch, does)


MakeDesk = Callable[[Callable[[Report], Measurement]], Desk]


def fails(fault: Exception) -> Callable[[Report], Measurement]:
    def measure(_: Report) -> Measurement:
        raise fault

    return measure


def test_a_good_recording_succeeds_is_kept_and_its_pictures_are_gone(desk: MakeDesk):
    one = desk(lambda _: GOOD)

    ended = one.run()

    assert (ended.status, ended.outcome) == (Status.SUCCEEDED, Outcome.REPORTED)
    assert one.names == {"request.json", "result.1.json", "timeline.1.jsonl"}
    assert len(one.records.outbox.events) == 1


def test_the_recording_is_gone_before_anything_is_concluded(desk: MakeDesk):
    one = desk(lambda _: GOOD)
    seen: list[set[str]] = []
    aggregate = one.runner.aggregate

    class Spying(Aggregator):
        def __call__(self, measurement: Measurement, request: AssessmentRequest):
            seen.append(one.names)
            return aggregate(measurement, request)

    spying = Spying(aggregate.manifests, production=False, software="x")
    object.__setattr__(one.runner, "aggregate", spying)
    one.run()

    assert seen == [{"request.json", "measurement.json"}]


def test_an_attempt_after_a_crash_goes_on_from_the_measurement(desk: MakeDesk):
    one = desk(fails(AssertionError("must not be measured again")))
    one.blobs.put(one.waiting.id, blob_names.MEASUREMENT, GOOD.to_json())
    one.blobs.remove(one.waiting.id, blob_names.VIDEO)

    assert one.run().status is Status.SUCCEEDED
    assert one.measured == 0


def test_a_recording_that_vanished_fails_with_its_reason(desk: MakeDesk):
    one = desk(lambda _: GOOD)
    one.blobs.remove(one.waiting.id, blob_names.VIDEO)

    ended = one.run()

    assert (ended.status, ended.fault) == (Status.FAILED, "source_missing")


def test_an_unusable_recording_fails_with_its_code_and_is_erased(desk: MakeDesk):
    one = desk(fails(Undecodable("bad header")))

    ended = one.run()

    assert (ended.status, ended.fault) == (Status.FAILED, "undecodable")
    assert one.names == {"request.json"}


@pytest.mark.parametrize("bug", [ZeroDivisionError("secret"), MemoryError("secret")])
def test_a_bug_fails_the_assessment_and_the_record_says_nothing_of_it(
    desk: MakeDesk, bug: Exception, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.ERROR):
        ended = desk(fails(bug)).run()

    assert (ended.status, ended.fault) == (Status.FAILED, "internal_error")
    assert type(bug).__name__ in caplog.text


def test_an_outage_hands_the_assessment_back_with_its_recording_and_counts_no_crash(
    desk: MakeDesk,
):
    one = desk(fails(InferenceUnavailable("triton")))

    ended = one.run()

    assert (ended.status, ended.attempt, ended.crashes) == (Status.QUEUED, 1, 0)
    assert one.names == {"request.json", "video"}


class FullDisk(FolderBlobs):
    """Blobs on a disk without room for what was measured."""

    def put(self, assessment_id: AssessmentId, name: str, content: bytes) -> None:
        if name == blob_names.MEASUREMENT:
            raise StorageFull("no room")
        super().put(assessment_id, name, content)


def test_a_full_disk_makes_the_assessment_wait_with_its_recording(desk: MakeDesk):
    one = desk(lambda _: GOOD)
    object.__setattr__(one.runner, "blobs", FullDisk(one.blobs.root))

    ended = one.run()

    assert (ended.status, ended.crashes) == (Status.QUEUED, 0)
    assert one.names == {"request.json", "video"}


def test_a_worker_that_is_asked_to_stop_hands_back_and_counts_no_crash(desk: MakeDesk):
    def asked_meanwhile(report: Report) -> Measurement:
        one.draining = True
        report(Progress(Stage.SCORING, 40))
        raise AssertionError("the report must have raised")

    one = desk(asked_meanwhile)

    ended = one.run()

    assert (ended.status, ended.attempt, ended.crashes) == (Status.QUEUED, 1, 0)
    assert one.names == {"request.json", "video"}


def test_only_a_queued_assessment_is_run(desk: MakeDesk):
    one = desk(lambda _: GOOD)
    one.run()

    one.run()

    assert one.measured == 1
    assert one.assessment.attempt == 1


def test_progress_reaches_the_record(desk: MakeDesk):
    seen: list[Progress] = []

    def measure(report: Report) -> Measurement:
        report(Progress(Stage.SCORING, 40))
        seen.append(one.assessment.progress)
        return GOOD

    one = desk(measure)
    one.run()

    assert seen == [Progress(Stage.SCORING, 40)]


def test_a_deleted_assessment_stops_its_worker_and_leaves_nothing(desk: MakeDesk):
    def deleted_meanwhile(report: Report) -> Measurement:
        one.records.erase(one.assessment)
        one.blobs.erase(one.waiting.id)
        report(Progress(Stage.SCORING, 40))
        raise AssertionError("the report must have raised")

    one = desk(deleted_meanwhile)
    one.runner.run(one.waiting.id)

    assert one.names == set()


def test_a_worker_given_up_for_dead_cannot_overwrite_its_successor(desk: MakeDesk, watch: Watch):
    def taken_back_and_claimed_again(_: Report) -> Measurement:
        first = one.assessment
        second = first.to(Status.QUEUED, at=watch(), crashed=True)
        one.records.save(second, was=first, look_again_s=30)
        third = second.to(Status.PROCESSING, at=watch())
        one.records.save(third, was=second, look_again_s=30)
        return GOOD

    one = desk(taken_back_and_claimed_again)
    one.run()

    assert one.assessment.step == (Status.PROCESSING, 2)
    assert "result.1.json" not in one.names
    assert one.records.outbox.events == {}


def test_a_withheld_result_succeeds_and_says_why(desk: MakeDesk):
    nobody = a_measurement(*(an_observation(i, Verdict.NO_FACE) for i in range(5)))
    one = desk(lambda _: nobody)

    ended = one.run()

    written = json.loads(one.blobs.get(one.waiting.id, "result.1.json") or b"")
    assert ended.outcome is Outcome.WITHHELD
    assert {reason["code"] for reason in written["withheld"]} == {"no_face"}


class Flaky(MemoryRecords):
    """Records whose store is away for the first few saves of an end."""

    away = 2

    def save(
        self,
        assessment: Assessment,
        *,
        was: Assessment,
        look_again_s: float,
        only_if_due: bool = False,
    ) -> None:
        if assessment.status.final and self.away:
            self.away -= 1
            raise StoreUnavailable("away")
        super().save(assessment, was=was, look_again_s=look_again_s, only_if_due=only_if_due)


def test_a_store_that_is_away_at_the_end_is_waited_for(desk: MakeDesk, watch: Watch):
    one = desk(lambda _: GOOD)
    flaky = Flaky(watch, stored=one.records.stored, watch=one.records.watch)
    one.records = flaky
    object.__setattr__(one.runner, "records", flaky)

    assert one.run().status is Status.SUCCEEDED


def test_a_worker_that_admits_nothing_leaves_the_assessment_queued_and_untouched(desk: MakeDesk):
    one = desk(lambda _: GOOD)
    one.runner = replace(one.runner, admit=lambda _: False)

    left = one.run()

    assert (left.status, left.attempt, one.measured) == (Status.QUEUED, 0, 0)
    assert blob_names.VIDEO in one.names


@dataclass(frozen=True, slots=True)
class SlowDisk(FolderBlobs):
    """Blobs whose writing of a measurement outlasts the lease."""

    meanwhile: Callable[[], None]

    def put(self, assessment_id: AssessmentId, name: str, content: bytes) -> None:
        FolderBlobs.put(self, assessment_id, name, content)
        if name == blob_names.MEASUREMENT:
            self.meanwhile()


def test_an_attempt_that_was_overtaken_leaves_the_recording_to_the_next(desk: MakeDesk):
    def taken_back_and_claimed() -> None:
        stored = one.assessment
        waiting = stored.to(Status.QUEUED, at=stored.updated_at, crashed=True)
        again = waiting.to(Status.PROCESSING, at=stored.updated_at)
        one.records.stored[stored.id] = again

    one = desk(lambda _: GOOD)
    one.runner = replace(one.runner, blobs=SlowDisk(one.blobs.root, taken_back_and_claimed))

    left = one.run()

    assert (left.status, left.attempt) == (Status.PROCESSING, 2)
    assert one.names == {"request.json", "video", "measurement.json"}


def test_bringing_and_measuring_share_the_time_of_one_attempt(
    desk: MakeDesk, monkeypatch: pytest.MonkeyPatch
):
    now_s = [0.0]
    clock = SimpleNamespace(monotonic=lambda: now_s[0])

    def measure(report: Report) -> Measurement:
        now_s[0] += 40
        report(Progress(Stage.SCORING, 50))
        return GOOD

    def bring(_: AssessmentId, request: AssessmentRequest, report: Report) -> AssessmentRequest:
        now_s[0] += 40
        report(Progress(Stage.FETCHING, 0))
        return request

    # Given an attempt that may take 60 s, and whose fetch and measuring take 40 s each:
    monkeypatch.setattr(runner_module, "time", clock)
    one = desk(measure)
    one.runner = replace(one.runner, bring=bring)

    ended = one.run()

    assert (ended.status, ended.fault) == (Status.FAILED, "attempt_timeout")
