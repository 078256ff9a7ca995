"""Measuring batch norms anew: after few steps their running means lag behind the weights.

training batches ─▶ forward in training mode ─▶ plain mean of the batches' statistics
"""

from collections.abc import Generator, Iterable
from contextlib import contextmanager

import torch
from torch import nn

from training.examples import Batch
from training.learners import Learner
from training.predicting import module_of, moved

_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)


def measure_statistics(learner: Learner, batches: Iterable[Batch], epoch: int) -> None:
    """Replace the running statistics by those of these batches; leaves training mode on."""
    device = next(learner.network.parameters()).device
    module = module_of(learner).train()
    with torch.no_grad(), _plain_means(module):
        for batch in batches:
            learner.loss(moved(batch, device), epoch)


@contextmanager
def _plain_means(module: nn.Module) -> Generator[None]:
    """Forget the statistics; within, every batch counts the same."""
    norms = [part for part in module.modules() if isinstance(part, _NORMS)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    try:
        yield
    finally:
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum
