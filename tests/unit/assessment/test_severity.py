import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.manifest import Calibration
from assessment.severity import band, bands, estimate, interval, likeliest
from tests.samples import a_manifest, a_measurement, an_observation

SHARES = st.lists(st.integers(0, 100), min_size=4, max_size=4).filter(any)


def test_the_video_score_is_the_mean_of_the_frame_scores():
    rows = [an_observation(i, score=score) for i, score in enumerate((10.0, 20.0, 30.0))]

    found = estimate(a_measurement(*rows), a_manifest("hmhn"))

    assert found.point == 20.0
    assert found.interval is not None
    assert (found.interval.low, found.interval.high, found.interval.n) == (11.0, 29.0, 41)


def test_without_calibration_there_is_no_interval_and_no_band():
    found = estimate(a_measurement(an_observation(0)), a_manifest("hmhn", calibrated=False))

    assert (found.interval, found.bands, found.band) == (None, None, None)


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


@given(st.floats(0, 63), st.floats(0, 63), st.floats(0, 63))
def test_an_interval_holds_its_point_and_grows_with_its_half_width(
    point: float, one: float, other: float
):
    # given
    narrow, wide = sorted((one, other))

    # when
    inner, outer = (
        interval(point, Calibration("split_conformal", 41, 0.9, width, ()))
        for width in (narrow, wide)
    )

    # then, to the hundredth that is served
    assert 0 <= outer.low <= inner.low <= point + 0.005
    assert point - 0.005 <= inner.high <= outer.high <= 63


@pytest.mark.parametrize(
    ("shares", "name"),
    [
        ((0.55, 0.45, 0.0, 0.0), None),
        ((0.56, 0.44, 0.0, 0.0), "minimal"),
        ((0.10, 0.45, 0.35, 0.10), None),
        ((0.10, 0.4501, 0.35, 0.0999), "mild"),
        ((0.0, 0.0, 0.3, 0.7), "severe"),
        ((0.25, 0.25, 0.25, 0.25), None),
    ],
)
def test_a_band_is_named_only_where_it_is_clearly_the_likeliest(
    shares: tuple[float, ...], name: str | None
):
    assert likeliest(dict(zip(("minimal", "mild", "moderate", "severe"), shares, strict=True))) == (
        name
    )


@given(SHARES)
def test_a_named_band_is_likelier_than_every_other_by_more_than_the_margin(counts: list[int]):
    # given
    names = ("minimal", "mild", "moderate", "severe")
    shares = {name: count / sum(counts) for name, count in zip(names, counts, strict=True)}

    # when
    named = likeliest(shares)

    # then
    first, second = sorted(shares.values(), reverse=True)[:2]
    assert (named is None) == (round(first - second, 4) <= 0.10)
    if named is not None:
        assert shares[named] == first


def test_an_estimate_names_the_band_that_its_probabilities_name():
    # given calibration residuals of at most 10 either way
    low, between = (
        estimate(a_measurement(an_observation(0, score=score)), a_manifest("hmhn"))
        for score in (2.0, 24.0)
    )

    # then
    assert low.band == "minimal"
    assert between.band is not None
    assert between.bands is not None
    assert between.bands[between.band] == max(between.bands.values())
