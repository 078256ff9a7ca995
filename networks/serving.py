"""Wrappers that carry a network's own preprocessing, so that a served graph takes raw faces.

faces uint8 RGB (n, S, S, 3) ─▶ normalise ─▶ network ─▶ named outputs
"""

import torch
from torch import Tensor, nn

from networks.ddl_resnet50 import DdlResnet50
from networks.hmhn import Hmhn
from networks.tensors import SCALE_MAXIMUM

#: ImageNet statistics on the 0..255 scale: mean and deviation of R, G, B [inferred for HMHN].
IMAGENET_MEAN = (123.675, 116.28, 103.53)
IMAGENET_DEVIATION = (58.395, 57.12, 57.375)

#: VGGFace2 channel means, R, G, B on the 0..255 scale, subtracted only [inferred for DDL].
VGGFACE2_MEAN = (131.0912, 103.8827, 91.4953)
UNIT_DEVIATION = (1.0, 1.0, 1.0)

#: Keeps an all-zero mask from dividing by zero.
MASK_EPSILON = 1e-6


class Normalise(nn.Module):
    """Raw faces to a network's input; the constants are buffers, not parameters."""

    mean: Tensor
    scale: Tensor

    def __init__(self, mean: tuple[float, ...], deviation: tuple[float, ...]) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean).reshape(1, 3, 1, 1))
        self.register_buffer("scale", torch.tensor(deviation).reshape(1, 3, 1, 1).reciprocal())

    def forward(self, faces: Tensor) -> Tensor:
        """Uint8 RGB (n, S, S, 3) -> float32 (n, 3, S, S)."""
        return (faces.permute(0, 3, 1, 2).float() - self.mean) * self.scale


class ServedHmhn(nn.Module):
    """HMHN as served: score on the 0-63 scale and attention maps that each sum to 1."""

    def __init__(self, network: Hmhn) -> None:
        super().__init__()
        self.normalise = Normalise(IMAGENET_MEAN, IMAGENET_DEVIATION)
        self.network = network

    def forward(self, faces: Tensor) -> tuple[Tensor, Tensor]:
        """Uint8 RGB (n, S, S, 3) -> score (n, 1) in [0, 63], attention (n, k, S/32, S/32)."""
        output = self.network(self.normalise(faces))
        total = output.attention.sum(dim=(-1, -2), keepdim=True)  # (n, k, 1, 1)
        score = output.score.clamp(0.0, 1.0) * SCALE_MAXIMUM
        return score, output.attention / total.clamp(min=MASK_EPSILON)


class ServedDdl(nn.Module):
    """DDL as served: the expectation on the 0-63 scale and the distribution behind it."""

    def __init__(self, network: DdlResnet50) -> None:
        super().__init__()
        self.normalise = Normalise(VGGFACE2_MEAN, UNIT_DEVIATION)
        self.network = network

    def forward(self, faces: Tensor) -> tuple[Tensor, Tensor]:
        """Uint8 RGB (n, S, S, 3) -> expectation (n, 1) in [0, 63], distribution (n, 64)."""
        output = self.network(self.normalise(faces))
        # Rounding may carry the expectation a hair past the scale's ends.
        return output.expectation.clamp(0.0, float(SCALE_MAXIMUM)), output.distribution
