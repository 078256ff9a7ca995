"""SCN, self-attention importance weighting: an expression and how far the face is to be trusted.

    faces (B, 3, S, S) ─▶ ResNet-18 ─▶ mean (B, 512) ─┬─▶ FC ─▶ logits (B, C) ──────┐
                                                      └─▶ FC ─▶ importance (B, 1) ──┴─▶ weighted

After Wang K. et al., "Suppressing uncertainties for large-scale facial expression recognition",
CVPR 2020 (arXiv 2002.10392) [sure]. The likeliest class does not depend on the importance, so that
is given beside the classes as the network's own certainty. Its losses are F9 to F12 in
`networks.losses`.
"""

from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor, nn

from networks.resnet import resnet18_trunk


@dataclass(frozen=True, slots=True)
class ScnConfig:
    """The sizes that fix the weights' shapes; saved with every checkpoint."""

    classes: int = 7  # expressions; 8 with contempt, as in FERPlus
    features: int = 512  # channels of the ResNet-18 trunk


class ScnOutput(NamedTuple):
    """What one forward pass says.

    logits      (B, C) float, unweighted: what is served
    weighted    (B, C) float, importance · logits: what F9's softmax takes
    importance  (B, 1) float in (0, 1)
    """

    logits: Tensor
    weighted: Tensor
    importance: Tensor


class Scn(nn.Module):
    """ResNet-18 with a head for the classes and one for the importance."""

    def __init__(self, config: ScnConfig | None = None) -> None:
        super().__init__()
        self.config = config or ScnConfig()
        self.trunk = resnet18_trunk()
        self.classes = nn.Linear(self.config.features, self.config.classes)
        self.importance = nn.Sequential(nn.Linear(self.config.features, 1), nn.Sigmoid())

    def features(self, faces: Tensor) -> Tensor:
        """(B, 3, S, S) -> (B, 512), the mean over the last feature map."""
        return self.trunk(faces).mean(dim=(-1, -2))

    def judge(self, features: Tensor) -> ScnOutput:
        """Features (B, 512) -> logits, weighted logits, importance."""
        logits, importance = self.classes(features), self.importance(features)
        return ScnOutput(logits, importance * logits, importance)

    def forward(self, faces: Tensor) -> ScnOutput:
        """Faces (B, 3, S, S), ImageNet-normalised RGB -> logits, weighted logits, importance."""
        return self.judge(self.features(faces))
