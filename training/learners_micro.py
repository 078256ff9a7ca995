"""The learner of micro-expressions, from the motion between onset and apex."""

from typing import Literal

from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from networks.micro_expression import FlowResnet18, MicroConfig, Ststnet
from training.examples import LABEL, Batch

MOTION = "motion"


MicroNetwork = Literal["ststnet", "flow_resnet18"]


class MicroLearner(nn.Module):
    """Cross entropy on the motion of an event, from its onset to its apex."""

    def __init__(
        self, config: MicroConfig | None = None, *, architecture: MicroNetwork = "ststnet"
    ) -> None:
        super().__init__()
        self.network = {"ststnet": Ststnet, "flow_resnet18": FlowResnet18}[architecture](config)

    def loss(self, batch: Batch, epoch: int) -> Tensor:
        """Inputs motion (b, 28, 28, 3) float (u, v, strain), labels int64 -> a scalar."""
        del epoch
        return cross_entropy(self._forward(batch), batch[LABEL])

    def predict(self, batch: Batch) -> Tensor:
        """Probabilities (b, C)."""
        return self._forward(batch).softmax(dim=1)

    def _forward(self, batch: Batch) -> Tensor:
        return self.network(batch[MOTION].permute(0, 3, 1, 2))
