"""Fitting on a trunk's features: the line is scaled, bad frames lose weight, maps are read."""

import numpy as np
import pytest
import torch
from torch import nn

from networks.temporal_resnet50 import TemporalConfig, TemporalNetwork
from training.fit_clips import (
    ClipFeatures,
    ClipGround,
    fit_pooling,
    fit_temporal,
    pooled_scores,
    rescale,
    temporal_scores,
)
from training.heads import LinearHead

D = 64
LINE = LinearHead(np.eye(D)[0] * 5.0, 30.0, strength=0.0, error=1.0)  # reads the first feature


def make(count: int, seed: int) -> ClipFeatures:
    """Good frames say the label in feature 0; bad ones lie, and show it in feature 1."""
    random = np.random.default_rng(seed)
    labels = random.uniform(5.0, 58.0, count).astype(np.float32)
    faces = random.normal(0.0, 0.3, (count, 6, D)).astype(np.float32)
    maps = random.normal(0.0, 0.3, (count, D)).astype(np.float32)
    bad = random.uniform(size=(count, 6)) < 0.4
    bad[:, 0] = False
    faces[:, :, 0] += (labels[:, None] - 30.0) / 5.0
    faces[:, :, 0] = np.where(bad, 8.0, faces[:, :, 0])
    faces[:, :, 1] = np.where(bad, 6.0, 0.0)
    maps[:, 2] += (labels - 30.0) / 5.0
    return ClipFeatures(faces, bad, maps, labels, seed * 1000 + np.arange(count))


@pytest.fixture(scope="module")
def ground() -> ClipGround:
    return ClipGround(make(60, 0), make(30, 1), make(30, 2))


def rmse(predicted: np.ndarray, clips: ClipFeatures) -> float:
    return float(np.sqrt(np.mean((predicted - clips.labels) ** 2)))


def test_a_line_gets_a_slope_and_an_offset_of_its_own() -> None:
    # given labels that are twice as far from 10 as the line says
    features = np.random.default_rng(0).normal(size=(20, D)).astype(np.float32)
    said = features @ LINE.weights + LINE.bias

    # when
    scaled = rescale(LINE, features, (2.0 * said - 10.0).astype(np.float32))

    # then
    assert np.allclose(scaled.weights, 2.0 * LINE.weights, atol=1e-4)
    assert scaled.bias == pytest.approx(2.0 * 30.0 - 10.0, abs=1e-3)


def test_attention_learns_to_pass_over_the_bad_frames(ground: ClipGround) -> None:
    # when
    torch.manual_seed(0)
    ticks: list[tuple[int, int]] = []
    network = fit_pooling(ground.train, LINE, lambda done, total: ticks.append((done, total)))

    # then, on persons that it never saw
    held_out = ground.held_out
    mean = held_out.faces.mean(axis=1) @ LINE.weights + LINE.bias
    assert rmse(pooled_scores(network, held_out), held_out) < 0.8 * rmse(mean, held_out)
    with torch.inference_mode():
        weights = network(torch.from_numpy(held_out.faces), torch.ones(30, 6)).weights.numpy()
    assert weights[held_out.bad].mean() < weights[~held_out.bad].mean()
    assert ticks[-1][1] == 20
    assert 5 < ticks[-1][0] <= 20


def test_the_dynamic_stream_reads_the_maps_and_both_are_averaged(ground: ClipGround) -> None:
    # given a network whose heads take these features
    network = TemporalNetwork(TemporalConfig(trunk="resnet18"))
    for stream in (network.appearance, network.dynamic):
        stream.severity = nn.Linear(D, 1)

    # when
    fit_temporal(network, network.appearance.trunk, ground.train, LINE)

    # then
    held_out = ground.held_out
    constant = np.full_like(held_out.labels, ground.train.labels.mean())
    with torch.inference_mode():
        moved = network.dynamic.severity(torch.from_numpy(held_out.maps)).squeeze(1) * 63.0
    assert rmse(moved.numpy(), held_out) < 0.5 * rmse(constant, held_out)
    assert rmse(temporal_scores(network, held_out), held_out) < 0.5 * rmse(constant, held_out)


def test_the_evaluation_is_over_held_out_clips_and_calibrated_on_others(
    ground: ClipGround,
) -> None:
    # when
    found = ground.weigh(lambda clips: clips.labels + np.float32(1.0))

    # then
    assert found.evidence["n"] == 30
    assert found.evidence["unit"] == "clip"
    assert found.evidence["rmse"]["value"] == pytest.approx(1.0, abs=1e-3)
    assert found.calibration is not None
    assert found.calibration["n"] == 30
    assert found.calibration["half_width"] == pytest.approx(1.0, abs=1e-3)
