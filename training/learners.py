"""What the training loop trains, and every learner by its name.

    batch ─▶ learner.loss ─▶ scalar        training
    batch ─▶ learner.predict ─▶ scores     evaluation

A learner that is an `nn.Module` may hold state beside its network (training heads, new labels);
all of it is in the checkpoints.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Any, Protocol

from pydantic import TypeAdapter, ValidationError
from torch import Tensor, nn

from networks.attention_pooling import AttentionPoolingConfig
from networks.ddl_resnet50 import DdlConfig
from networks.hmhn import HmhnConfig
from networks.micro_expression import MicroConfig
from networks.scn import ScnConfig
from networks.temporal_resnet50 import TemporalConfig
from networks.tensors import SCALE_MAXIMUM
from networks.two_stream import TwoStreamConfig
from training.examples import Batch
from training.faults import KnobsInvalid
from training.learners_classes import PlainLearner, ScnLearner, TwoStreamLearner
from training.learners_clips import PoolingLearner, TemporalLearner
from training.learners_micro import MicroLearner
from training.learners_severity import DdlLearner, HmhnLearner, SeverityLearner
from training.plain import PlainConfig


class Learner(Protocol):
    """A network with what it learns from; networks differ, the loop does not."""

    @property
    def network(self) -> nn.Module:
        """What is trained and saved; its `.config` is a frozen dataclass."""
        ...

    def loss(self, batch: Batch, epoch: int) -> Tensor:
        """A scalar to make small; `epoch` counts from 0."""
        ...

    def predict(self, batch: Batch) -> Tensor:
        """(b,) on 0-63, or (b, C) probabilities."""
        ...


@dataclass(frozen=True, slots=True)
class LearnerFactory:
    """How a learner is made from plain values."""

    learner: Callable[..., Learner]
    config: type
    defaults: Mapping[str, Any]  # of the config, where they are not the network's own

    def __call__(self, config: Mapping[str, Any], options: Mapping[str, Any]) -> Learner:
        """Make one, or raise `KnobsInvalid` that names the value."""
        _refuse_unknown("config", config, [field.name for field in fields(self.config)])
        named = inspect.signature(self.learner).parameters
        known = [name for name in named if name != "config"]
        _refuse_unknown("learner", options, known)
        checked = {
            name: _check(f"learner.{name}", named[name].annotation, value)
            for name, value in options.items()
        }
        values = {**self.defaults, **config}
        return self.learner(_check("config", self.config, values), **checked)


def _refuse_unknown(table: str, given: Mapping[str, Any], known: list[str]) -> None:
    for name in given:
        if name not in known:
            close = get_close_matches(name, known, 1)
            hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"
            raise KnobsInvalid(f"{table}.{name} is not a knob of this network; {hint}")


def _check(where: str, kind: Any, value: Any) -> Any:
    """The value as its type, or a fault that says what is wrong with it."""
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as fault:
        first = fault.errors()[0]
        place = ".".join([where, *map(str, first["loc"])])
        raise KnobsInvalid(f"{place} is {first['input']!r}: {first['msg']}") from fault


_PLAIN_SEVERITY = {"trunk": "resnet50", "outputs": 1, "initial": 15.3 / SCALE_MAXIMUM}

#: By name: the served model's, or `plain_…` for those that others are compared with.
LEARNERS: dict[str, LearnerFactory] = {
    "hmhn": LearnerFactory(HmhnLearner, HmhnConfig, {}),
    "ddl_resnet50": LearnerFactory(DdlLearner, DdlConfig, {}),
    "attention_pooling": LearnerFactory(PoolingLearner, AttentionPoolingConfig, {}),
    "temporal_resnet50": LearnerFactory(TemporalLearner, TemporalConfig, {}),
    "two_stream": LearnerFactory(TwoStreamLearner, TwoStreamConfig, {}),
    "expression_scn": LearnerFactory(ScnLearner, ScnConfig, {}),
    "micro_expression": LearnerFactory(MicroLearner, MicroConfig, {}),
    "plain_severity": LearnerFactory(SeverityLearner, PlainConfig, _PLAIN_SEVERITY),
    "plain_classes": LearnerFactory(PlainLearner, PlainConfig, {}),
}


def make_learner(
    name: str, config: Mapping[str, Any] | None = None, options: Mapping[str, Any] | None = None
) -> Learner:
    """The named learner with its network's config and its own options, both by name."""
    if name not in LEARNERS:
        raise KnobsInvalid(f"network {name!r} is not one of {', '.join(LEARNERS)}")
    return LEARNERS[name](config or {}, options or {})
