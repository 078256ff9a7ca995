"""The impression network: its shapes, and that it never leaves what it was trained on."""

import pytest
import torch

from networks.impressions import IMPRESSIONS, MEANING, Impressions, ImpressionsConfig


@pytest.fixture
def network() -> Impressions:
    torch.manual_seed(0)
    made = Impressions(ImpressionsConfig(attributes=4))
    attributes = torch.tensor([[1.0, 10.0, -1.0, 5.0], [3.0, 30.0, 1.0, 5.0]])
    made.fit_scales(attributes, torch.tensor([[1.0, 2.0, 3.0], [3.0, 2.0, 5.0]]))
    return made.eval()


def test_attributes_become_three_scores(network: Impressions) -> None:
    assert network(torch.rand(5, 4)).shape == (5, len(IMPRESSIONS))
    assert IMPRESSIONS == ("approachability", "youthful_attractiveness", "dominance")
    assert "not traits" in MEANING


def test_one_hidden_layer_of_a_hundred_units_is_counted_by_hand() -> None:
    # given the 65 attributes of the paper
    network = Impressions(ImpressionsConfig(attributes=65))

    # then 65·100 + 100 and 100·3 + 3
    assert sum(weight.numel() for weight in network.parameters()) == 6600 + 303


def test_attributes_are_scaled_to_the_range_that_was_seen(network: Impressions) -> None:
    # when one attribute is in the middle, one below, one above, and one never varied
    scaled = network.scaled(torch.tensor([[2.0, 0.0, 7.0, 9.0]]))

    # then
    assert scaled.tolist() == [[0.5, 0.0, 1.0, 0.0]]


def test_a_face_outside_what_was_seen_is_not_extrapolated(network: Impressions) -> None:
    inside, outside = torch.tensor([[3.0, 30.0, 1.0, 5.0], [300.0, 3000.0, 100.0, 5.0]])

    assert torch.equal(network(inside[None]), network(outside[None]))


def test_a_network_of_zeros_says_the_mean_rating(network: Impressions) -> None:
    # given
    for weight in network.parameters():
        torch.nn.init.zeros_(weight)

    # then
    assert network(torch.rand(1, 4)).tolist() == [[2.0, 2.0, 4.0]]


def test_the_scales_are_saved_with_the_weights(network: Impressions) -> None:
    # when
    restored = Impressions(network.config)
    restored.load_state_dict(network.state_dict())

    # then
    attributes = torch.rand(3, 4)
    assert torch.equal(restored(attributes), network(attributes))
