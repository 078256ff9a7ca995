"""Several people in a recording: when they withhold, and when they merely pass."""

from dataclasses import replace

import pytest

from assessment.measurement import Measurement
from assessment.request import Analysis, AssessmentRequest, Select, Subject
from assessment.withholding import of_the_recording
from tests.samples import a_measurement, an_observation


def codes(measurement: Measurement, select: Select = Select.ONLY) -> set[str]:
    """Return why severity is withheld."""
    region = (0.0, 0.0, 1.0, 1.0) if select is Select.REGION else None
    request = AssessmentRequest(subject=Subject(select, region))
    reason = of_the_recording(Analysis.SEVERITY, measurement, request)
    return {reason.code} if reason else set()


def recorded(company_ms: int | None, pairs: int) -> Measurement:
    """Return ten samples, two faces in the first `pairs` of them."""
    rows = [an_observation(i, faces=2 if i < pairs else 1) for i in range(10)]
    return replace(a_measurement(*rows), company_ms=company_ms)


@pytest.mark.parametrize(
    ("company_ms", "pairs", "expected"),
    [
        (0, 0, set[str]()),
        (999, 10, set[str]()),  # many who pass, each for a moment
        (1000, 3, {"multiple_people"}),
        (None, 2, set[str]()),  # measured by an earlier version
        (None, 3, {"multiple_people"}),
    ],
)
def test_company_of_a_second_withholds(
    company_ms: int | None, pairs: int, expected: set[str]
) -> None:
    assert codes(recorded(company_ms, pairs)) == expected


@pytest.mark.parametrize("select", [Select.LARGEST, Select.REGION])
def test_a_rule_takes_company_along(select: Select) -> None:
    assert codes(recorded(4000, 10), select) == set()


def test_in_a_picture_a_second_face_is_company_at_once() -> None:
    shown = recorded(0, 10)
    picture = replace(
        shown,
        media=replace(shown.media, container="jpeg", sample_interval_ms=0.0),
        observations=shown.observations[:1],
    )

    assert codes(picture) == {"multiple_people"}


def test_a_measurement_of_an_earlier_version_is_read() -> None:
    content = recorded(1200, 3).to_json()
    earlier = content.replace(b', "company_ms": 1200', b"").replace(b', "thresholds": null', b"")
    assert len(earlier) < len(content)

    assert Measurement.from_json(content).company_ms == 1200
    assert Measurement.from_json(earlier).company_ms is None
    assert Measurement.from_json(earlier).thresholds is None
