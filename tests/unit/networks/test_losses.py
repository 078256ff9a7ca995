"""The losses, worked by hand."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from networks.losses import (
    PARTITION_EPSILON,
    affinity_loss,
    balanced_mse,
    dan_loss,
    expectation,
    expectation_loss,
    kl_divergence,
    label_distribution,
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


def test_the_label_distribution_is_a_normalised_bell_about_the_label() -> None:
    # given a deviation for which the neighbours of the label weigh exactly half of it
    deviation = 1.0 / math.sqrt(2.0 * math.log(2.0))

    # when
    bell = label_distribution(torch.tensor([[1.0]]), levels=3, deviation=deviation)

    # then
    assert torch.allclose(bell, torch.tensor([[0.25, 0.5, 0.25]]))


@given(st.floats(0.0, 63.0), st.floats(0.5, 3.0))
def test_the_label_distribution_sums_to_one_even_at_the_ends(label: float, spread: float) -> None:
    # when
    bell = label_distribution(torch.tensor([[label]]), deviation=spread)

    # then
    assert bell.shape == (1, 64)
    assert bell.sum().item() == pytest.approx(1.0, abs=1e-5)
    assert abs(int(bell.argmax()) - label) <= 0.5 + 1e-4


def test_the_divergence_is_worked_by_hand() -> None:
    # given t = (1/2, 1/2) and p = (1/4, 3/4)
    logits = torch.tensor([[1.0, 3.0]]).log()
    target = torch.tensor([[0.5, 0.5]])

    # then Σ t ln(t/p) = ½ ln 2 + ½ ln ⅔
    expected = 0.5 * math.log(2.0) + 0.5 * math.log(2.0 / 3.0)
    assert kl_divergence(logits, target).item() == pytest.approx(expected)


def test_the_divergence_is_zero_at_the_target_and_finite_on_a_one_hot() -> None:
    # given
    target = label_distribution(torch.tensor([[20.0]]), deviation=2.0)
    logits = -(torch.arange(64.0).unsqueeze(0) - 20.0).square() / 8.0
    far = torch.full((1, 64), -1e4)
    far[0, 0] = 1e4  # so sure of level 0 that a softmax gives exactly 0 elsewhere

    # then
    assert kl_divergence(logits, target).item() == pytest.approx(0.0, abs=1e-5)
    assert kl_divergence(torch.zeros(1, 64), one_hot(17)).item() == pytest.approx(math.log(64.0))
    assert kl_divergence(far, one_hot(17)).item() == pytest.approx(2e4)


def test_the_balanced_error_is_worked_by_hand() -> None:
    # given predictions that are right, labels 1 apart, and s = 1
    values = torch.tensor([[0.0], [1.0]])

    # then each row is -ln(e^0 / (e^0 + e^-½)), and the factor 2s² doubles it
    expected = 2.0 * math.log(1.0 + math.exp(-0.5))
    assert balanced_mse(values, values, torch.tensor(1.0)).item() == pytest.approx(expected)


def test_the_balanced_errors_noise_learns_but_not_through_its_scale() -> None:
    # given
    noise = torch.tensor(1.0, requires_grad=True)
    predicted, true = torch.tensor([[0.0], [1.0]]), torch.tensor([[0.2], [0.9]])

    # when
    balanced_mse(predicted, true, noise).backward()
    learned = noise.grad

    # then the gradient is that of the cross entropy alone, times 2s² = 2
    assert learned is not None
    step = 1e-3
    rise, fall = (
        balanced_mse(predicted, true, torch.tensor(at)).item() / (2.0 * at**2)
        for at in (1.0 + step, 1.0 - step)
    )
    assert learned.item() == pytest.approx(2.0 * (rise - fall) / (2.0 * step), rel=1e-2)


def test_the_affinity_loss_is_worked_by_hand() -> None:
    # given centres at 0 and 2 in one dimension: unbiased variance 2; faces 1 away from their own
    centres = torch.tensor([[0.0, 5.0], [2.0, 5.0]])
    features = torch.tensor([[1.0, 5.0], [3.0, 5.0]])

    # then
    loss = affinity_loss(features, torch.tensor([0, 1]), centres)
    assert loss.item() == pytest.approx(1.0 / 2.0)


def test_dans_total_is_the_sum_of_its_parts() -> None:
    # given the affinity case above, even logits over 2 classes, heads at 0 and 2
    centres = torch.tensor([[0.0, 5.0], [2.0, 5.0]])
    features = torch.tensor([[1.0, 5.0], [3.0, 5.0]])
    heads = torch.tensor([[[0.0], [2.0]], [[0.0], [2.0]]])

    # when
    loss = dan_loss(torch.zeros(2, 2), torch.tensor([0, 1]), features, centres, heads)

    # then ln 2 + ½ + ln(1 + 2/2)
    assert loss.item() == pytest.approx(math.log(2.0) + 0.5 + math.log(2.0), rel=1e-5)
