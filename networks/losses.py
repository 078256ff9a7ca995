"""The losses, numbered as in the formula list of the networks' specification."""

import torch
from torch import Tensor

#: Keeps the partition loss finite when all heads agree (added late in DAN's own code).
PARTITION_EPSILON = 1e-6


def mean_squared_error(predicted: Tensor, target: Tensor) -> Tensor:
    """F1: the mean of (ŷ - y)², both (B, 1) -> a scalar."""
    return (predicted - target).square().mean()


def expectation(distribution: Tensor) -> Tensor:
    """F2: Σ_j j·p_j over the levels 0..L-1: (B, L), rows that sum to 1 -> (B, 1)."""
    levels = torch.arange(
        distribution.shape[1], dtype=distribution.dtype, device=distribution.device
    )
    return distribution @ levels.unsqueeze(1)  # (B, L) @ (L, 1)


def expectation_loss(distribution: Tensor, target: Tensor, power: float = 2.0) -> Tensor:
    """F3: the mean of |E - y|^power, (B, L) and levels (B, 1) -> a scalar; power 2 [assumed]."""
    return (expectation(distribution) - target).abs().pow(power).mean()


def partition_loss(log_heads: Tensor) -> Tensor:
    """F6: ln(1 + k / V), V the mean of the heads' unbiased variance: (B, k, D) -> a scalar.

    It falls as the heads diverge, and is 0 for a single head [sure DAN].
    """
    heads = log_heads.shape[1]
    if heads == 1:
        return log_heads.new_zeros(())
    variance = log_heads.var(dim=1).mean()
    return torch.log1p(heads / (variance + PARTITION_EPSILON))
