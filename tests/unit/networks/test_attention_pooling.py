"""Content-adaptive pooling: counts, its start, its law, and a case worked by hand."""

import math

import pytest
import torch
from torch import Tensor, nn

from networks.attention_pooling import AttentionPooling, AttentionPoolingConfig


def frames(batch: int = 2, count: int = 5, features: int = 8) -> Tensor:
    return torch.randn(batch, count, features, generator=torch.Generator().manual_seed(1))


def trained_like(features: int = 8) -> AttentionPooling:
    """A network away from its start, so that its attention says something."""
    torch.manual_seed(0)
    network = AttentionPooling(AttentionPoolingConfig(features)).eval()
    for parameter in network.parameters():
        nn.init.normal_(parameter)
    return network


def test_the_parameters_are_as_many_as_the_specification_counts() -> None:
    network = AttentionPooling()

    assert sum(p.numel() for p in network.parameters()) == 2048 + 2048**2 + 2048 + 2049


def test_it_starts_as_the_plain_mean_of_the_frames() -> None:
    # given
    network, features = AttentionPooling(AttentionPoolingConfig(8)).eval(), frames()

    # when
    with torch.inference_mode():
        output = network(features, torch.ones(2, 5))
        expected = network.severity(features.mean(dim=1))

    # then
    assert torch.allclose(output.score, expected)
    assert torch.allclose(output.weights, torch.full((2, 5), 0.2))
    assert torch.allclose(output.first_weights, torch.full((2, 5), 0.2))
    assert float(network.severity.bias.item()) == pytest.approx(15.3 / 63.0)


def test_two_frames_are_worked_by_hand() -> None:
    # given one feature, θ1 = ln 3, W = 0 and tanh(b) = ½, frames 0 and 1, v = 1, no bias
    network = AttentionPooling(AttentionPoolingConfig(1)).eval()
    nn.init.constant_(network.kernel, math.log(3.0))
    nn.init.constant_(network.second.bias, math.atanh(0.5))
    nn.init.ones_(network.severity.weight)
    nn.init.zeros_(network.severity.bias)

    # when
    with torch.inference_mode():
        output = network(torch.tensor([[[0.0], [1.0]]]), torch.ones(1, 2))

    # then the first weights are e^0 : e^ln3, the second e^0 : e^½, and h2 is the second's own
    second = math.exp(0.5) / (1.0 + math.exp(0.5))
    assert torch.allclose(output.first_weights, torch.tensor([[0.25, 0.75]]))
    assert output.weights[0, 1].item() == pytest.approx(second)
    assert output.score.item() == pytest.approx(second)


def test_the_importance_is_divided_by_the_root_of_the_features() -> None:
    # given four features of 1: θ·f = 4·ln 3 / 2, over √4
    network = AttentionPooling(AttentionPoolingConfig(4)).eval()
    nn.init.constant_(network.kernel, math.log(3.0) / 2.0)
    features = torch.stack([torch.zeros(4), torch.ones(4)]).unsqueeze(0)

    # when
    with torch.inference_mode():
        output = network(features, torch.ones(1, 2))

    # then
    assert torch.allclose(output.first_weights, torch.tensor([[0.25, 0.75]]))


def test_the_order_of_the_frames_does_not_matter() -> None:
    # given
    network, features = trained_like(), frames()
    order = torch.tensor([3, 0, 4, 1, 2])

    # when
    with torch.inference_mode():
        plain = network(features, torch.ones(2, 5))
        shuffled = network(features[:, order], torch.ones(2, 5))

    # then
    assert torch.allclose(shuffled.score, plain.score, atol=1e-6)
    assert torch.allclose(shuffled.weights, plain.weights[:, order], atol=1e-6)
    assert float(plain.weights.std()) > 0.01


def test_padding_weighs_nothing_whatever_it_holds() -> None:
    # given three frames, and the same with two of padding
    network, features = trained_like(), frames()
    mask = torch.tensor([[1.0, 1.0, 1.0, 0.0, 0.0]]).repeat(2, 1)
    features[:, 3:] = 1e3

    # when
    with torch.inference_mode():
        padded = network(features, mask)
        bare = network(features[:, :3], torch.ones(2, 3))

    # then
    assert torch.allclose(padded.score, bare.score, atol=1e-5)
    assert padded.weights[:, 3:].abs().max() == 0.0
    assert torch.allclose(padded.weights.sum(dim=1), torch.ones(2))


def test_its_start_is_not_a_place_where_it_is_stuck() -> None:
    # given
    torch.manual_seed(0)
    network, features = AttentionPooling(AttentionPoolingConfig(8)), frames(4)
    optimiser = torch.optim.SGD(network.parameters(), lr=1.0)

    # when trained for three steps on a score that one frame's feature decides
    target = features[:, :, :1].amax(dim=1)
    for _ in range(3):
        optimiser.zero_grad()
        (network(features, torch.ones(4, 5)).score - target).square().mean().backward()
        optimiser.step()

    # then both blocks have moved
    assert float(network.second.weight.detach().abs().max()) > 0.0
    assert float(network.kernel.detach().abs().max()) > 0.0
