"""Frame networks as served: a face's features, and an expression with its importance.

faces uint8 RGB (n, S, S, 3) ─▶ normalise ─▶ network ─▶ named outputs
"""

from torch import Tensor, nn

from networks.scn import Scn
from networks.serving import (
    IMAGENET_DEVIATION,
    IMAGENET_MEAN,
    UNIT_DEVIATION,
    VGGFACE2_MEAN,
    Normalise,
)


class ServedFeatures(nn.Module):
    """A trunk as served: the mean over its last feature map, what pooling networks take."""

    def __init__(self, trunk: nn.Sequential) -> None:
        super().__init__()
        self.normalise = Normalise(VGGFACE2_MEAN, UNIT_DEVIATION)
        self.trunk = trunk

    def forward(self, faces: Tensor) -> tuple[Tensor]:
        """Uint8 RGB (n, S, S, 3) -> features (n, D)."""
        return (self.trunk(self.normalise(faces)).mean(dim=(-1, -2)),)


class ServedScn(nn.Module):
    """SCN as served: probabilities of the unweighted logits, and the importance beside them."""

    def __init__(self, network: Scn) -> None:
        super().__init__()
        self.normalise = Normalise(IMAGENET_MEAN, IMAGENET_DEVIATION)
        self.network = network

    def forward(self, faces: Tensor) -> tuple[Tensor, Tensor]:
        """Uint8 RGB (n, S, S, 3) -> probabilities (n, C), importance (n, 1) in (0, 1)."""
        output = self.network(self.normalise(faces))
        return output.logits.softmax(dim=1), output.importance
