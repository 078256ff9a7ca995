"""Checkpoints as a training run leaves them, of a network that is quick to export."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import nn

from networks.micro_expression import MicroConfig, Ststnet
from training.checkpoint import CheckpointFolder, Identity


def save(folder: Path, network: nn.Module, config: Any) -> Path:
    """Write a checkpoint as a training run does."""
    identity = Identity(type(network).__name__, asdict(config), {"data": {"set": "drawn"}}, {})
    weights = dict(network.state_dict())
    CheckpointFolder(folder, identity).save("best.pt", {"weights": weights, "beside": {}})
    return folder / "best.pt"


def network_of(seed: int, config: MicroConfig) -> Ststnet:
    torch.manual_seed(seed)
    return Ststnet(config)
