"""Expectation loss against plain regression when the labels are noisy.

    faces, labels + noise ─▶ ResNet-50 ─┬─▶ 64 levels, expectation ─▶ F3     claimed
                                        ├─▶ one output             ─▶ F1     plain
                                        └─▶ 64 levels, Gaussian    ─▶ F4+F3  the open sibling

Claim of de Melo, Granger, Hadid, ICIP 2019.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from training.evaluation.units import Unit
from training.learners_severity import DdlLearner, SeverityLearner
from training.proving.bench import Bench, Effort, weigh
from training.proving.finding import Finding, Say, Scale, silent
from training.proving.scenes import Cast, Part
from training.proving.stills import severity_faces, with_noisy_scores
from training.proving.weighing import CCC, RMSE, Rivals, arm, constant

#: Deviation of the noise on every training and development label, points of the 0-63 scale.
NOISE = 12.0
DEVIATION = 2.0  # of the sibling's Gaussian target, levels

DESIGN = (
    "Drawn faces of 64 px, severity in all behaviours. Every label of training and development "
    f"persons gets Gaussian noise of {NOISE:.0f} points and is clipped to 0-63; held-out labels "
    "are clean. ResNet-50 from scratch, same effort for every arm; only the last layer and the "
    "loss differ. The paper starts from a trunk trained on real faces."
)


@dataclass(frozen=True, slots=True)
class Sizes:
    """Persons of each part and the effort of each arm."""

    persons: int
    development: int
    held_out: int
    effort: Effort


SIZES = {
    Scale.SMOKE: Sizes(8, 4, 4, Effort(1, batch=8)),
    Scale.FULL: Sizes(200, 40, 150, Effort(5, batch=16)),
    Scale.LARGE: Sizes(800, 120, 400, Effort(8, batch=16)),
}


class NoisyLabels:
    """The experiment."""

    name = "noisy_labels"
    claim = "The expectation loss beats plain regression when labels are noisy."
    planned_seconds: Mapping[Scale, float] = {
        Scale.SMOKE: 10.0,
        Scale.FULL: 330.0,
        Scale.LARGE: 110.0,
    }

    def run(self, scale: Scale, seed: int, say: Say = silent) -> Finding:
        """Three arms on the same noisy labels, weighed on clean ones."""
        bench, sizes = Bench(seed, say), SIZES[scale]
        training, development = (
            with_noisy_scores(severity_faces(Cast(part, persons, 2, 64, seed)), NOISE, seed + index)
            for index, (part, persons) in enumerate(
                ((Part.TRAINING, sizes.persons), (Part.DEVELOPMENT, sizes.development))
            )
        )
        held_out = severity_faces(Cast(Part.HELD_OUT, sizes.held_out, 1, 64, seed))
        makes = {
            "expectation loss (L2)": DdlLearner,
            "plain regression (MSE)": SeverityLearner,
            "label distribution": lambda: DdlLearner(loss="distribution", deviation=DEVIATION),
        }
        scored = {
            name: weigh(
                bench.fit(name, make, (training, development), sizes.effort), held_out, Unit.FRAME
            )
            for name, make in makes.items()
        }
        claimed, plain, _ = scored
        scored["constant"] = constant(float(training.labels.mean()), scored[claimed])
        arms = [arm(name, metric, one) for name, one in scored.items() for metric in (RMSE, CCC)]
        rivals = Rivals((claimed, plain), scored[claimed], scored[plain])
        return bench.finding((self.name, self.claim, DESIGN), scale, arms, [rivals.lower()])


EXPERIMENT = NoisyLabels()
