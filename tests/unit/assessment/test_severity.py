import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.severity import band, bands, estimate
from tests.samples import a_manifest, a_measurement, an_observation


def test_the_video_score_is_the_mean_of_the_frame_scores():
    rows = [an_observation(i, score=score) for i, score in enumerate((10.0, 20.0, 30.0))]

    found = estimate(a_measurement(*rows), a_manifest("hmhn"))

    assert found.point == 20.0
    assert found.interval is not None
    assert (found.interval.low, found.interval.high, found.interval.n) == (11.0, 29.0, 41)


def test_without_calibration_there_is_no_interval_and_no_band():
    found = estimate(a_measurement(an_observation(0)), a_manifest("hmhn", calibrated=False))

    assert (found.interval, found.bands) == (None, None)


@pytest.mark.parametrize(
    ("score", "name"),
    [(0, "minimal"), (13.4, "minimal"), (14, "mild"), (20, "moderate"), (29, "severe")],
)
def test_bands_are_those_of_the_bdi(score: float, name: str):
    assert band(score) == name


@given(
    st.floats(0, 63),
    st.lists(st.floats(-63, 63), min_size=1, max_size=50).map(tuple),
)
def test_band_probabilities_sum_to_one(point: float, residuals: tuple[float, ...]):
    assert sum(bands(point, residuals).values()) == pytest.approx(1, abs=1e-3)


@given(st.floats(-100, 200))
def test_the_interval_stays_on_the_scale(score: float):
    found = estimate(a_measurement(an_observation(0, score=score)), a_manifest("hmhn"))

    assert found.interval is not None
    assert 0 <= found.interval.low <= found.point <= found.interval.high <= 63
