"""Four heads against one when two regions of the face carry half of the label each.

    faces ─▶ frozen ResNet-18 ─▶ maps (512, h, h) ─┬─▶ 4 heads ─▶ log-softmax ─▶ sum ─▶ FC   HMHN
                                                   ├─▶ 1 head  ─▶ log-softmax ─▶ sum ─▶ FC
                                                   └─▶ 1 head  ─────────────────────▶ FC

Claim of Li et al., Front. Neurosci. 17, 2023, and of DAN (arXiv 2109.07270). The log-softmax over a
single head is zero whatever the face, so that HMHN with one head is the constant predictor by
construction; the fair rival is one head without it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from networks.hmhn import Hmhn, HmhnConfig
from networks.losses import mean_squared_error, partition_loss
from training.evaluation.bootstrap import interval
from training.evaluation.units import Unit
from training.examples import Batch, Examples
from training.folding import FoldingLearner
from training.learners_classes import PlainLearner
from training.learners_severity import as_scores, shares
from training.loop import collect
from training.plain import PlainConfig
from training.proving.bench import Bench, Effort, weigh
from training.proving.finding import Criterion, Finding, Relation, Say, Scale, silent
from training.proving.pretraining import PRETRAINED, pretrained_trunk
from training.proving.scenes import casts
from training.proving.stills import two_region_faces
from training.proving.weighing import CCC, RMSE, Rivals, arm, constant, estimate

MAPS = "maps"
SIDE = 128  # pixels, for maps of 4x4

#: Two heads look at different places if their mean centroids are this share of the side apart.
APART = 0.05

#: Of the partition loss; 1 drowns the regression in so few steps.
PARTITION_WEIGHT = 0.01

DESIGN = (
    "Drawn faces of 128 px; smile and lowered lids, independent of each other, carry half of the "
    "label each, brows and bowing none. The claim is about what comes after the trunk, so the "
    "trunk is frozen and its 4x4 maps are computed once, without the first stage (GWA, DFF); "
    "the heads are HMHN's own. HMHN with one head is the constant predictor by construction (a "
    "log-softmax over one head is zero), so one head without the log-softmax is fitted, too; it "
    f"has a quarter of the heads' parameters. {PRETRAINED}."
)


class HeadsLearner(FoldingLearner):
    """HMHN's heads and last layer on maps that are given: F1 + λ·F6.

    Without `afb` the heads' vectors are added as they are, in place of their log-softmax.
    """

    def __init__(self, heads: int, *, afb: bool = True) -> None:
        network = Hmhn(HmhnConfig(heads=heads))
        network.trunk = nn.Sequential()
        super().__init__([network.severity])
        self.network, self.afb = network, afb

    def attend(self, maps: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(b, 512, h, h) -> fused (b, 512), log heads (b, k, 512), masks (b, k, h, h)."""
        vectors, masks = zip(*(head(maps) for head in self.network.heads), strict=True)
        stacked = torch.stack(vectors, dim=1)  # (b, k, 512)
        log_heads = stacked.log_softmax(dim=1)
        return (log_heads if self.afb else stacked).sum(dim=1), log_heads, torch.cat(masks, dim=1)

    def loss(self, batch: Batch, epoch: int) -> Tensor:
        """Inputs maps (b, 512, h, h) float32 -> a scalar."""
        del epoch
        fused, log_heads, _ = self.attend(batch[MAPS])
        regression = mean_squared_error(self.heads[0](fused), shares(batch))
        return regression + PARTITION_WEIGHT * partition_loss(log_heads)

    def predict(self, batch: Batch) -> Tensor:
        """(b,) on 0-63."""
        return as_scores(self.network.severity(self.attend(batch[MAPS])[0]))

    def centroids(self, batch: Batch) -> Tensor:
        """Where each head looks, (b, k, 2): the mask's centroid across and along, 0-1."""
        return mask_centroids(self.attend(batch[MAPS])[2])


def mask_centroids(masks: Tensor) -> Tensor:
    """Masks (b, k, h, h) ≥ 0 -> (b, k, 2), shares of the side; 0.5 for an empty mask."""
    side = masks.shape[-1]
    places = (torch.arange(side, dtype=masks.dtype, device=masks.device) + 0.5) / side
    total = masks.sum(dim=(-1, -2))  # (b, k)
    across = (masks.sum(dim=-2) @ places) / total.clamp(min=1e-12)
    along = (masks.sum(dim=-1) @ places) / total.clamp(min=1e-12)
    found = torch.stack((across, along), dim=2)
    return torch.where(total.unsqueeze(2) > 0.0, found, torch.full_like(found, 0.5))


@dataclass(frozen=True, slots=True)
class Sizes:
    """Persons of each part, two faces each, and the effort of each arm."""

    persons: int
    development: int
    held_out: int
    effort: Effort


SIZES = {
    Scale.SMOKE: Sizes(6, 3, 3, Effort(1, batch=4)),
    Scale.FULL: Sizes(500, 60, 150, Effort(8)),
    Scale.LARGE: Sizes(2000, 200, 400, Effort(24)),
}


def _maps(faces: Examples, trunk: nn.Sequential) -> Examples:
    """The trunk's maps (n, 512, h, h) in place of the faces."""
    learner = PlainLearner(PlainConfig("resnet18", 1))
    learner.network.trunk.load_state_dict(trunk.state_dict())
    maps = collect(
        learner,
        lambda batch: learner.network.trunk(learner.normalise(batch["faces"])),
        faces,
    )
    return Examples({MAPS: maps}, faces.labels, faces.persons, faces.units)


def _farthest(centroids: NDArray[Any], unused: NDArray[Any]) -> float:
    """The greatest distance between two heads' mean centroids: (n, k, 2) -> share of the side."""
    del unused
    means = centroids.mean(axis=0)  # (k, 2)
    return max(float(np.linalg.norm(one - other)) for one, other in combinations(means, 2))


def _look_apart(learner: HeadsLearner, examples: Examples) -> Criterion:
    centroids = collect(learner, learner.centroids, examples)
    measured = interval(_farthest, centroids, examples.labels, examples.persons)
    sentence = "greatest distance between two heads' mean centroids, share of the face's side"
    return Criterion(sentence, estimate(measured), Relation.AT_LEAST, APART)


class HeadsExperiment:
    """The experiment."""

    name = "heads"
    claim = "Several heads watch several regions."
    planned_seconds: Mapping[Scale, float] = {
        Scale.SMOKE: 15.0,
        Scale.FULL: 200.0,
        Scale.LARGE: 400.0,
    }

    def run(self, scale: Scale, seed: int, say: Say = silent) -> Finding:
        """Three arms on the same maps."""
        bench, sizes = Bench(seed, say), SIZES[scale]
        trunk = pretrained_trunk(scale, SIDE, seed)
        training, development, held_out = (
            _maps(two_region_faces(cast), trunk) for cast in casts(sizes, 2, SIDE, seed)
        )
        say(f"  maps of {len(training)} training faces after {bench.clock() - bench.started:.0f} s")
        learners = {
            name: bench.fit(
                name,
                lambda heads=heads, afb=afb: HeadsLearner(heads, afb=afb),
                (training, development),
                sizes.effort,
            )
            for name, heads, afb in (
                ("HMHN, 4 heads", 4, True),
                ("HMHN, 1 head", 1, True),
                ("1 head, no log-softmax", 1, False),
            )
        }
        scored = {name: weigh(learner, held_out, Unit.FRAME) for name, learner in learners.items()}
        four, one, fair = scored
        scored["constant"] = constant(float(training.labels.mean()), scored[four])
        arms = [arm(name, metric, said) for name, said in scored.items() for metric in (RMSE, CCC)]
        criteria = [
            Rivals((four, name), scored[four], scored[name]).lower() for name in (one, fair)
        ]
        criteria.append(_look_apart(learners[four], held_out))
        return bench.finding((self.name, self.claim, DESIGN), scale, arms, criteria)


EXPERIMENT = HeadsExperiment()
