"""A learner's predictions of a whole set, and how good they are on a development set."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from training.evaluation.metrics import accuracy, classes_of, rmse
from training.evaluation.units import Unit, scored
from training.examples import Batch, Examples
from training.faults import TooFewExamples
from training.history import Measure
from training.learners import Learner


def module_of(learner: Learner) -> nn.Module:
    """All of a learner's state: itself where it is a module, else its network."""
    return learner if isinstance(learner, nn.Module) else learner.network


@contextmanager
def evaluating(learner: Learner) -> Generator[None]:
    """Within, the learner is in evaluation and takes no gradients."""
    module = module_of(learner)
    before = module.training
    module.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        module.train(before)


def predict_all(learner: Learner, examples: Examples, batch: int = 64) -> NDArray[Any]:
    """`learner.predict` of every row, in order: (n,) on 0-63, or (n, C) probabilities."""
    return collect(learner, learner.predict, examples, batch)


def collect(
    learner: Learner, answer: Callable[[Batch], Tensor], examples: Examples, batch: int = 64
) -> NDArray[Any]:
    """Any answer of the learner to a batch, e.g. SCN's `importance`, over all rows: (n, ...)."""
    if len(examples) == 0:
        raise TooFewExamples("there are no rows to predict")
    device = next(learner.network.parameters()).device
    rows = np.arange(len(examples))
    with evaluating(learner):
        parts = [
            answer(moved(examples.batch(rows[start : start + batch]), device)).float().cpu().numpy()
            for start in range(0, len(rows), batch)
        ]
    return np.concatenate(parts)


def moved(batch: Batch, device: torch.device) -> Batch:
    """The batch on a device."""
    return {name: values.to(device) for name, values in batch.items()}


def measure_of(development: Examples | None) -> Measure:
    """Classes are measured by accuracy, severities by their error."""
    if development is None:
        return Measure.NONE
    whole = np.issubdtype(development.labels.dtype, np.integer)
    return Measure.ACCURACY if whole else Measure.RMSE


def measure(learner: Learner, development: Examples, batch: int) -> float:
    """The development measure over units (clips, files): each the mean over its rows."""
    units = scored(predict_all(learner, development, batch), development, Unit.CLIP)
    if measure_of(development) is Measure.ACCURACY:
        return accuracy(classes_of(units.predicted), units.true)
    return rmse(units.predicted, units.true.astype(np.float64))
