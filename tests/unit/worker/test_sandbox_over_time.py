"""What the sandbox makes up of time: segments, expressivity, movement."""

from typing import Any

import pytest

from assessment.request import AssessmentRequest, Sampling
from assessment.result import Result
from tests.samples import all_manifests
from worker.sandboxed import Sandboxed

SANDBOX = Sandboxed(all_manifests(), "mien test", lambda _: None)


def concluded(reference: str, **asked: Any) -> Result:
    request = AssessmentRequest(reference=reference, video_sha256="ab" * 32, **asked)
    measured = SANDBOX.measure(None, request, lambda _: None)  # type: ignore[arg-type]
    return SANDBOX.conclude(measured, request)


@pytest.mark.parametrize("every_ms", [40, 400, 2000])
def test_a_report_tells_them_at_every_sampling(every_ms: int):
    result = concluded("sandbox/reported", sampling=Sampling(every_ms=every_ms))

    assert result.expressivity is not None
    assert result.movement is not None
    assert result.expression is not None
    assert result.expression.segments != ()
    (said,) = result.expressivity
    assert sum(said.share.values()) + said.uncertain == pytest.approx(1.0, abs=1e-3)
    assert 0 < result.movement.still < 1 or every_ms > 400


@pytest.mark.parametrize("code", ["no_face", "multiple_people", "usable_face_time_short"])
def test_what_is_withheld_has_neither(code: str):
    result = concluded(f"sandbox/withheld/{code}")

    assert (result.expressivity, result.movement) == (None, None)
