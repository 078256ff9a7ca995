"""Every network against the constant predictor: whether it has learned anything at all.

    clips ─┬─▶ single frames ─▶ HMHN, DDL ─────────────▶ mean over the clip ─┐
           ├─▶ DDL's features of every frame ─▶ attention pooling ───────────┼─▶ RMSE, CCC
           └─▶ middle frame, temporal map ─▶ temporal encoding ──────────────┘
    faces ───▶ SCN ─────────────────────────────────────────────────────────▶ accuracy

The two-stream network and the micro-expression networks meet the same test in their own
experiments, where their inputs are.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from networks.attention_pooling import AttentionPoolingConfig
from networks.scn import ScnConfig
from networks.temporal_resnet50 import TemporalConfig
from training.evaluation.units import Scored, Unit
from training.examples import Examples
from training.learners_classes import ScnLearner
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
from training.proving.finding import Arm, Criterion, Finding, Say, Scale, silent
from training.proving.scenes import casts
from training.proving.stills import EXPRESSIONS, expression_faces
from training.proving.weighing import (
    ACCURACY,
    CCC,
    RMSE,
    arm,
    commonest,
    constant,
    has_learned_classes,
    has_learned_scores,
    majority,
)
from worker.motion import temporal_map

FRAMES = 8

#: Of HMHN's partition loss: 1 is for a pretrained trunk, and drowns the regression from scratch.
PARTITION_WEIGHT = 0.01

DESIGN = (
    "Clips of 8 drawn faces of 64 px; severity is in all four behaviours and their course. Every "
    "network starts from scratch and sees a few thousand faces. HMHN (partition loss weighted "
    f"{PARTITION_WEIGHT}), DDL (ResNet-50), attention pooling over DDL's 2048 features, temporal "
    "encoding on ResNet-18 in place of ResNet-50; SCN on faces with seven expressions. The "
    "two-stream and micro-expression networks meet the constant predictor in their own experiments."
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
    classes: Effort


SIZES = {
    Scale.SMOKE: Sizes(
        6,
        3,
        3,
        1,
        Effort(1, batch=8),
        Effort(1, batch=4),
        Effort(1, batch=4),
        Effort(1, batch=8),
    ),
    Scale.FULL: Sizes(250, 30, 75, 2, Effort(5), Effort(20), Effort(8), Effort(10)),
}


class LearnsExperiment:
    """The experiment."""

    name = "learns"
    claim = "Every network learns what a constant predictor cannot know."
    planned_seconds: Mapping[Scale, float] = {Scale.SMOKE: 25.0, Scale.FULL: 290.0}

    def run(self, scale: Scale, seed: int, say: Say = silent) -> Finding:
        """Four severity networks and a classifier, each against the constant."""
        bench, sizes = Bench(seed, say), SIZES[scale]
        parts = tuple(severity_clips(cast, FRAMES) for cast in casts(sizes, 2, 64, seed))
        mean = float(parts[0].labels.mean())
        scored = _fit_frame_networks(bench, sizes, parts) | {
            "temporal encoding": _fit_temporal(bench, sizes, parts)
        }
        criteria = [
            criterion
            for name, one in scored.items()
            for criterion in has_learned_scores(name, one, mean)
        ]
        scored["constant"] = constant(mean, scored["HMHN"])
        arms = [arm(name, metric, one) for name, one in scored.items() for metric in (RMSE, CCC)]
        class_arms, criterion = _fit_scn(bench, sizes)
        arms += class_arms
        return bench.finding((self.name, self.claim, DESIGN), scale, arms, [*criteria, criterion])


def _fit_frame_networks(bench: Bench, sizes: Sizes, parts: tuple[Clips, ...]) -> dict[str, Scored]:
    """HMHN and DDL on single frames, and attention pooling over DDL's features."""
    training = some_frames(parts[0], sizes.frames, bench.seed)
    held_out = all_frames(parts[2])
    single = (training, some_frames(parts[1], sizes.frames, bench.seed))
    hmhn = bench.fit(
        "HMHN", lambda: HmhnLearner(partition_weight=PARTITION_WEIGHT), single, sizes.single
    )
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


def _fit_temporal(bench: Bench, sizes: Sizes, parts: tuple[Clips, ...]) -> Scored:
    """The fused score of the middle frame and the map."""

    def inputs(clips: Clips) -> Examples:
        maps = np.stack([temporal_map(frames) for frames in clips.frames])
        return per_clip(clips, {APPEARANCE: clips.frames[:, FRAMES // 2], TEMPORAL_MAP: maps})

    training, development, held_out = (inputs(clips) for clips in parts)
    learner = bench.fit(
        "temporal encoding",
        lambda: TemporalLearner(TemporalConfig("resnet18")),
        (training, development),
        sizes.temporal,
    )
    return weigh(learner, held_out, Unit.CLIP)


def _fit_scn(bench: Bench, sizes: Sizes) -> tuple[list[Arm], Criterion]:
    """SCN on right labels, without relabelling."""
    classes = len(EXPRESSIONS)
    training, development, held_out = (
        expression_faces(cast) for cast in casts(sizes, 2, 64, bench.seed)
    )
    learner = bench.fit(
        "SCN",
        lambda: ScnLearner(ScnConfig(classes), relabel_from=sizes.classes.epochs),
        (training, development),
        sizes.classes,
    )
    scored = weigh(learner, held_out, Unit.FRAME)
    label = commonest(training.labels)
    arms = [
        arm("SCN", ACCURACY, scored),
        arm("constant", ACCURACY, majority(label, classes, scored)),
    ]
    return arms, has_learned_classes("SCN", scored, label)


EXPERIMENT = LearnsExperiment()
