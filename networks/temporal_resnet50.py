"""Temporal encoding: a clip as one picture, so that a network for faces can read its dynamics.

    middle face  (B, 3, S, S) ─▶ appearance stream: ResNet-50 ─▶ FC ─▶ score ─┐
    clip ─▶ map  (B, 3, S, S) ─▶ dynamic stream:    ResNet-50 ─▶ FC ─▶ score ─┴─▶ mean ─▶ fused

After de Melo, Granger, Bordallo López, "Encoding temporal information for automatic depression
recognition from facial analysis", ICASSP 2020: temporal pooling into one map, two streams and
their late fusion [sure]. Which pooling is not public: approximate rank pooling (Bilen et al.,
"Dynamic image networks", CVPR 2016), and fusing by the mean, are [assumed].

B clips, T frames, S side in pixels (a multiple of 32).
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from networks.resnet import TrunkName, resnet_trunk

#: Below this spread of values a clip holds no motion, only rounding.
_STILL = 1e-6


@dataclass(frozen=True, slots=True)
class TemporalConfig:
    """The sizes that fix the weights' shapes; saved with every checkpoint."""

    trunk: TrunkName = "resnet50"
    initial_score: float = 15.3 / 63.0  # each FC's bias at the start [assumed]


class TemporalOutput(NamedTuple):
    """What one forward pass says: three severities as shares of the scale, y/63, not clipped.

    appearance  (B, 1) float, from the face
    dynamic     (B, 1) float, from the map
    fused       (B, 1) float, their mean
    """

    appearance: Tensor
    dynamic: Tensor
    fused: Tensor


def rank_pool_map(clip: Tensor) -> Tensor:
    """F20: D = Σ_t (2t - T - 1)·x_t, min-max to [0, 1]: (B, T, 3, S, S) -> (B, 3, S, S).

    The weights sum to 0, so what stands still cancels; the extremes are taken over a whole map, so
    that colours keep their relation. A clip without motion is 0.5 everywhere [assumed].
    """
    frames = clip.shape[1]
    order = torch.arange(1, frames + 1, dtype=clip.dtype, device=clip.device)
    pooled = torch.einsum("t,btchw->bchw", 2.0 * order - frames - 1.0, clip)
    low, high = pooled.amin((1, 2, 3), keepdim=True), pooled.amax((1, 2, 3), keepdim=True)
    spread = high - low  # (B, 1, 1, 1)
    stretched = (pooled - low) / spread.clamp(min=_STILL)
    return torch.where(spread > _STILL, stretched, torch.full_like(stretched, 0.5))


class Stream(nn.Module):
    """A trunk and its score: (B, 3, S, S) -> (B, 1)."""

    def __init__(self, config: TemporalConfig) -> None:
        super().__init__()
        self.trunk, features = resnet_trunk(config.trunk)
        self.severity = nn.Linear(features, 1)
        nn.init.normal_(self.severity.weight, std=0.001)
        nn.init.constant_(self.severity.bias, config.initial_score)

    def features(self, pictures: Tensor) -> Tensor:
        """(B, 3, S, S) -> (B, D), the mean over the last feature map."""
        return self.trunk(pictures).mean(dim=(-1, -2))

    def forward(self, pictures: Tensor) -> Tensor:
        """(B, 3, S, S) -> (B, 1), y/63."""
        return self.severity(self.features(pictures))


class TemporalNetwork(nn.Module):
    """Two streams that share nothing but their shape, and the mean of their scores."""

    def __init__(self, config: TemporalConfig | None = None) -> None:
        super().__init__()
        self.config = config or TemporalConfig()
        self.appearance = Stream(self.config)
        self.dynamic = Stream(self.config)

    def forward(self, appearance: Tensor, temporal_map: Tensor) -> TemporalOutput:
        """Faces and maps, both (B, 3, S, S), normalised alike -> each stream's score and fused."""
        seen, moved = self.appearance(appearance), self.dynamic(temporal_map)  # (B, 1) both
        return TemporalOutput(seen, moved, (seen + moved) / 2.0)
