"""A checkpoint as the served network that it holds the weights of.

best.pt ─▶ network's class and config ─▶ network ◀─ weights ─▶ wrapper with its normalisation
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from torch import nn

from networks.attention_pooling import AttentionPooling, AttentionPoolingConfig
from networks.ddl_resnet50 import DdlConfig, DdlResnet50
from networks.hmhn import Hmhn, HmhnConfig
from networks.micro_expression import MicroConfig, ServedMicroExpression, Ststnet
from networks.scn import Scn, ScnConfig
from networks.serving import ServedDdl, ServedHmhn
from networks.serving_frames import ServedFeatures, ServedScn
from networks.serving_sequences import ServedAttentionPooling, ServedTemporal, ServedTwoStream
from networks.temporal_resnet50 import TemporalConfig, TemporalNetwork
from networks.tensors import SERVED, ServedModel
from networks.two_stream import TwoStream, TwoStreamConfig
from training.checkpoint import read_checkpoint
from training.faults import CheckpointForeign, CheckpointUnreadable, ReleaseRefused
from training.plain import PlainConfig, PlainNetwork


def _features(network: PlainNetwork) -> ServedFeatures:
    return ServedFeatures(network.trunk)


@dataclass(frozen=True, slots=True)
class Architecture:
    """What a served network is made of: the class and config of a checkpoint, and the wrapper.

    The normalisation of the wrapper is the one that the network's learner trains with.
    """

    network: Callable[[Any], nn.Module]
    config: type
    wrapper: Callable[[Any], nn.Module]


#: By the served model's name. `resnet50_features` is the trunk of a plain severity network.
ARCHITECTURES: Mapping[str, Architecture] = {
    "hmhn": Architecture(Hmhn, HmhnConfig, ServedHmhn),
    "ddl_resnet50": Architecture(DdlResnet50, DdlConfig, ServedDdl),
    "resnet50_features": Architecture(PlainNetwork, PlainConfig, _features),
    "attention_pooling": Architecture(
        AttentionPooling, AttentionPoolingConfig, ServedAttentionPooling
    ),
    "temporal_resnet50": Architecture(TemporalNetwork, TemporalConfig, ServedTemporal),
    "expression_scn": Architecture(Scn, ScnConfig, ServedScn),
    "two_stream": Architecture(TwoStream, TwoStreamConfig, ServedTwoStream),
    "micro_expression": Architecture(Ststnet, MicroConfig, ServedMicroExpression),
}


@dataclass(frozen=True, slots=True)
class Trained:
    """A served network with trained weights, and the knobs of the run that trained it."""

    model: ServedModel
    served: nn.Module
    knobs: Mapping[str, Any]


def served_model(name: str) -> ServedModel:
    """The tensors of a network that checkpoints exist of; raises `ReleaseRefused` for others."""
    if name not in ARCHITECTURES:
        known = ", ".join(ARCHITECTURES)
        raise ReleaseRefused(f"{name} is not trained here; networks with checkpoints are {known}")
    return next(model for model in SERVED if model.name == name)


def load_trained(checkpoint: Path, name: str) -> Trained:
    """The served network of a checkpoint.

    Raises `CheckpointUnreadable` for a damaged or missing file, `CheckpointForeign` naming what
    differs when it holds another architecture.
    """
    model, architecture = served_model(name), ARCHITECTURES[name]
    state = read_checkpoint(checkpoint)
    try:
        found, config = state["identity"]["network"], state["identity"]["config"]
        weights, knobs = state["weights"], state["identity"]["knobs"]
    except (KeyError, TypeError) as error:
        raise CheckpointUnreadable(f"{checkpoint} lacks {error}: it is no checkpoint") from error
    wanted = getattr(architecture.network, "__name__", "")
    if found != wanted:
        raise CheckpointForeign(f"{checkpoint} holds a {found}, and {name} is a {wanted}")
    network = architecture.network(_config(checkpoint, architecture, config))
    try:
        network.load_state_dict(weights)
    except (RuntimeError, TypeError, AttributeError) as error:
        raise CheckpointForeign(
            f"{checkpoint} has other weights than its config: {error}"
        ) from error
    return Trained(model, architecture.wrapper(network).eval(), knobs)


def _config(checkpoint: Path, architecture: Architecture, values: Any) -> Any:
    try:
        return TypeAdapter(architecture.config).validate_python(values)
    except (ValidationError, ValueError) as error:
        raise CheckpointForeign(
            f"{checkpoint} has no {architecture.config.__name__} of this version: {error}"
        ) from error
