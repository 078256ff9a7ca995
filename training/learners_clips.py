"""Learners of a severity from recordings and clips: attention pooling, temporal encoding.

features float (n, T, D), mask (n, T)         ─▶ AttentionPooling  ─▶ head       ─▶ F1
appearance, temporal_map uint8 (n, S, S, 3)   ─▶ two streams       ─▶ two heads  ─▶ F1 + F1
"""

from typing import Literal

import torch
from torch import Tensor

from networks.attention_pooling import AttentionPooling, AttentionPoolingConfig
from networks.losses import mean_squared_error
from networks.serving import UNIT_DEVIATION, VGGFACE2_MEAN, Normalise
from networks.temporal_resnet50 import TemporalConfig, TemporalNetwork
from training.examples import Batch
from training.folding import FoldingLearner
from training.learners_severity import as_scores, shares

FEATURES, MASK = "features", "mask"
APPEARANCE, TEMPORAL_MAP = "appearance", "temporal_map"

Pooling = Literal["attention", "mean"]


class PoolingLearner(FoldingLearner):
    """Content-adaptive pooling over a recording's frames, F1 on its score [inferred].

    With `pooling="mean"` both kernels stay at zero, where the network is the plain mean exactly.
    """

    def __init__(
        self, config: AttentionPoolingConfig | None = None, *, pooling: Pooling = "attention"
    ) -> None:
        network = AttentionPooling(config)
        super().__init__([network.severity])
        self.network = network
        if pooling == "mean":
            network.kernel.requires_grad = False
            network.second.requires_grad_(requires_grad=False)

    def loss(self, batch: Batch, epoch: int) -> Tensor:
        """Inputs features (b, T, D) and mask (b, T), 1 for a frame -> a scalar."""
        del epoch
        features = batch[FEATURES]
        weights = self.network(features, batch[MASK]).weights  # (b, T)
        pooled = torch.einsum("bt,btd->bd", weights, features)  # h2
        return mean_squared_error(self.heads[0](pooled), shares(batch))

    def predict(self, batch: Batch) -> Tensor:
        """(b,) on 0-63."""
        return as_scores(self.network(batch[FEATURES], batch[MASK]).score)

    def weights(self, batch: Batch) -> Tensor:
        """The second block's weight of every frame, (b, T); they sum to 1 over the frames."""
        return self.network(batch[FEATURES], batch[MASK]).weights


class TemporalLearner(FoldingLearner):
    """Two streams, appearance and dynamics, each with its own F1 [inferred]."""

    def __init__(self, config: TemporalConfig | None = None) -> None:
        network = TemporalNetwork(config)
        super().__init__([network.appearance.severity, network.dynamic.severity])
        self.network = network
        self.normalise = Normalise(VGGFACE2_MEAN, UNIT_DEVIATION)

    def loss(self, batch: Batch, epoch: int) -> Tensor:
        """Inputs appearance and temporal_map, (b, S, S, 3) uint8 both -> a scalar."""
        del epoch
        appearance = self.network.appearance.features(self.normalise(batch[APPEARANCE]))
        dynamic = self.network.dynamic.features(self.normalise(batch[TEMPORAL_MAP]))
        target = shares(batch)
        return mean_squared_error(self.heads[0](appearance), target) + mean_squared_error(
            self.heads[1](dynamic), target
        )

    def predict(self, batch: Batch) -> Tensor:
        """The fused score, (b,) on 0-63."""
        return as_scores(self._forward(batch).fused)

    def predict_streams(self, batch: Batch) -> Tensor:
        """The appearance's and the dynamics' own scores, (b, 2) on 0-63."""
        output = self._forward(batch)
        return torch.stack((as_scores(output.appearance), as_scores(output.dynamic)), dim=1)

    def _forward(self, batch: Batch):
        return self.network(self.normalise(batch[APPEARANCE]), self.normalise(batch[TEMPORAL_MAP]))
