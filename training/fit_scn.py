"""SCN on a shared trunk: classes and importance learned on features that are computed once.

drawn faces, every seventh spoiled ─▶ frozen ResNet-18 ─▶ features (n, 512) ─▶ two heads (F11)
"""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from networks.losses import scn_loss
from networks.scn import Scn
from training.clips_drawn import spoil
from training.fit_classes import Standard, Tick, in_rows
from training.quasi_newton import minimise, squares

#: The most steps of both heads on all features at once.
STEPS = 200

#: Stronger than a lone head's: what is learned by heart need not be distrusted.
RIDGE = 1e-1

#: The margin between trusted and distrusted faces for batches of hundreds [sure SCN].
MARGIN = 0.15

#: Every so many-th training face shows little, so that there is something to distrust.
SPOIL_EVERY = 7

SEED = 20261124


def spoiled(faces: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Every seventh face blurred or dark, (n, S, S, 3); the same every time."""
    random, changed = np.random.default_rng(SEED), faces.copy()
    # Seven expressions take turns; a shift a round spoils each of them as often.
    for row in range(0, len(faces), SPOIL_EVERY):
        at = min(row + (row // SPOIL_EVERY) % SPOIL_EVERY, len(faces) - 1)
        changed[at] = spoil(faces[at], random)
    return changed


@torch.no_grad()  # what is made here is learned from
def face_features(
    network: Scn, prepare: Callable[[Tensor], Tensor], faces: NDArray[np.uint8], tick: Tick
) -> Tensor:
    """Faces (n, S, S, 3) uint8 through the frozen trunk -> (n, 512)."""
    parts: list[Tensor] = []
    for rows in in_rows(len(faces)):
        parts.append(network.features(prepare(torch.from_numpy(faces[rows]))))
        tick(min(rows.stop, len(faces)), len(faces))
    return torch.cat(parts)


def fit_scn(network: Scn, features: Tensor, labels: Tensor) -> None:
    """SCN's two heads on features (n, 512), labels (n,) int64; the trunk stays; in place."""
    standard, certainty = Standard.of(features), network.importance[0]
    assert isinstance(certainty, nn.Linear)
    heads = (network.classes, certainty)
    for head in heads:
        nn.init.zeros_(head.weight)
        nn.init.zeros_(head.bias)
    inputs = standard(features)

    def loss() -> Tensor:
        output = network.judge(inputs)
        ridge = RIDGE * squares(head.weight for head in heads)
        return scn_loss(output.logits, output.importance, labels, margin=MARGIN) + ridge

    minimise([parameter for head in heads for parameter in head.parameters()], loss, STEPS)
    for head in heads:
        standard.fold(head)
    network.eval()
