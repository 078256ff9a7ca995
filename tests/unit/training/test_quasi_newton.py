"""The solver: it finds a minimum, says how long it took, and ridges hold weights back."""

import pytest
import torch
from torch import Tensor, nn

from training.quasi_newton import minimise, squares


def test_the_minimum_of_a_bowl_is_found() -> None:
    # given a bowl a thousand times as steep along one side
    point = nn.Parameter(torch.tensor([5.0, -3.0]))
    steep = torch.tensor([1.0, 1000.0])
    ticks: list[int] = []

    def bowl() -> Tensor:
        return (steep * (point - torch.tensor([1.0, 2.0])).square()).sum() + 4.0

    # when
    value = minimise([point], bowl, 50, ticks.append)

    # then
    assert value == pytest.approx(4.0, abs=1e-4)
    assert point.tolist() == pytest.approx([1.0, 2.0], abs=1e-2)
    assert ticks == list(range(1, len(ticks) + 1))


def test_a_ridge_draws_to_zero() -> None:
    # given (x - 1)² + x², whose minimum lies half-way
    point = nn.Parameter(torch.tensor([0.0]))

    # when
    minimise([point], lambda: (point - 1.0).square().sum() + squares([point]), 20)

    # then
    assert point.item() == pytest.approx(0.5, abs=1e-4)
