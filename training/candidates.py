"""The severity networks as the fitting sees them: a loss on views, features, and a head to solve.

While the trunk trains, a warm-up head stands behind it that normalises the features first: AFB's
sums are in the hundreds, too coarse for a bare linear layer's step. It is thrown away; the
network's own last layer is solved afterwards on whole faces.
"""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from networks.ddl_resnet50 import DdlResnet50
from networks.hmhn import Hmhn
from networks.losses import expectation_loss, mean_squared_error, partition_loss
from networks.serving import ServedDdl, ServedHmhn
from networks.tensors import DDL_RESNET50, HMHN, LEVELS, SCALE_MAXIMUM, ServedModel
from training.heads import LinearHead, as_distribution

#: Weight of the partition loss in training. The specification's 1 [inferred] is meant for a
#: pretrained trunk; from scratch and in few steps it drowns the regression.
PARTITION_WEIGHT = 0.01

Head = dict[str, NDArray[np.float32]]


class Candidate(Protocol):
    """A severity network on its way to being served."""

    model: ServedModel
    score: str  # the output that is the severity on the 0-63 scale
    head_weight: str  # the name of the last layer's weight

    @property
    def served(self) -> nn.Module:
        """The network with its preprocessing and outputs, as exported."""
        ...

    def training_parameters(self) -> list[nn.Parameter]:
        """What the optimiser moves."""
        ...

    def loss(self, faces: Tensor, labels: Tensor) -> Tensor:
        """Uint8 faces (n, S, S, 3) and labels (n, 1), 0-63 -> a scalar."""
        ...

    def head(self, solved: LinearHead) -> Head:
        """The solved head as the last layer's weights, by name."""
        ...


class WarmHead(nn.Sequential):
    """Normalise features (n, D), then map them linearly; starts at zero."""

    def __init__(self, features: int, outputs: int) -> None:
        linear = nn.Linear(features, outputs)
        nn.init.zeros_(linear.weight)
        nn.init.zeros_(linear.bias)
        super().__init__(nn.BatchNorm1d(features, affine=False), linear)


class HmhnCandidate:
    """HMHN: mean squared error on y/63 and the partition loss (F1 + λ·F6)."""

    model = HMHN
    score = "score"
    head_weight = "network.severity.weight"

    def __init__(self) -> None:
        self.network = Hmhn()
        self.served = ServedHmhn(self.network)
        self.warm = WarmHead(self.network.config.features, 1)

    def training_parameters(self) -> list[nn.Parameter]:
        """The network and its warm-up head."""
        return [*self.network.parameters(), *self.warm.parameters()]

    def loss(self, faces: Tensor, labels: Tensor) -> Tensor:
        """Uint8 faces (n, S, S, 3) and labels (n, 1), 0-63 -> a scalar."""
        fused, log_heads, _ = self.network.attend(self.served.normalise(faces))
        score = self.warm(fused) + 0.5  # start in the middle of the scale
        regression = mean_squared_error(score, labels / SCALE_MAXIMUM)
        return regression + PARTITION_WEIGHT * partition_loss(log_heads)

    def head(self, solved: LinearHead) -> Head:
        """(1, 512) and (1,), on the y/63 scale."""
        return {
            self.head_weight: (solved.weights[None, :] / SCALE_MAXIMUM).astype(np.float32),
            "network.severity.bias": np.array([solved.bias / SCALE_MAXIMUM], np.float32),
        }


class DdlCandidate:
    """Deep distribution learning: the expectation loss (F2, F3)."""

    model = DDL_RESNET50
    score = "expectation"
    head_weight = "network.levels.weight"

    def __init__(self) -> None:
        self.network = DdlResnet50()
        self.served = ServedDdl(self.network)
        self.warm = WarmHead(self.network.config.features, LEVELS)

    def training_parameters(self) -> list[nn.Parameter]:
        """The network and its warm-up head."""
        return [*self.network.parameters(), *self.warm.parameters()]

    def loss(self, faces: Tensor, labels: Tensor) -> Tensor:
        """Uint8 faces (n, S, S, 3) and labels (n, 1), 0-63 -> a scalar."""
        features = self.network.features(self.served.normalise(faces))
        distribution = self.warm(features).softmax(dim=1)  # (n, 64)
        return expectation_loss(distribution, labels) / SCALE_MAXIMUM**2

    def head(self, solved: LinearHead) -> Head:
        """(64, 2048) and (64,): the solved line as a distribution."""
        weights, biases = as_distribution(solved)
        return {
            self.head_weight: weights.astype(np.float32),
            "network.levels.bias": biases.astype(np.float32),
        }


#: By the name of the served model.
CANDIDATES: dict[str, Callable[[], Candidate]] = {
    HMHN.name: HmhnCandidate,
    DDL_RESNET50.name: DdlCandidate,
}
