"""Content-adaptive pooling against the mean when a third of the frames is bad.

    frames ─▶ ResNet-18, trained on single frames ─▶ features (T, 512) ─┬─▶ attention ─▶ score
                                                                        └─▶ mean      ─▶ score

Claim of Zhou, Wei, Xu, Qu, Guo, Electronics Letters 2019.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from networks.attention_pooling import AttentionPoolingConfig
from training.evaluation.units import Unit
from training.examples import Examples
from training.learners_clips import FEATURES, PoolingLearner
from training.learners_severity import SeverityLearner
from training.loop import collect
from training.plain import PlainConfig
from training.proving.bench import (
    Bench,
    Effort,
    all_frames,
    frame_features,
    some_frames,
    weigh,
)
from training.proving.clips import Clips, severity_clips, with_bad_frames
from training.proving.finding import Criterion, Finding, Say, Scale, silent
from training.proving.pretraining import PRETRAINED, pretrained_trunk
from training.proving.scenes import Cast, Part, casts
from training.proving.weighing import CCC, RMSE, Rivals, arm, constant, marked_lower

DESIGN = (
    "Clips of 12 drawn faces of 64 px with behaviour over time. Of each clip a share drawn from 0 "
    "to 2/3 is blurred, darkened or turned away. A ResNet-18 is first trained on single frames, "
    "good and bad, to say the clip's label; its 512 features are then frozen and pooled over the "
    f"clip. The paper pools 2048 features of a ResNet-50. {PRETRAINED}."
)
FRAMES = 12


@dataclass(frozen=True, slots=True)
class Sizes:
    """Persons of each part, two clips each, and the effort of trunk and pooling."""

    persons: int
    development: int
    held_out: int
    trunk: Effort
    pooling: Effort


SIZES = {
    Scale.SMOKE: Sizes(6, 3, 3, Effort(1, batch=8), Effort(1, batch=4)),
    Scale.FULL: Sizes(200, 40, 75, Effort(2), Effort(40, rate=3e-3)),
    Scale.LARGE: Sizes(800, 120, 250, Effort(3), Effort(40, rate=3e-3)),
}
FRAMES_A_CLIP = 4  # that the trunk is trained on


def _clips(cast: Cast, seed: int) -> Clips:
    return with_bad_frames(severity_clips(cast, FRAMES), seed + tuple(Part).index(cast.part))


def _trunk(
    bench: Bench, scale: Scale, parts: tuple[Clips, Clips], effort: Effort
) -> SeverityLearner:
    """A network for single frames."""

    def make() -> SeverityLearner:
        learner = SeverityLearner(PlainConfig("resnet18", 1, 0.5))
        pretrained = pretrained_trunk(scale, 64, bench.seed)
        learner.network.trunk.load_state_dict(pretrained.state_dict())
        return learner

    training = some_frames(parts[0], FRAMES_A_CLIP, bench.seed)
    return bench.fit("frames", make, (training, all_frames(parts[1])), effort)


def _finds_bad_frames(learner: PoolingLearner, examples: Examples, clips: Clips) -> Criterion:
    weights = collect(learner, learner.weights, examples)  # (n, T)
    sentence = "mean attention weight of bad frames less that of good ones (1 is the mean frame's)"
    return marked_lower(
        sentence,
        weights.reshape(-1) * FRAMES,
        clips.bad.reshape(-1),
        np.repeat(clips.persons, FRAMES),
    )


class PoolingExperiment:
    """The experiment."""

    name = "pooling"
    claim = "Content-adaptive pooling finds the good frames."
    planned_seconds: Mapping[Scale, float] = {
        Scale.SMOKE: 10.0,
        Scale.FULL: 250.0,
        Scale.LARGE: 320.0,
    }

    def run(self, scale: Scale, seed: int, say: Say = silent) -> Finding:
        """One trunk, two poolings of its features."""
        bench, sizes = Bench(seed, say), SIZES[scale]
        training, development, held_out = (_clips(cast, seed) for cast in casts(sizes, 2, 64, seed))
        say(f"  bad frames: {held_out.bad.mean():.0%} of the held-out ones")
        trunk = _trunk(bench, scale, (training, development), sizes.trunk)
        parts = (frame_features(trunk, training), frame_features(trunk, development))
        tested = frame_features(trunk, held_out)
        config = AttentionPoolingConfig(parts[0].inputs[FEATURES].shape[2])
        learners = {
            f"{pooling} pooling": bench.fit(
                pooling,
                lambda pooling=pooling: PoolingLearner(config, pooling=pooling),
                parts,
                sizes.pooling,
            )
            for pooling in ("attention", "mean")
        }
        scored = {name: weigh(learner, tested, Unit.CLIP) for name, learner in learners.items()}
        attention, mean = scored
        scored["constant"] = constant(float(training.labels.mean()), scored[mean])
        arms = [arm(name, metric, one) for name, one in scored.items() for metric in (RMSE, CCC)]
        criteria = [
            Rivals((attention, mean), scored[attention], scored[mean]).lower(),
            _finds_bad_frames(learners[attention], tested, held_out),
        ]
        return bench.finding((self.name, self.claim, DESIGN), scale, arms, criteria)


EXPERIMENT = PoolingExperiment()
