"""The plain network that others are compared with: a trunk, its mean, one linear layer.

    faces (B, 3, S, S) ─▶ ResNet ─▶ mean (B, D) ─▶ FC ─▶ (B, outputs)

One output is a severity as y/63, several are the logits of classes. It is never served.
"""

from dataclasses import dataclass

from torch import Tensor, nn

from networks.resnet import TrunkName, resnet_trunk


@dataclass(frozen=True, slots=True)
class PlainConfig:
    """The sizes that fix the weights' shapes; saved with every checkpoint."""

    trunk: TrunkName = "resnet18"
    outputs: int = 7
    initial: float = 0.0  # the FC's bias at the start


class PlainNetwork(nn.Module):
    """A ResNet with one linear layer."""

    def __init__(self, config: PlainConfig | None = None) -> None:
        super().__init__()
        self.config = config or PlainConfig()
        self.trunk, features = resnet_trunk(self.config.trunk)
        self.last = nn.Linear(features, self.config.outputs)
        nn.init.normal_(self.last.weight, std=0.001)
        nn.init.constant_(self.last.bias, self.config.initial)

    def features(self, faces: Tensor) -> Tensor:
        """(B, 3, S, S) -> (B, D), the mean over the last feature map."""
        return self.trunk(faces).mean(dim=(-1, -2))

    def forward(self, faces: Tensor) -> Tensor:
        """(B, 3, S, S), normalised RGB -> (B, outputs)."""
        return self.last(self.features(faces))
