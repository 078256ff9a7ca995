"""How a lane is built: one version of every network, its guard, and its own way to Triton.

manifests ─▶ Triton's scorer ─▶ pipeline, metered, behind the gates ─▶ way ─▶ lane
                        └────▶ examination by the golden clip ─▶ guard ──┘
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from assessment.aggregation import Aggregator
from assessment.manifest import Manifest
from assessment.repository import Repository
from assessment.thresholds import Thresholds
from worker.admitted import Admitted
from worker.calls import Calls
from worker.examination import Examination
from worker.golden import GoldenFaces
from worker.guard import Guard
from worker.inference import TritonScorer
from worker.lanes import Lane
from worker.metered import Metered
from worker.observed import Observed
from worker.pipeline import Pipeline
from worker.upright import UprightFaces
from worker.video import Limits
from worker.way import Compare, Way


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneBuilder:
    """Builds the lanes of one process from what they share.

    `golden` and `faces` are called when a lane needs them, so that a detector which cannot be
    loaded is a fault of the lane and not of the process.
    """

    triton_url: str
    golden: Callable[[], GoldenFaces]
    golden_every_s: float
    limits: Limits
    faces: Callable[[], UprightFaces]
    batch_faces: int
    thresholds: Thresholds
    aggregator: Callable[[Mapping[str, Manifest]], Aggregator]
    comparison: Callable[[Mapping[str, Manifest]], Compare]
    observed: Observed

    def lane(self, networks: Repository) -> Lane:
        """Return a lane of these networks; nothing is asked of Triton yet."""
        calls = Calls(self.observed.meters.called, self.observed.tracing)
        scorer = TritonScorer(self.triton_url, networks.sound, calls=calls)
        examine = Examination(networks, scorer, self.golden)
        every_s = self.golden_every_s
        guard = Guard(networks, scorer, examine, every_s=every_s, clock=time.monotonic)
        return Lane(networks, guard, self._way(networks.sound, scorer))

    def _way(self, manifests: Mapping[str, Manifest], scorer: TritonScorer) -> Way:
        aggregate = self.aggregator(manifests)
        pipeline = Pipeline(
            limits=self.limits,
            faces=self.faces(),
            scorer=scorer,
            manifests=manifests,
            batch_faces=self.batch_faces,
            thresholds=self.thresholds,
        )
        measure = Metered(pipeline, self.observed.meters.measured, self.observed.tracing)
        return Way(Admitted(measure, aggregate.gates), aggregate, self.comparison(manifests))
