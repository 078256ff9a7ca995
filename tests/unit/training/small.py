"""A learner so small that a whole run takes a moment, and examples that it can learn."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from networks.tensors import SCALE_MAXIMUM
from training.examples import LABEL, Batch, Examples
from training.knobs import Knobs

WIDTH = 6


@dataclass(frozen=True, slots=True)
class SmallConfig:
    hidden: int = 8


class SmallNetwork(nn.Module):
    """With a batch norm and dropout, whose state and randomness a resumed run must find again."""

    def __init__(self, config: SmallConfig) -> None:
        super().__init__()
        self.config = config
        self.trunk = nn.Sequential(nn.Linear(WIDTH, config.hidden), nn.BatchNorm1d(config.hidden))
        self.drop = nn.Dropout(0.2)
        self.last = nn.Linear(config.hidden, 1)

    def forward(self, values: Tensor) -> Tensor:
        return self.last(self.drop(self.trunk(values).relu()))


class SmallLearner:
    """Not a module itself, as the protocol does not ask for one."""

    def __init__(self, hidden: int = 8, seed: int = 0) -> None:
        torch.manual_seed(seed)
        self.network = SmallNetwork(SmallConfig(hidden))
        self.epochs_seen: list[int] = []

    def loss(self, batch: Batch, epoch: int) -> Tensor:
        self.epochs_seen.append(epoch)
        target = batch[LABEL].unsqueeze(1) / SCALE_MAXIMUM
        return (self.network(batch["values"]) - target).square().mean()

    def predict(self, batch: Batch) -> Tensor:
        return self.network(batch["values"]).squeeze(1) * SCALE_MAXIMUM


def some_examples(rows: int, seed: int = 0, noise: float = 0.0) -> Examples:
    """A line in six values; the same line for every seed."""
    random = np.random.default_rng(seed)
    values = random.normal(size=(rows, WIDTH)).astype(np.float32)
    labels = 30.0 + 8.0 * values[:, 0] - 5.0 * values[:, 1] + random.normal(0.0, 1.0, rows) * noise
    clipped = np.clip(labels, 0.0, 63.0).astype(np.float32)
    return Examples({"values": values}, clipped, np.arange(rows), np.arange(rows))


def some_knobs(**changes: object) -> Knobs:
    values: dict[str, object] = {
        "epochs": 4,
        "batch": 8,
        "rate": 1e-2,
        "trunk_rate": 1e-2,
        "accelerator": "cpu",
        "checkpoint_every_steps": 2,
    }
    return Knobs(**{**values, **changes})  # pyright: ignore[reportArgumentType]


def weights_of(network: nn.Module) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in network.state_dict().items()}


def same(ours: dict[str, Tensor], theirs: dict[str, Tensor]) -> bool:
    """Bit for bit."""
    return ours.keys() == theirs.keys() and all(torch.equal(ours[n], theirs[n]) for n in ours)
