"""Work stops within two seconds when its assessment was canceled, deleted or has expired."""

import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.blobs import FolderBlobs
from adapters.memory import MemoryQueue, MemoryRecords
from assessment import blob_names
from assessment.aggregation import Aggregator
from assessment.assessment import Assessment, Status
from assessment.faults import Gone
from assessment.request import AssessmentRequest, Sampling
from assessment.stopper import Stopper
from tests.conftest import Watch
from tests.media.recordings import counted, record
from tests.samples import all_manifests, an_assessment
from tests.unit.worker.test_decoder_process import decoders
from tests.unit.worker.test_pipeline import LENIENT, PaintedFaces
from worker.answers import Rows, Scores
from worker.decoder_process import SLICE_S
from worker.heartbeat import EVERY_S
from worker.pipeline import Pipeline
from worker.runner import Runner
from worker.sandboxed import Sandboxed
from worker.sweeper import Sweeper
from worker.video import Limits, Pixels

STOPS_WITHIN_S = 2.0
"""Of the worker's own waiting; a busy machine may add to it."""
PATIENCE_S = 30.0
LONG_S = 120.0


@dataclass
class Endless:
    """Scores that do not come; how long they were waited for at a time is noted."""

    canceled: bool = False
    waits_s: list[float] = field(default_factory=list[float])
    awaited: threading.Event = field(default_factory=threading.Event)

    def submit(self, faces: Pixels, networks: Sequence[str]) -> "Endless":
        return self

    def submit_rows(self, network: str, rows: Rows) -> "Endless":
        return self

    def wait(self, seconds: float) -> bool:
        self.waits_s.append(seconds)
        self.awaited.set()
        time.sleep(seconds)
        return False

    def scores(self) -> dict[str, Scores]:
        raise AssertionError("nobody waits for these")

    def cancel(self) -> None:
        self.canceled = True


class Bench:
    """A runner at work in a thread on a real recording, which a real process decodes."""

    def __init__(self, folder: Path, watch: Watch) -> None:
        self.clock, self.scorer = watch, Endless()
        self.records, self.blobs = MemoryRecords(watch), FolderBlobs(folder)
        self.blobs.prepare()
        self.one = replace(an_assessment(), expires_at=watch() + timedelta(hours=1))
        self.stopper = Stopper(self.records, self.blobs, watch)
        self.records.add(self.one, look_again_s=30)
        request = AssessmentRequest(sampling=Sampling(every_ms=None, every_n_frames=1))
        self.blobs.put(self.one.id, blob_names.REQUEST, request.to_json())
        video = record(folder / "staging" / "video.mp4", counted(60))
        self.blobs.adopt(self.one.id, blob_names.VIDEO, video)
        manifests = all_manifests()
        self.runner = Runner(
            records=self.records,
            blobs=self.blobs,
            measure=Pipeline(
                Limits(silence_seconds=LONG_S), PaintedFaces(), self.scorer, manifests, 4, LENIENT
            ),
            aggregate=Aggregator(manifests, production=False, software="mien test"),
            sandbox=Sandboxed(manifests, "mien test"),
            clock=watch,
            lease_s=30,
            attempt_limit_s=LONG_S,
            draining=lambda: False,
        )
        self.thread = threading.Thread(target=self.runner.run, args=(self.one.id,), daemon=True)

    def begin(self) -> None:
        """Start, and come back when the worker is in the middle of it."""
        self.thread.start()
        end = time.monotonic() + PATIENCE_S
        while not decoders():
            assert time.monotonic() < end
            time.sleep(0.02)

    def now(self) -> Assessment:
        return self.records.get(self.one.id)

    def stopped(self) -> bool:
        """Wait until the work ends; return whether it does, long before its own limits."""
        self.thread.join(PATIENCE_S)
        return not self.thread.is_alive()

    @property
    def names(self) -> set[str]:
        folder = self.blobs.root / "blobs" / self.one.id
        return {path.name for path in folder.iterdir()} if folder.exists() else set()


@pytest.fixture
def bench(tmp_path: Path, watch: Watch) -> Bench:
    return Bench(tmp_path, watch)


def cancel(bench: Bench) -> None:
    bench.stopper.cancel(bench.now())


def expire(bench: Bench) -> None:
    bench.stopper.expire(bench.now())


def delete(bench: Bench) -> None:
    bench.records.erase(bench.now())
    bench.blobs.erase(bench.one.id)


@pytest.mark.parametrize(
    ("end", "status", "left"),
    [
        (cancel, Status.CANCELED, {"request.json"}),
        (expire, Status.EXPIRED, {"request.json"}),
        (delete, None, set()),
    ],
)
def test_a_worker_that_waits_for_a_network_stops(
    bench: Bench, end: Callable[[Bench], None], status: Status | None, left: set[str]
):
    bench.begin()
    assert bench.scorer.awaited.wait(PATIENCE_S)

    end(bench)
    begun = len(bench.scorer.waits_s) - 1

    assert bench.stopped()
    assert sum(bench.scorer.waits_s[begun:]) < STOPS_WITHIN_S
    assert bench.scorer.canceled
    assert decoders() == []
    assert bench.names == left
    assert list(bench.blobs.staging.iterdir()) == []
    assert (status is None) == _gone(bench)
    assert status is None or bench.now().status is status


def test_a_worker_that_waits_for_a_decoder_stops_and_ends_the_decoder(bench: Bench):
    bench.begin()
    (decoder,) = decoders()
    os.kill(decoder, signal.SIGSTOP)

    cancel(bench)

    assert bench.stopped()
    assert EVERY_S + SLICE_S < STOPS_WITHIN_S
    assert decoders() == []
    assert bench.names == {"request.json"}


def test_an_assessment_past_its_deadline_is_not_begun(bench: Bench, watch: Watch):
    watch.go_on(3600)

    bench.runner.run(bench.one.id)

    ended = bench.now()
    assert (ended.status, ended.fault, ended.attempt) == (Status.EXPIRED, "deadline_passed", 0)
    assert bench.names == {"request.json"}


def test_what_a_dead_worker_left_of_a_canceled_assessment_is_swept(bench: Bench, watch: Watch):
    running = bench.now().to(Status.PROCESSING, at=watch())
    bench.records.save(running, was=bench.now(), look_again_s=30)
    cancel(bench)
    for name in ("video", "measurement.json", "result.1.json", "timeline.1.jsonl"):
        bench.blobs.put(bench.one.id, name, b"faces")

    Sweeper(
        records=bench.records,
        blobs=bench.blobs,
        queue=MemoryQueue(),
        clock=watch,
        requeue_s=30,
        max_crashes=3,
        clear_staging=lambda: 0,
        erase_uploads=lambda: 0,
    ).erase_leftovers()

    assert bench.names == {"request.json"}


def _gone(bench: Bench) -> bool:
    try:
        bench.now()
    except Gone:
        return True
    return False
