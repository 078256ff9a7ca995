"""Networks of micro-expressions: what a face does between the onset and the apex of an event.

    motion (B, 3, 28, 28)   u, v, strain ─▶ Ststnet ─▶ logits (B, 3)           1,683 parameters
    motion (B, 3, 112, 112) u, v, strain ─▶ FlowResnet18 ─▶ logits (B, 3)      11.2 M
                                                         └─▶ emotions, action units

Ststnet is the shallow triple-stream network of Liong et al., "Shallow triple stream
three-dimensional CNN for micro-expression recognition", FG 2019 [sure]: the sets are so small
(442 events in the composite of MEGC 2019) that little can be learned without learning the persons
by heart. FlowResnet18 is the larger baseline with heads for the seven emotions and the action
units beside the three classes, for those who have more data [assumed].
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from networks.resnet import resnet18_trunk
from networks.tensors import MICRO_EXPRESSIONS, MOTION_SIZE

#: What one unit of each input plane is: u and v in pixels of a 224 face, the strain has no unit.
#: A muscle moves the skin by about a pixel and strains it by about a twentieth [assumed].
MOTION_SCALE = (1.0, 1.0, 0.05)


#: Filters of the three streams [sure].
STREAMS = (3, 5, 8)


@dataclass(frozen=True, slots=True)
class MicroConfig:
    """The sizes that fix the weights; saved with every checkpoint. A head of none is left out."""

    classes: int = len(MICRO_EXPRESSIONS)
    dropout: float = 0.5  # in Ststnet's streams [sure], before FlowResnet18's heads [assumed]
    emotions: int = 0  # FlowResnet18's: 7 are anger, disgust, fear, happy, neutral, sad, surprise
    action_units: int = 0  # FlowResnet18's: 12 in the protocols across data sets


class MotionInput(nn.Module):
    """Motion as it is measured to planes of about one unit; a constant, no parameter."""

    scale: Tensor

    def __init__(self) -> None:
        super().__init__()
        scale = torch.tensor(MOTION_SCALE).reshape(1, 3, 1, 1)
        self.register_buffer("scale", scale, persistent=False)

    def forward(self, motion: Tensor) -> Tensor:
        """(B, 3, S, S), pixels of a 224 face -> the same, scaled."""
        return motion / self.scale


class Ststnet(nn.Module):
    """Three shallow streams of different width over one motion, then one layer."""

    def __init__(self, config: MicroConfig | None = None) -> None:
        super().__init__()
        self.config = config or MicroConfig()
        self.prepare = MotionInput()
        self.streams = nn.ModuleList(self._stream(width) for width in STREAMS)
        self.pool = nn.AvgPool2d(2)
        pooled = (MOTION_SIZE // 3 + 1) // 2  # 5
        self.classes = nn.Linear(sum(STREAMS) * pooled**2, self.config.classes)

    def _stream(self, width: int) -> nn.Sequential:
        """(B, 3, 28, 28) -> (B, width, 10, 10); where the padding sits is [inferred]."""
        return nn.Sequential(
            nn.Conv2d(3, width, 3, padding=1),  # (B, width, 28, 28)
            nn.ReLU(),
            nn.BatchNorm2d(width),
            nn.MaxPool2d(3, 3, padding=1),  # (B, width, 10, 10)
            nn.Dropout(self.config.dropout),
        )

    def forward(self, motion: Tensor) -> Tensor:
        """Motion (B, 3, 28, 28): u and v in pixels of a 224 face, strain -> logits (B, C)."""
        planes = self.prepare(motion)
        seen = torch.cat([stream(planes) for stream in self.streams], dim=1)  # (B, 16, 10, 10)
        return self.classes(self.pool(seen).flatten(1))  # (B, 16, 5, 5) -> (B, 400) -> (B, C)


class FlowResnetOutput(NamedTuple):
    """What the larger network says; None for a head that was left out.

    logits        (B, C) of the classes
    emotions      (B, E) logits of the emotions, one of which is shown
    action_units  (B, A) logits of the action units, each on or off
    """

    logits: Tensor
    emotions: Tensor | None
    action_units: Tensor | None


class FlowResnet18(nn.Module):
    """ResNet-18 over u, v and strain, with up to three heads."""

    def __init__(self, config: MicroConfig | None = None) -> None:
        super().__init__()
        self.config = config or MicroConfig()
        self.prepare = MotionInput()
        self.trunk = resnet18_trunk()
        self.drop = nn.Dropout(self.config.dropout)
        self.classes = nn.Linear(512, self.config.classes)
        self.emotions = _head(self.config.emotions)
        self.action_units = _head(self.config.action_units)

    def judge(self, motion: Tensor) -> FlowResnetOutput:
        """Motion (B, 3, S, S), S 112 in the field and 28 or more -> every head's logits."""
        features = self.trunk(self.prepare(motion)).mean(dim=(-1, -2))  # (B, 512)
        features = self.drop(features)
        return FlowResnetOutput(
            self.classes(features),
            self.emotions(features) if self.emotions is not None else None,
            self.action_units(features) if self.action_units is not None else None,
        )

    def forward(self, motion: Tensor) -> Tensor:
        """Motion (B, 3, S, S) -> logits (B, C), as Ststnet gives them."""
        return self.judge(motion).logits


def _head(outputs: int) -> nn.Linear | None:
    return nn.Linear(512, outputs) if outputs else None


class ServedMicroExpression(nn.Module):
    """Ststnet as served: the motion of events to the probabilities of their classes."""

    def __init__(self, network: Ststnet) -> None:
        super().__init__()
        self.network = network

    def forward(self, motion: Tensor) -> tuple[Tensor]:
        """Float32 (n, 28, 28, 3) -> probabilities (n, 3) that sum to 1."""
        return (self.network(motion.permute(0, 3, 1, 2)).softmax(dim=1),)
