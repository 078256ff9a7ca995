"""Deep distribution learning: ResNet-50 whose 64 outputs are the BDI-II totals 0..63.

    faces (B, 3, S, S) ─▶ ResNet-50 ─▶ mean (B, 2048) ─▶ FC ─▶ softmax (B, 64) ─▶ Σ j·p_j (B, 1)

After de Melo, Granger, Hadid, "Depression detection based on deep distribution learning", ICIP
2019: the loss works on the expectation, so no target distribution is chosen [sure]; that the
network has exactly 64 outputs is [inferred]. 23,508,032 + 131,136 parameters.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from networks.losses import expectation
from networks.resnet import resnet50_trunk


@dataclass(frozen=True, slots=True)
class DdlConfig:
    """The sizes that fix the weights' shapes; saved with every checkpoint."""

    features: int = 2048  # channels of the ResNet-50 trunk
    levels: int = 64  # the totals 0..63


class DdlOutput(NamedTuple):
    """What one forward pass says.

    expectation   (B, 1) float in [0, 63]
    distribution  (B, 64) float, sums to 1
    """

    expectation: Tensor
    distribution: Tensor


class DdlResnet50(nn.Module):
    """A distribution over the levels, read by its expectation."""

    def __init__(self, config: DdlConfig | None = None) -> None:
        super().__init__()
        self.config = config or DdlConfig()
        self.trunk = resnet50_trunk()
        self.levels = nn.Linear(self.config.features, self.config.levels)

    def features(self, faces: Tensor) -> Tensor:
        """(B, 3, S, S) -> (B, 2048), the mean over the last feature map."""
        return self.trunk(faces).mean(dim=(-1, -2))

    def forward(self, faces: Tensor) -> DdlOutput:
        """Faces (B, 3, S, S), mean-subtracted RGB in 0..255 -> expectation and distribution."""
        distribution = torch.softmax(self.levels(self.features(faces)), dim=1)
        return DdlOutput(expectation(distribution), distribution)
