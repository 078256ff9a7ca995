"""The real runner and sweeper around one assessment of the sandbox."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from adapters.blobs import FolderBlobs
from adapters.memory import MemoryQueue, MemoryRecords
from assessment import blob_names
from assessment.access import sandbox_of
from assessment.aggregation import Aggregator
from assessment.assessment import Assessment, Status, Tenant
from assessment.manifest import Manifest
from assessment.measurement import Measurement
from assessment.request import AssessmentRequest
from tests.conftest import Watch
from tests.samples import all_manifests, an_assessment
from worker.runner import Report, Runner
from worker.sandboxed import Sandboxed
from worker.sweeper import Sweeper

LIVE = Tenant("clinic")


class House:
    """A runner and a sweeper over one assessment of a tenant; live measuring is an error."""

    def __init__(self, folder: Path, watch: Watch) -> None:
        self.watch = watch
        self.records, self.blobs, self.queue = (
            MemoryRecords(watch),
            FolderBlobs(folder),
            MemoryQueue(),
        )
        self.blobs.prepare()
        self.paused_s = 0.0
        self.percents: list[int] = []
        self.cancel_after_s = float("inf")
        self.live_measured = 0

    def send(self, reference: str | None, tenant: Tenant | None = None, **asked: Any) -> Assessment:
        """Store an assessment and its request."""
        waiting = replace(an_assessment(), tenant=tenant or sandbox_of(LIVE))
        request = AssessmentRequest(reference=reference, **asked)
        self.records.add(waiting, look_again_s=30)
        self.blobs.put(waiting.id, blob_names.REQUEST, request.to_json())
        self.blobs.put(waiting.id, blob_names.VIDEO, b"a recording")
        return waiting

    def play(self, reference: str | None, tenant: Tenant | None = None, **asked: Any) -> Assessment:
        """Run the assessment until it has ended."""
        waiting = self.send(reference, tenant, **asked)
        runner, sweeper = self.runner(), self.sweeper()
        for _ in range(10):
            runner.run(waiting.id)
            current = self.records.get(waiting.id)
            if current.status.final:
                sweeper.erase_leftovers()
                return current
            sweeper.sweep()
        return self.records.get(waiting.id)

    def runner(self, manifests: dict[str, Manifest] | None = None) -> Runner:
        served = manifests or all_manifests()
        return Runner(
            records=self.records,
            blobs=self.blobs,
            measure=self._measure_live,
            aggregate=Aggregator(served, production=False, software="mien test"),
            sandbox=Sandboxed(served, "mien test", self._pause),
            clock=self.watch,
            lease_s=30,
            attempt_limit_s=60,
            draining=lambda: False,
        )

    def sweeper(self) -> Sweeper:
        return Sweeper(
            records=self.records,
            blobs=self.blobs,
            queue=self.queue,
            clock=self.watch,
            requeue_s=30,
            max_crashes=3,
            clear_staging=lambda: 0,
            erase_uploads=lambda: 0,
        )

    def _pause(self, seconds: float) -> None:
        self.paused_s += seconds
        (current,) = self.records.stored.values()
        self.percents.append(current.progress.percent)
        if self.paused_s > self.cancel_after_s:
            canceled = current.to(Status.CANCELED, at=self.watch())
            self.records.save(canceled, was=current, look_again_s=0)

    def _measure_live(self, _: Path, __: AssessmentRequest, ___: Report) -> Measurement:
        self.live_measured += 1
        raise ZeroDivisionError("a live tenant's recording was measured")

    def result(self, ended: Assessment) -> dict[str, Any]:
        written = self.blobs.get(ended.id, blob_names.result_name(ended.attempt))
        assert written is not None
        return json.loads(written)

    def names(self, ended: Assessment) -> set[str]:
        return {path.name for path in (self.blobs.root / "blobs" / ended.id).iterdir()}
