"""The losses, worked by hand."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from networks.losses import (
    PARTITION_EPSILON,
    expectation,
    expectation_loss,
    mean_squared_error,
    partition_loss,
)


def one_hot(level: int) -> torch.Tensor:
    distribution = torch.zeros(1, 64)
    distribution[0, level] = 1.0
    return distribution


def test_the_squared_error_is_the_mean_of_squares() -> None:
    predicted, true = torch.tensor([[1.0], [5.0]]), torch.tensor([[2.0], [2.0]])

    assert mean_squared_error(predicted, true).item() == pytest.approx((1.0 + 9.0) / 2.0)


def test_the_expectation_weighs_the_levels() -> None:
    # given half of the mass on 10, half on 20
    distribution = (one_hot(10) + one_hot(20)) / 2.0

    assert expectation(distribution).item() == pytest.approx(15.0)


@given(st.lists(st.floats(-30.0, 30.0), min_size=64, max_size=64))
def test_the_expectation_never_leaves_the_scale(logits: list[float]) -> None:
    # when
    expected = expectation(torch.tensor([logits]).softmax(dim=1)).item()

    # then
    assert -1e-4 <= expected <= 63.0 + 1e-4


@pytest.mark.parametrize("power", [1.0, 2.0])
def test_all_mass_on_the_truth_costs_nothing(power: float) -> None:
    assert expectation_loss(one_hot(17), torch.tensor([[17.0]]), power).item() == 0.0


def test_the_expectation_loss_is_the_power_of_the_distance() -> None:
    distribution, truth = one_hot(20), torch.tensor([[17.0]])

    assert expectation_loss(distribution, truth).item() == pytest.approx(9.0)
    assert expectation_loss(distribution, truth, power=1.0).item() == pytest.approx(3.0)


def test_the_partition_loss_is_finite_for_heads_that_agree() -> None:
    # given
    heads = torch.full((2, 4, 8), -math.log(4.0))

    # then
    assert partition_loss(heads).item() == pytest.approx(math.log(1.0 + 4.0 / PARTITION_EPSILON))


def test_the_partition_loss_uses_the_unbiased_variance() -> None:
    # given two heads at 0 and 2: unbiased variance 2
    heads = torch.tensor([[[0.0], [2.0]]])

    # then
    assert partition_loss(heads).item() == pytest.approx(math.log(1.0 + 2.0 / 2.0), rel=1e-5)


def test_the_partition_loss_falls_as_the_heads_diverge() -> None:
    # given
    heads = torch.randn(2, 4, 8, generator=torch.Generator().manual_seed(0))

    # when
    losses = [partition_loss(heads * spread).item() for spread in (0.0, 0.1, 1.0, 10.0)]

    # then
    assert losses == sorted(losses, reverse=True)
    assert len(set(losses)) == 4


def test_a_single_head_has_nothing_to_part_from() -> None:
    assert partition_loss(torch.randn(2, 1, 8)).item() == 0.0
