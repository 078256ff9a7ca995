"""What fitting classes on a frozen trunk's features has in common.

    features (n, D) ─▶ standardise ─▶ a linear layer is learned ─▶ fold: it takes plain features

Also the evaluation of the probabilities, and the few rows that run at once.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from networks.tensors import EXPRESSIONS
from training.evaluation.document import Evaluation, Setting, weigh_classes
from training.evaluation.units import Scored, Unit
from training.examples import Examples
from training.quasi_newton import minimise, squares

#: The ridge on weights for standardised features, and the most steps of a head.
RIDGE = 1e-2
HEAD_STEPS = 100

#: Rows that run through a trunk at once.
ROWS = 7

#: Called with how many parts are done and how many there are.
Tick = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Standard:
    """Features' mean and deviation, (D,) each: layers are learned on standardised features."""

    mean: Tensor
    deviation: Tensor

    @classmethod
    def of(cls, features: Tensor) -> "Standard":
        """Measure features (n, D); one that never moves is silenced."""
        deviation = features.std(dim=0)
        silent = torch.full_like(deviation, torch.inf)
        return cls(features.mean(dim=0), torch.where(deviation > 1e-6, deviation, silent))

    def __call__(self, features: Tensor) -> Tensor:
        """(n, D) -> (n, D), mean 0 and deviation 1."""
        return (features - self.mean) / self.deviation

    def fold(self, layer: nn.Linear) -> None:
        """Make a layer for standardised features one for plain features, in place."""
        with torch.no_grad():
            layer.weight.div_(self.deviation)
            layer.bias.sub_(layer.weight @ self.mean)


def fit_head(head: nn.Linear, features: Tensor, labels: Tensor) -> None:
    """Learn a linear layer for features (n, D) and classes (n,) int64, in place."""
    standard = Standard.of(features)
    nn.init.zeros_(head.weight)
    nn.init.zeros_(head.bias)
    inputs = standard(features)
    minimise(
        head.parameters(),
        lambda: cross_entropy(head(inputs), labels) + RIDGE * squares([head.weight]),
        HEAD_STEPS,
    )
    standard.fold(head)


def weigh(probabilities: Tensor, held_out: Examples, unit: Unit) -> Evaluation:
    """Evaluate probabilities (n, C) of held-out rows."""
    setting = Setting(
        f"drawn {unit}s of seven expressions, held-out persons",
        "person-disjoint; fitted on other persons, evaluated once",
    )
    columns = (held_out.labels, held_out.persons, held_out.units)
    return weigh_classes(Scored(probabilities.numpy(), *columns, unit=unit), EXPRESSIONS, setting)


def in_rows(count: int) -> Iterator[slice]:
    """Slices that cover `count` rows."""
    return (slice(start, start + ROWS) for start in range(0, count, ROWS))
