"""Metrics worked by hand, and a calibration that covers."""

import numpy as np
import pytest

from training.evidence import ClipScores, by_clip, calibration, ccc, evidence, mae, rmse


def scores(predicted: list[float], true: list[float]) -> ClipScores:
    return ClipScores(np.array(predicted), np.array(true))


def test_a_clips_score_is_the_mean_over_its_frames() -> None:
    # when
    found = by_clip(
        np.array([1.0, 3.0, 10.0], np.float32),
        np.array([5.0, 5.0, 9.0], np.float32),
        np.array([4, 4, 7]),
    )

    # then
    assert found.predicted.tolist() == [2.0, 10.0]
    assert found.true.tolist() == [5.0, 9.0]


def test_errors_are_what_their_names_say() -> None:
    predicted, true = np.array([1.0, 5.0]), np.array([4.0, 1.0])

    assert rmse(predicted, true) == pytest.approx(np.sqrt(12.5))
    assert mae(predicted, true) == pytest.approx(3.5)


def test_concordance_is_one_for_the_truth_and_zero_for_a_constant() -> None:
    true = np.array([1.0, 5.0, 9.0])

    assert ccc(true, true) == pytest.approx(1.0)
    assert ccc(np.full(3, 5.0), true) == 0.0
    assert ccc(np.full(3, 5.0), np.full(3, 5.0)) == 0.0
    assert ccc(true + 4.0, true) < 1.0


def test_evidence_states_its_unit_its_size_and_an_interval_that_holds_the_value() -> None:
    # given
    random = np.random.default_rng(0)
    true = random.uniform(0.0, 63.0, 40)
    found = ClipScores(true + random.normal(0.0, 5.0, 40), true)

    # when
    stated = evidence(found, train_mean=30.0)

    # then
    assert (stated["unit"], stated["n"]) == ("clip", 40)
    for name in ("rmse", "mae", "ccc"):
        assert stated[name]["low"] <= stated[name]["value"] <= stated[name]["high"]
    assert stated["constant_rmse"] == pytest.approx(rmse(np.full(40, 30.0), true), abs=1e-3)


def test_residuals_are_truth_minus_estimate_in_order() -> None:
    # when
    found = calibration(scores([10.0, 20.0, 30.0], [12.0, 15.0, 30.0]))

    # then
    assert found["residuals"] == [-5.0, 0.0, 2.0]
    assert found["half_width"] == 5.0


def test_the_half_width_covers_new_clips_as_often_as_it_says() -> None:
    # given
    random = np.random.default_rng(0)
    covered = []
    for _ in range(200):
        errors = random.normal(0.0, 4.0, 61)
        half = calibration(ClipScores(np.zeros(60), errors[:60]))["half_width"]
        covered.append(abs(errors[60]) <= half)

    # then
    assert np.mean(covered) > 0.85


def test_many_residuals_are_thinned_but_keep_both_ends() -> None:
    # given
    errors = np.linspace(-30.0, 30.0, 501)

    # when
    kept = calibration(ClipScores(np.zeros(501), errors))["residuals"]

    # then
    assert len(kept) == 200
    assert (kept[0], kept[-1]) == (-30.0, 30.0)
    assert kept == sorted(kept)
