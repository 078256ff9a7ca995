"""A calibration counts where its residuals can carry its level, and nowhere else."""

import json
from dataclasses import replace
from typing import Any

import pytest

from assessment.aggregation import Aggregator
from assessment.manifest import Manifest
from assessment.request import Analysis, AssessmentRequest
from tests.samples import a_manifest, a_measurement, an_observation, manifests


def calibrated(n: int, level: float) -> Manifest:
    document: dict[str, Any] = {
        **a_manifest("hmhn").document,
        "calibration": {
            "method": "split_conformal",
            "n": n,
            "level": level,
            "half_width": 9.0,
            "residuals": [float(i) for i in range(n)],
        },
    }
    return Manifest.parse(json.loads(json.dumps(document)))


@pytest.mark.parametrize(
    ("n", "level", "enough"),
    [(9, 0.9, True), (8, 0.9, False), (19, 0.95, True), (18, 0.95, False), (1, 0.5, True)],
)
def test_a_level_takes_so_many_residuals(n: int, level: float, *, enough: bool):
    # when: with fewer than level / (1 - level), no finite width covers that often
    manifest = calibrated(n, level)

    # then
    assert (manifest.calibration is not None) == enough


def test_too_few_residuals_give_a_point_without_interval_and_bands():
    # given
    served = {**manifests(), "hmhn": calibrated(8, 0.9)}
    rows = [an_observation(i) for i in range(10)]

    # when
    result = Aggregator(served, production=False, software="mien test")(
        a_measurement(*rows), AssessmentRequest()
    )

    # then
    assert result.severity is not None
    hmhn = result.severity[0]
    assert (hmhn.point, hmhn.interval, hmhn.bands, hmhn.band) == (20.0, None, None, None)


def test_in_production_too_few_residuals_withhold():
    # given weights that are validated in every other way
    licence = {"code": "MIT", "weights": "MIT", "commercial_use": True}
    whole = a_manifest("hmhn", demonstration=False, evidence=True)
    lacking = replace(calibrated(8, 0.9), demonstration=False, evidence=whole.evidence)
    request = AssessmentRequest(analyses=(Analysis.SEVERITY,), models=("hmhn",))
    rows = [an_observation(i) for i in range(10)]

    # when
    result = Aggregator({"hmhn": replace(lacking, licence=licence)}, production=True, software="x")(
        a_measurement(*rows), request
    )

    # then
    assert result.severity is None
    assert "severity" in {one.analysis for one in result.withheld}
