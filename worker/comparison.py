"""The earlier assessment that a request compares with, as far as it can still be read.

    request.baseline ─▶ record (same tenant, ended) ─▶ its result ─▶ change of each estimate

The service has checked that it exists and carries the same reference. It may have been erased
since, which is no reason to fail: the result then says why it states no change.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from assessment.assessment import Assessment, AssessmentId, Status
from assessment.blob_names import result_name
from assessment.change import Baseline, NoChange, compared
from assessment.faults import Gone, NotFound
from assessment.manifest import Manifest
from assessment.ports import Blobs, Clock, Records
from assessment.request import AssessmentRequest
from assessment.result import Result


@dataclass(frozen=True, slots=True)
class Comparison:
    """States how results differ from their baselines; may raise `StoreUnavailable`."""

    records: Records
    blobs: Blobs
    clock: Clock
    manifests: Mapping[str, Manifest]

    def __call__(self, claimed: Assessment, request: AssessmentRequest, result: Result) -> Result:
        """Return the result, with its change where a baseline was asked for."""
        if request.baseline is None or not result.severity:
            return result
        return compared(result, self._found(claimed, request.baseline), self.manifests)

    def _found(self, claimed: Assessment, baseline_id: AssessmentId) -> Baseline | NoChange:
        try:
            baseline = self.records.get(baseline_id)
        except (Gone, NotFound):
            return NoChange.ERASED
        if baseline.tenant != claimed.tenant or baseline.outlived(self.clock()):
            return NoChange.ERASED
        if not baseline.status.final:
            return NoChange.NOT_FINISHED
        if baseline.status is not Status.SUCCEEDED:
            return NoChange.WITHOUT_RESULT
        content = self.blobs.get(baseline_id, result_name(baseline.attempt))
        # A deletion takes the record first; without it, this one came a moment too late.
        return Baseline(baseline_id, json.loads(content)) if content else NoChange.ERASED


def uncompared(_claimed: Assessment, _request: AssessmentRequest, result: Result) -> Result:
    """Return the result as it is: what a runner does that reads no other assessments."""
    return result
