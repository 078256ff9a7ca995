"""A recording that the request points to: brought once, checked, and stopped when unwanted."""

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.blobs import FolderBlobs
from adapters.fetch import Stopped
from adapters.memory import MemoryRecords
from assessment import blob_names
from assessment.aggregation import Aggregator
from assessment.assessment import Progress, Stage, Status
from assessment.faults import Fault, Stale, StorageFull
from assessment.measurement import Measurement
from assessment.recording import Recording
from assessment.recording_faults import DigestMismatch, NotAVideo, SourceNotFetched, TooLarge
from assessment.request import AssessmentRequest, Source
from tests.conftest import Watch
from tests.samples import a_measurement, an_assessment, an_id, an_observation, manifests
from worker.runner import Report, Runner
from worker.sandboxed import Sandboxed
from worker.source import BEAT_S, Sources

RECORDING = b"a recording"
SHA256 = hashlib.sha256(RECORDING).hexdigest()
REQUEST = AssessmentRequest(source=Source(url="https://example.org/a.mp4"))
ID = an_id()


class Site:
    """Fetches what it is told, and counts."""

    def __init__(self, staging: Path) -> None:
        self.staging = staging
        self.asked: list[str] = []
        self.fault: Fault | None = None
        self.takes_s = 0.0
        self.stopped = threading.Event()

    def __call__(self, url: str, stop: threading.Event) -> Recording:
        self.asked.append(url)
        if stop.wait(self.takes_s):
            self.stopped.set()
            raise Stopped
        if self.fault is not None:
            raise self.fault
        path = self.staging / f"fetched{len(self.asked)}"
        path.write_bytes(RECORDING)
        return Recording(path, SHA256, len(RECORDING))


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    store = FolderBlobs(tmp_path)
    store.prepare()
    return store


@pytest.fixture
def site(blobs: FolderBlobs) -> Site:
    return Site(blobs.staging)


def silent(_: Progress) -> None:
    """Want the work."""


def test_a_recording_is_brought_and_noted_in_the_request(blobs: FolderBlobs, site: Site):
    reports: list[Progress] = []

    brought = Sources(blobs, site)(ID, REQUEST, reports.append)

    assert (brought.video_sha256, brought.video_bytes) == (SHA256, len(RECORDING))
    assert blobs.get(ID, blob_names.VIDEO) == RECORDING
    kept = blobs.get(ID, blob_names.REQUEST)
    assert kept is not None
    assert AssessmentRequest.from_json(kept) == brought
    assert set(reports) == {Progress(Stage.FETCHING, 0)}
    assert list(blobs.staging.iterdir()) == []


@pytest.mark.parametrize("name", [blob_names.VIDEO, blob_names.MEASUREMENT])
def test_what_an_earlier_attempt_brought_is_not_brought_again(
    blobs: FolderBlobs, site: Site, name: str
):
    blobs.put(ID, name, b"of the first attempt")

    assert Sources(blobs, site)(ID, REQUEST, silent) == REQUEST
    assert site.asked == []


@pytest.mark.parametrize("source", [None, Source(upload_id="upl_" + "0" * 32)])
def test_a_recording_that_came_with_its_request_is_left_alone(
    blobs: FolderBlobs, site: Site, source: Source | None
):
    request = replace(REQUEST, source=source)

    assert Sources(blobs, site)(ID, request, silent) is request
    assert site.asked == []


def test_the_announced_recording_is_taken_and_another_is_not(blobs: FolderBlobs, site: Site):
    sources = Sources(blobs, site)

    with pytest.raises(DigestMismatch):
        sources(ID, replace(REQUEST, sha256="0" * 64), silent)
    assert blobs.stored() == []
    assert list(blobs.staging.iterdir()) == []
    assert sources(ID, replace(REQUEST, sha256=SHA256), silent).video_sha256 == SHA256


def test_a_fetch_that_nobody_wants_any_more_is_stopped_within_two_seconds(
    blobs: FolderBlobs, site: Site
):
    site.takes_s = 200.0
    began = time.monotonic()

    def canceled(_: Progress) -> None:
        if site.asked:
            raise Stale

    with pytest.raises(Stale):
        Sources(blobs, site)(ID, REQUEST, canceled)

    # It asks so often, and stops at the first answer; the rest is for a busy machine.
    assert BEAT_S <= 1.0
    assert time.monotonic() - began < 30
    assert site.stopped.wait(30)
    assert blobs.stored() == []


def test_one_that_was_canceled_as_the_last_byte_came_is_not_stored(blobs: FolderBlobs, site: Site):
    def canceled(_: Progress) -> None:
        if site.asked:
            raise Stale

    with pytest.raises(Stale):
        Sources(blobs, site)(ID, REQUEST, canceled)

    assert blobs.stored() == []


def test_one_whose_last_byte_came_as_it_was_stopped_leaves_nothing(
    blobs: FolderBlobs, tmp_path: Path
):
    staged, asked = tmp_path / "staged", list[Progress]()

    def fetch(_: str, stop: threading.Event) -> Recording:
        assert stop.wait(30)
        staged.write_bytes(RECORDING)
        return Recording(staged, SHA256, len(RECORDING))

    def canceled(progress: Progress) -> None:
        asked.append(progress)
        if len(asked) > 1:
            raise Stale

    with pytest.raises(Stale):
        Sources(blobs, fetch)(ID, REQUEST, canceled)

    for thread in (one for one in threading.enumerate() if one.name.startswith("fetch")):
        thread.join(30)
    assert not staged.exists()


def test_a_disk_that_is_full_at_the_end_leaves_nothing_in_staging(blobs: FolderBlobs, site: Site):
    class Full(FolderBlobs):
        def put(self, assessment_id: str, name: str, content: bytes) -> None:
            raise StorageFull

    with pytest.raises(StorageFull):
        Sources(Full(blobs.root), site)(ID, REQUEST, silent)
    assert list(blobs.staging.iterdir()) == []


GOOD = a_measurement(*(an_observation(i) for i in range(10)))
MakeRunner = Callable[[], tuple[Runner, MemoryRecords]]


@pytest.fixture
def waiting(blobs: FolderBlobs, site: Site, watch: Watch) -> MakeRunner:
    def make() -> tuple[Runner, MemoryRecords]:
        records = MemoryRecords(watch)
        records.add(an_assessment(), look_again_s=30)
        blobs.put(ID, blob_names.REQUEST, REQUEST.to_json())
        runner = Runner(
            records=records,
            blobs=blobs,
            measure=measure,
            aggregate=Aggregator(manifests(), production=False, software="mien test"),
            sandbox=Sandboxed(manifests(), "mien test"),
            clock=watch,
            lease_s=30,
            attempt_limit_s=60,
            draining=lambda: False,
            bring=Sources(blobs, site),
        )
        return runner, records

    return make


def measure(video: Path, request: AssessmentRequest, _: Report) -> Measurement:
    assert video.read_bytes() == RECORDING
    assert request.video_sha256 == SHA256
    return GOOD


def test_a_fetched_recording_is_assessed_and_erased(waiting: MakeRunner, blobs: FolderBlobs):
    runner, records = waiting()

    runner.run(ID)

    assert records.get(ID).status is Status.SUCCEEDED
    names = {path.name for path in (blobs.root / "blobs" / ID).iterdir()}
    assert names == {"request.json", "result.1.json", "timeline.1.jsonl"}
    assert SHA256.encode() in (blobs.get(ID, "result.1.json") or b"")


@pytest.mark.parametrize(
    "fault",
    [SourceNotFetched("status 404"), TooLarge("too large", limit_bytes=1), NotAVideo()],
    ids=["not-fetched", "too-large", "no-recording"],
)
def test_what_cannot_be_brought_ends_the_assessment_with_its_reason(
    waiting: MakeRunner, site: Site, blobs: FolderBlobs, fault: Fault
):
    site.fault = fault
    runner, records = waiting()

    runner.run(ID)

    ended = records.get(ID)
    assert (ended.status, ended.fault) == (Status.FAILED, fault.code)
    assert blobs.path(ID, blob_names.VIDEO) is None


def test_a_full_disk_is_waited_for(waiting: MakeRunner, site: Site):
    site.fault = StorageFull()
    runner, records = waiting()

    runner.run(ID)
    assert records.get(ID).status is Status.QUEUED
    site.fault = None
    runner.run(ID)

    assert records.get(ID).status is Status.SUCCEEDED
