"""Learners of a severity from single faces: HMHN and deep distribution learning.

    faces uint8 RGB (n, S, S, 3) ─▶ normalise ─▶ network's features ─▶ training head ─▶ loss

Every loss is on the scale y/63, so that one learning rate suits all.
"""

from typing import Literal

from torch import Tensor

from networks.ddl_resnet50 import DdlConfig, DdlResnet50
from networks.hmhn import Hmhn, HmhnConfig
from networks.losses import (
    expectation,
    expectation_loss,
    kl_divergence,
    label_distribution,
    mean_squared_error,
    partition_loss,
)
from networks.serving import (
    IMAGENET_DEVIATION,
    IMAGENET_MEAN,
    UNIT_DEVIATION,
    VGGFACE2_MEAN,
    Normalise,
)
from networks.tensors import SCALE_MAXIMUM
from training.examples import LABEL, Batch
from training.folding import FoldingLearner
from training.plain import PlainConfig, PlainNetwork

FACES = "faces"

DdlLoss = Literal["expectation", "distribution"]


def shares(batch: Batch) -> Tensor:
    """The labels (b,), 0-63, as y/63 (b, 1)."""
    return batch[LABEL].unsqueeze(1) / SCALE_MAXIMUM


def as_scores(predicted: Tensor) -> Tensor:
    """y/63 (b, 1) -> (b,) on 0-63, clipped to the scale as it is served."""
    return predicted.squeeze(1).clamp(0.0, 1.0) * SCALE_MAXIMUM


class HmhnLearner(FoldingLearner):
    """HMHN: F1 + λ·F6. λ = 1 as in DAN [inferred], for a pretrained trunk.

    From scratch and in few steps λ = 1 drowns the regression; use about 0.01.
    """

    def __init__(self, config: HmhnConfig | None = None, *, partition_weight: float = 1.0) -> None:
        network = Hmhn(config)
        super().__init__([network.severity])
        self.network = network
        self.normalise = Normalise(IMAGENET_MEAN, IMAGENET_DEVIATION)
        self.partition_weight = partition_weight

    def loss(self, batch: Batch, epoch: int) -> Tensor:
        """Inputs faces (b, S, S, 3) uint8 -> a scalar."""
        del epoch
        fused, log_heads, _ = self.network.attend(self.normalise(batch[FACES]))
        regression = mean_squared_error(self.heads[0](fused), shares(batch))
        return regression + self.partition_weight * partition_loss(log_heads)

    def predict(self, batch: Batch) -> Tensor:
        """(b,) on 0-63."""
        return as_scores(self.network(self.normalise(batch[FACES])).score)


class DdlLearner(FoldingLearner):
    """Deep distribution learning on 64 levels.

    expectation   F3 with power 2: the paper's idea [sure], its power [assumed]
    distribution  F4 + F3 with power 1 on a Gaussian target: the sibling of Jin and Zhou's group
                  [sure], whose deviation is 0.5; 1 to 3 levels are sounder [assumed]
    """

    def __init__(
        self,
        config: DdlConfig | None = None,
        *,
        loss: DdlLoss = "expectation",
        deviation: float = 1.0,
    ) -> None:
        network = DdlResnet50(config)
        super().__init__([network.levels])
        self.network = network
        self.normalise = Normalise(VGGFACE2_MEAN, UNIT_DEVIATION)
        self.objective: DdlLoss = loss
        self.deviation = deviation

    def loss(self, batch: Batch, epoch: int) -> Tensor:
        """Inputs faces (b, S, S, 3) uint8 -> a scalar."""
        del epoch
        logits = self.heads[0](self.network.features(self.normalise(batch[FACES])))  # (b, 64)
        target = batch[LABEL].unsqueeze(1)  # (b, 1)
        if self.objective == "expectation":
            return expectation_loss(logits.softmax(dim=1), target) / SCALE_MAXIMUM**2
        levels = self.network.config.levels
        divergence = kl_divergence(logits, label_distribution(target, levels, self.deviation))
        return divergence + (expectation(logits.softmax(dim=1)) - target).abs().mean()

    def predict(self, batch: Batch) -> Tensor:
        """(b,) on 0-63."""
        output = self.network(self.normalise(batch[FACES]))
        return output.expectation.squeeze(1).clamp(0.0, float(SCALE_MAXIMUM))


class SeverityLearner(FoldingLearner):
    """Plain regression (F1) with one output: the same trunk and input as DDL's by default."""

    def __init__(self, config: PlainConfig | None = None) -> None:
        network = PlainNetwork(config or PlainConfig("resnet50", 1, 15.3 / SCALE_MAXIMUM))
        super().__init__([network.last])
        self.network = network
        self.normalise = Normalise(VGGFACE2_MEAN, UNIT_DEVIATION)

    def loss(self, batch: Batch, epoch: int) -> Tensor:
        """Inputs faces (b, S, S, 3) uint8 -> a scalar."""
        del epoch
        features = self.network.features(self.normalise(batch[FACES]))
        return mean_squared_error(self.heads[0](features), shares(batch))

    def predict(self, batch: Batch) -> Tensor:
        """(b,) on 0-63."""
        return as_scores(self.network(self.normalise(batch[FACES])))
