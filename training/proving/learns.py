"""Every network against the constant predictor: whether it has learned anything at all.

    clips ─┬─▶ single frames ─▶ HMHN, DDL ─────────────▶ mean over the clip ─┐
           ├─▶ DDL's features of every frame ─▶ attention pooling ───────────┼─▶ RMSE, CCC
           └─▶ middle frame, temporal map ─▶ temporal encoding ──────────────┘

SCN, the two-stream network and the micro-expression network meet the same test in their own
experiments, where their inputs are.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from networks.attention_pooling import AttentionPoolingConfig
from networks.temporal_resnet50 import TemporalConfig
from training.evaluation.units import Scored, Unit
from training.examples import Examples
from training.learners_clips import (
    APPEARANCE,
    FEATURES,
    TEMPORAL_MAP,
    PoolingLearner,
    TemporalLearner,
)
from training.learners_severity import DdlLearner, HmhnLearner
from training.proving.bench import (
    Bench,
    Effort,
    all_frames,
    frame_features,
    per_clip,
    some_frames,
    weigh,
)
from training.proving.clips import Clips, severity_clips
from training.proving.finding import Finding, Say, Scale, silent
from training.proving.pretraining import PRETRAINED, pretrained_trunk
from training.proving.scenes import casts
from training.proving.weighing import (
    CCC,
    RMSE,
    arm,
    constant,
    has_learned_scores,
)
from worker.motion import temporal_map

FRAMES = 8

#: Of HMHN's partition loss: 1 is for a pretrained trunk, and drowns the regression from scratch.
PARTITION_WEIGHT = 0.01

DESIGN = (
    "Clips of 8 drawn faces of 64 px; severity is in all four behaviours and their course. "
    f"{PRETRAINED}; DDL's ResNet-50 starts from scratch. HMHN (partition loss weighted "
    f"{PARTITION_WEIGHT}), DDL, attention pooling over DDL's 2048 features, temporal encoding on "
    "ResNet-18 in place of ResNet-50. SCN, the two-stream and the micro-expression "
    "network meet the constant predictor in their own experiments."
)


@dataclass(frozen=True, slots=True)
class Sizes:
    """Persons of each part, two clips each, frames of a clip that are trained on, and efforts."""

    persons: int
    development: int
    held_out: int
    frames: int
    single: Effort
    pooling: Effort
    temporal: Effort


SIZES = {
    Scale.SMOKE: Sizes(
        6,
        3,
        3,
        1,
        Effort(1, batch=8),
        Effort(1, batch=4),
        Effort(1, batch=4),
    ),
    Scale.FULL: Sizes(
        120, 30, 60, 2, Effort(6, batch=16), Effort(60, rate=3e-3), Effort(12, batch=16)
    ),
    Scale.LARGE: Sizes(
        480, 90, 150, 4, Effort(9, batch=16), Effort(60, rate=3e-3), Effort(18, batch=16)
    ),
}


class LearnsExperiment:
    """The experiment."""

    name = "learns"
    claim = "Every network learns what a constant predictor cannot know."
    planned_seconds: Mapping[Scale, float] = {
        Scale.SMOKE: 25.0,
        Scale.FULL: 500.0,
        Scale.LARGE: 445.0,
    }

    def run(self, scale: Scale, seed: int, say: Say = silent) -> Finding:
        """Four severity networks, each against the constant."""
        bench, sizes = Bench(seed, say), SIZES[scale]
        parts = tuple(severity_clips(cast, FRAMES) for cast in casts(sizes, 2, 64, seed))
        mean = float(parts[0].labels.mean())
        scored = _fit_frame_networks(bench, scale, parts) | {
            "temporal encoding": _fit_temporal(bench, scale, parts)
        }
        criteria = [
            criterion
            for name, one in scored.items()
            for criterion in has_learned_scores(name, one, mean)
        ]
        scored["constant"] = constant(mean, scored["HMHN"])
        arms = [arm(name, metric, one) for name, one in scored.items() for metric in (RMSE, CCC)]
        return bench.finding((self.name, self.claim, DESIGN), scale, arms, criteria)


def _fit_frame_networks(bench: Bench, scale: Scale, parts: tuple[Clips, ...]) -> dict[str, Scored]:
    """HMHN and DDL on single frames, and attention pooling over DDL's features."""
    sizes = SIZES[scale]
    training = some_frames(parts[0], sizes.frames, bench.seed)
    held_out = all_frames(parts[2])
    single = (training, some_frames(parts[1], sizes.frames, bench.seed))
    weights = pretrained_trunk(scale, 64, bench.seed).state_dict()

    def make_hmhn() -> HmhnLearner:
        learner = HmhnLearner(partition_weight=PARTITION_WEIGHT)
        learner.network.trunk.load_state_dict(weights)
        return learner

    hmhn = bench.fit("HMHN", make_hmhn, single, sizes.single)
    ddl = bench.fit("DDL", DdlLearner, single, sizes.single)
    features = [frame_features(ddl, clips) for clips in parts]
    config = AttentionPoolingConfig(features[0].inputs[FEATURES].shape[2])
    pooling = bench.fit(
        "attention pooling",
        lambda: PoolingLearner(config),
        (features[0], features[1]),
        sizes.pooling,
    )
    return {
        "HMHN": weigh(hmhn, held_out, Unit.CLIP),
        "DDL": weigh(ddl, held_out, Unit.CLIP),
        "attention pooling": weigh(pooling, features[2], Unit.CLIP),
    }


def _fit_temporal(bench: Bench, scale: Scale, parts: tuple[Clips, ...]) -> Scored:
    """The fused score of the middle frame and the map."""

    def inputs(clips: Clips) -> Examples:
        maps = np.stack([temporal_map(frames) for frames in clips.frames])
        return per_clip(clips, {APPEARANCE: clips.frames[:, FRAMES // 2], TEMPORAL_MAP: maps})

    def make() -> TemporalLearner:
        learner = TemporalLearner(TemporalConfig("resnet18"))
        weights = pretrained_trunk(scale, 64, bench.seed).state_dict()
        learner.network.appearance.trunk.load_state_dict(weights)
        learner.network.dynamic.trunk.load_state_dict(weights)
        return learner

    training, development, held_out = (inputs(clips) for clips in parts)
    learner = bench.fit("temporal encoding", make, (training, development), SIZES[scale].temporal)
    return weigh(learner, held_out, Unit.CLIP)


EXPERIMENT = LearnsExperiment()
