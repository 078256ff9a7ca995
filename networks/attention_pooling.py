"""Content-adaptive pooling: two cascaded attention blocks weigh the frames of a recording.

    features (B, T, D) ─▶ block θ1 ─▶ h1 ─▶ θ2 = tanh(W·h1 + b) ─▶ block θ2 ─▶ h2 ─▶ FC ─▶ score
                 └──────────────────────────────────────────────────▲

After Zhou, Wei, Xu, Qu, Guo, Electronics Letters 2019: cascaded memory attention over ResNet-50's
frame features, importance from a learned kernel and a softmax over the frames [sure]; that the
second kernel is made from the first result as in the neural aggregation network (Yang et al.,
CVPR 2017) is [inferred]. D = 2048: 2048 + 2048² + 2048 + 2049 parameters.

B recordings, T frames, D features.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

#: What a masked frame's importance becomes: its softmax weight is exactly 0, and nothing is NaN.
_NEVER = -1e9


@dataclass(frozen=True, slots=True)
class AttentionPoolingConfig:
    """The sizes that fix the weights' shapes; saved with every checkpoint."""

    features: int = 2048  # of a frame, as the ResNet-50 trunk sees it
    initial_score: float = 15.3 / 63.0  # the FC's bias at the start [assumed]


class AttentionPoolingOutput(NamedTuple):
    """What one forward pass says.

    score          (B, 1) float, severity as a share of the scale, y/63, not clipped
    weights        (B, T) float ≥ 0, the second block's; they sum to 1 over the frames
    first_weights  (B, T) float ≥ 0, the first block's
    """

    score: Tensor
    weights: Tensor
    first_weights: Tensor


class AttentionPooling(nn.Module):
    """F13, order-free in the frames; it starts as their plain mean [assumed]."""

    def __init__(self, config: AttentionPoolingConfig | None = None) -> None:
        super().__init__()
        self.config = config or AttentionPoolingConfig()
        features = self.config.features
        self.kernel = nn.Parameter(torch.zeros(features))  # θ1
        self.second = nn.Linear(features, features)  # W, b
        nn.init.zeros_(self.second.weight)
        nn.init.zeros_(self.second.bias)
        self.severity = nn.Linear(features, 1)  # v, b_v
        nn.init.normal_(self.severity.weight, std=0.001)
        nn.init.constant_(self.severity.bias, self.config.initial_score)

    def pool(self, features: Tensor, mask: Tensor, kernel: Tensor) -> tuple[Tensor, Tensor]:
        """One block: (B, T, D), mask (B, T), kernel (B, D) -> pooled (B, D), weights (B, T).

        c_k = θᵀf_k / √D, as the sum of so many products would saturate the softmax [assumed].
        """
        importance = (features @ kernel.unsqueeze(2)).squeeze(2)  # c: (B, T)
        importance = importance * self.config.features**-0.5
        weights = importance.masked_fill(mask == 0, _NEVER).softmax(dim=1)  # (B, T)
        return (weights.unsqueeze(1) @ features).squeeze(1), weights  # (B, 1, T) @ (B, T, D)

    def forward(self, features: Tensor, mask: Tensor) -> AttentionPoolingOutput:
        """Features (B, T, D) and mask (B, T), 1 for a frame, 0 for padding -> score, weights.

        Every row needs a frame; without one its padding is averaged.
        """
        first_kernel = self.kernel.expand(features.shape[0], -1)  # (B, D)
        first, first_weights = self.pool(features, mask, first_kernel)  # h1
        pooled, weights = self.pool(features, mask, self.second(first).tanh())  # h2
        return AttentionPoolingOutput(self.severity(pooled), weights, first_weights)
