"""A normalised last layer for training, folded into the network's own linear layer for use.

    features (n, D) ─▶ batch norm (no affine) ─▶ linear      training
    features (n, D) ─▶ the network's linear                  evaluation, checkpoint, export

Features may be in the hundreds (HMHN's fused heads are), too coarse for a bare linear layer's
step. In evaluation a batch norm is an affine map, so that both layers are one: W/s and
b - W·m/s, with the features' mean m and deviation s.
"""

from typing import Self

import torch
from torch import Tensor, nn


class FoldedHead(nn.Module):
    """A training head beside the network's last layer; it starts at that layer's own bias.

    The layer itself gets no gradient: `fold` writes it, whenever the learner that holds this head
    is put into evaluation. No paper names such a head [assumed].
    """

    def __init__(self, last: nn.Linear) -> None:
        super().__init__()
        last.requires_grad_(requires_grad=False)
        self.norm = nn.BatchNorm1d(last.in_features, affine=False)
        self.linear = nn.Linear(last.in_features, last.out_features)
        nn.init.zeros_(self.linear.weight)
        with torch.no_grad():
            self.linear.bias.copy_(last.bias)

    def forward(self, features: Tensor) -> Tensor:
        """(n, D) -> (n, outputs)."""
        return self.linear(self.norm(features))

    @torch.no_grad()
    def fold(self, last: nn.Linear) -> None:
        """Write this head, as it evaluates, into the network's last layer."""
        mean, variance = self.norm.running_mean, self.norm.running_var
        assert mean is not None
        assert variance is not None
        weight = self.linear.weight * (variance + self.norm.eps).rsqrt()  # (outputs, D)
        last.weight.copy_(weight)
        last.bias.copy_(self.linear.bias - weight @ mean)


class FoldingLearner(nn.Module):
    """A learner with training heads: `heads[i]` is folded into `lasts[i]` before evaluation."""

    def __init__(self, lasts: list[nn.Linear]) -> None:
        super().__init__()
        self.heads = nn.ModuleList(FoldedHead(last) for last in lasts)
        self._lasts = tuple(lasts)  # in a tuple: the layers are the network's, not this module's

    def train(self, mode: bool = True) -> Self:
        """Switch between training and evaluation; the latter folds the heads."""
        if not mode:
            self.fold()
        super().train(mode)
        return self

    def fold(self) -> None:
        """Bring the network's own last layers up to date."""
        for head, last in zip(self.heads, self._lasts, strict=True):
            assert isinstance(head, FoldedHead)
            head.fold(last)
