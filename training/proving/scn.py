"""SCN against a plain ResNet-18 when a fifth of the labels is wrong.

    faces, 20 % of labels flipped ─▶ ResNet-18 ─┬─▶ classes, importance ─▶ F11, from epoch 10 F12
                                                └─▶ classes             ─▶ cross entropy

Claim of Wang K. et al., CVPR 2020.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from networks.scn import ScnConfig
from training.evaluation.units import Unit
from training.learners_classes import PlainLearner, ScnLearner
from training.loop import collect
from training.plain import PlainConfig
from training.proving.bench import Bench, Effort, weigh
from training.proving.finding import Finding, Say, Scale, silent
from training.proving.scenes import casts
from training.proving.stills import EXPRESSIONS, expression_faces, with_flipped_classes
from training.proving.weighing import (
    ACCURACY,
    Rivals,
    arm,
    commonest,
    has_learned_classes,
    majority,
    marked_lower,
)

FLIPPED = 0.2

DESIGN = (
    "Drawn faces of 64 px with one of seven expressions. 20 % of the labels of training and "
    "development persons are another class, each as likely; held-out labels are clean. ResNet-18 "
    "from scratch, batches of 64, margin 0.07, relabelling from epoch 10 as in the authors' code; "
    "same effort for both arms. The paper starts from a trunk trained on real faces."
)


@dataclass(frozen=True, slots=True)
class Sizes:
    """Persons of each part, two faces each, and the effort of each arm."""

    persons: int
    development: int
    held_out: int
    effort: Effort


SIZES = {
    Scale.SMOKE: Sizes(16, 4, 4, Effort(1, batch=16)),
    Scale.FULL: Sizes(300, 50, 200, Effort(14, batch=64)),
    Scale.LARGE: Sizes(1500, 150, 500, Effort(40, batch=64)),
}


class ScnExperiment:
    """The experiment."""

    name = "scn"
    claim = "SCN suppresses wrong labels."
    planned_seconds: Mapping[Scale, float] = {
        Scale.SMOKE: 8.0,
        Scale.FULL: 300.0,
        Scale.LARGE: 300.0,
    }

    def run(self, scale: Scale, seed: int, say: Say = silent) -> Finding:
        """Two arms on the same wrong labels."""
        bench, sizes, classes = Bench(seed, say), SIZES[scale], len(EXPRESSIONS)
        training, development, held_out = map(expression_faces, casts(sizes, 2, 64, seed))
        training, flipped = with_flipped_classes(training, FLIPPED, classes, seed)
        development, _ = with_flipped_classes(development, FLIPPED, classes, seed + 1)
        parts = (training, development)
        scn = bench.fit("SCN", lambda: ScnLearner(ScnConfig(classes)), parts, sizes.effort)
        plain = bench.fit(
            "plain ResNet-18",
            lambda: PlainLearner(PlainConfig("resnet18", classes)),
            parts,
            sizes.effort,
        )
        claimed, other = (weigh(learner, held_out, Unit.FRAME) for learner in (scn, plain))
        label = commonest(training.labels)
        arms = [
            arm("SCN", ACCURACY, claimed),
            arm("plain ResNet-18", ACCURACY, other),
            arm("constant", ACCURACY, majority(label, classes, claimed)),
        ]
        importance = collect(scn, scn.importance, training)
        criteria = [
            Rivals(("SCN", "plain ResNet-18"), claimed, other).higher(),
            marked_lower(
                "mean importance of flipped training faces less that of the others",
                importance,
                flipped,
                training.persons,
            ),
            has_learned_classes("SCN", claimed, label),
        ]
        relabelled = scn.row_labels.labels.numpy()
        say(f"  SCN relabelled {int(np.sum(relabelled >= 0))} of {len(training)} faces")
        return bench.finding((self.name, self.claim, DESIGN), scale, arms, criteria)


EXPERIMENT = ScnExperiment()
