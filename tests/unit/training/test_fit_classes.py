"""Fitting expressions on shared trunks: folding, SCN's heads, and the two streams' unit."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from networks.resnet import resnet18_trunk
from networks.scn import Scn
from networks.serving_sequences import ServedTwoStream
from networks.two_stream import TwoStream, TwoStreamConfig
from training.evaluation.units import Unit
from training.examples import Examples
from training.fit_classes import Standard, fit_head, weigh
from training.fit_scn import fit_scn, spoiled
from training.fit_two_stream import (
    Maps,
    fit_two_stream,
    fused,
    last_maps,
    last_unit,
    share_streams,
)


def random_tensor(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def classes_in(features: Tensor, labels: Tensor, gap: float = 3.0) -> Tensor:
    """Features that say their class, one by one."""
    told = features.clone()
    told[torch.arange(len(labels)), labels] += gap
    return told


def test_a_folded_layer_says_of_plain_features_what_it_said_of_standard_ones() -> None:
    # given features of which one never moves
    features = random_tensor(30, 5) * torch.tensor([1.0, 10.0, 0.1, 3.0, 0.0]) + 7.0
    standard, layer = Standard.of(features), nn.Linear(5, 2)

    # when
    with torch.inference_mode():
        expected = layer(standard(features))
    standard.fold(layer)

    # then
    with torch.inference_mode():
        assert torch.allclose(layer(features), expected, atol=1e-4)
    assert layer.weight[:, 4].tolist() == [0.0, 0.0]


def test_a_head_learns_the_classes() -> None:
    # given
    labels = torch.arange(70) % 7
    head, features = nn.Linear(20, 7), classes_in(random_tensor(70, 20), labels)

    # when
    fit_head(head, features, labels)

    # then on others
    others = classes_in(random_tensor(70, 20, seed=1), labels)
    assert float((head(others).argmax(dim=1) == labels).float().mean()) > 0.8


def test_scn_learns_the_classes_and_distrusts_what_says_nothing() -> None:
    # given every seventh row shows nothing of its class, which its last feature gives away
    torch.manual_seed(0)
    count, dimensions = 420, 16
    empty = torch.arange(count) % 7 == 0
    labels = random_tensor(count, seed=5).argsort() % 7

    def draw(seed: int) -> Tensor:
        features = torch.zeros(count, 512)  # what never moves is silenced
        plain = random_tensor(count, dimensions, seed=seed)
        told = torch.where(empty.unsqueeze(1), plain, classes_in(plain, labels, gap=5.0))
        told[:, -1] += 5.0 * empty
        features[:, :dimensions] = told
        return features

    network = Scn().eval()

    # when
    fit_scn(network, draw(0), labels)

    # then on others
    with torch.inference_mode():
        output = network.judge(draw(1))
    right = output.logits.argmax(dim=1) == labels
    assert float(right[~empty].float().mean()) > 0.9
    assert float(output.importance[empty].mean()) < float(output.importance[~empty].mean())


def test_a_seventh_of_the_faces_is_spoiled_and_the_originals_stay() -> None:
    # given
    faces = np.random.default_rng(0).integers(0, 256, (49, 32, 32, 3)).astype(np.uint8)
    before = faces.copy()

    # when
    changed = spoiled(faces)

    # then each of the seven expressions, which take turns, is spoiled once
    rows = np.flatnonzero((changed != faces).any(axis=(1, 2, 3)))
    assert sorted(rows % 7) == list(range(7))
    assert np.array_equal(faces, before)


@pytest.fixture(scope="module")
def small() -> tuple[ServedTwoStream, Examples]:
    torch.manual_seed(0)
    served = ServedTwoStream(TwoStream(TwoStreamConfig(trunk="resnet18"))).eval()
    random = np.random.default_rng(0)
    inputs = {
        "faces": random.integers(0, 256, (9, 64, 64, 3)).astype(np.uint8),
        "flow": random.integers(120, 137, (9, 64, 64, 20)).astype(np.uint8),
    }
    return served, Examples(inputs, np.arange(9) % 7, np.arange(9), np.arange(9))


def test_maps_and_what_is_made_of_them_are_what_the_whole_network_says(
    small: tuple[ServedTwoStream, Examples],
) -> None:
    # given both streams from one trunk
    served, clips = small
    share_streams(served, resnet18_trunk().eval(), clips)

    # when
    maps = last_maps(served, clips, lambda done, total: None)
    found = fused(served.network, maps)

    # then
    with torch.inference_mode():
        (expected,) = served(*(torch.from_numpy(v) for v in clips.inputs.values()))
    assert maps.spatial.shape == maps.temporal.shape == (9, 512, 2, 2)
    assert torch.allclose(found, expected, atol=1e-5)


def test_heads_and_unit_learn_from_maps() -> None:
    # given maps whose faces say whether the class is below 3, and whose flow says the rest
    torch.manual_seed(0)
    network = TwoStream(TwoStreamConfig(trunk="resnet18")).eval()
    labels = torch.arange(84) % 7

    def draw(seed: int) -> Maps:
        spatial, temporal = torch.zeros(84, 512, 2, 2), torch.zeros(84, 512, 2, 2)
        for number, maps in enumerate((spatial, temporal)):
            maps[:, :20] = random_tensor(84, 20, 2, 2, seed=seed + number)
        spatial[torch.arange(84), labels.clamp(max=3)] += 4.0
        temporal[torch.arange(84), labels.clamp(min=3)] += 4.0
        return Maps(spatial, temporal, labels)

    # when
    fit_two_stream(network, draw(0), lambda done, total: None)

    # then on others, and the unit has left the identity
    probabilities = fused(network, draw(2))
    assert float((probabilities.argmax(dim=1) == labels).float().mean()) > 0.7
    assert torch.allclose(probabilities.sum(dim=1), torch.ones(84), atol=1e-5)
    gain = last_unit(network).to_spatial[1].get_parameter("weight")
    assert float(gain.detach().abs().max()) > 0.0
    assert not network.training


def test_the_evidence_of_classes_says_its_unit_and_chance() -> None:
    # given probabilities that are right for six of seven
    labels = np.arange(14) % 7
    probabilities = torch.eye(7)[torch.from_numpy(np.where(labels == 6, 0, labels))]
    rows = Examples({}, labels, np.arange(14) // 7, np.arange(14))

    # when
    evidence = weigh(probabilities, rows, Unit.FRAME).evidence

    # then
    assert evidence["unit"] == "frame"
    assert evidence["n"] == 14
    assert evidence["chance"] == pytest.approx(1.0 / 7.0, abs=1e-3)
    assert evidence["accuracy"]["value"] == pytest.approx(6.0 / 7.0, abs=1e-3)
