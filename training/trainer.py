"""Training a candidate's trunk on small views, then moving it to whole faces.

views 64 px ─▶ AdamW, one cycle ─▶ batch statistics measured again on 224 px faces
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from training.candidates import Candidate
from training.collage import collages
from training.synthetic import FaceSet

#: Called with how many steps are done and how many there are.
Tick = Callable[[int, int], None]

_BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)


@dataclass(frozen=True, slots=True)
class Recipe:
    """The knobs of one fit; counts, not seconds, so that a slow machine makes the same weights."""

    steps: int
    batch: int = 16
    rate: float = 1e-3
    weight_decay: float = 1e-4
    warm_share: float = 0.2  # of the cycle in which the rate rises
    statistics_faces: int = 48
    seed: int = 20261122


def train(candidate: Candidate, faces: FaceSet, recipe: Recipe, tick: Tick) -> None:
    """Train on collages of 224 faces, in place."""
    random = np.random.default_rng(recipe.seed)
    optimiser = torch.optim.AdamW(
        candidate.training_parameters(),
        lr=recipe.rate,
        weight_decay=recipe.weight_decay,
        fused=True,
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, recipe.rate, total_steps=recipe.steps, pct_start=recipe.warm_share
    )
    candidate.served.train()
    batches = _batches(len(faces.faces), recipe.batch, random)
    for step in range(recipe.steps):
        chosen = next(batches)
        views = torch.from_numpy(collages(faces.faces[chosen], random))
        labels = torch.from_numpy(faces.labels[chosen]).unsqueeze(1)
        optimiser.zero_grad()
        candidate.loss(views, labels).backward()
        optimiser.step()
        schedule.step()
        tick(step + 1, recipe.steps)


def _batches(count: int, size: int, random: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Indices of whole batches, shuffled anew every round, for ever."""
    while True:
        order = random.permutation(count)
        for start in range(0, count - size + 1, size):
            yield order[start : start + size]


def measure_statistics(candidate: Candidate, faces: NDArray[np.uint8], batch: int) -> None:
    """Replace every batch norm's running statistics by those of whole faces (n, 224, 224, 3)."""
    for part in candidate.served.modules():
        if isinstance(part, _BATCH_NORMS):
            part.reset_running_stats()
            part.momentum = None  # a plain mean over the batches
    candidate.served.train()
    with torch.no_grad():
        for start in range(0, len(faces), batch):
            candidate.served(torch.from_numpy(faces[start : start + batch]))
    candidate.served.eval()
