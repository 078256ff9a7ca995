"""Temporal encoding against frame models when the label is in the order of the frames alone.

    frames in the label's order ─┬─▶ rank pooling ─▶ map ─▶ dynamic stream ─┬─▶ fused   claimed
                                 ├─▶ one frame by chance ─▶ appearance ─────┘
                                 ├─▶ every frame ─▶ HMHN, DDL, ResNet-18 ─▶ mean        frame models
                                 └─▶ features of every frame ─▶ attention pooling

Claim of de Melo, Granger, Bordallo López, ICASSP 2020.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from networks.attention_pooling import AttentionPoolingConfig
from networks.temporal_resnet50 import TemporalConfig
from training.evaluation.units import Scored, Unit
from training.examples import Examples
from training.learners import Learner
from training.learners_clips import (
    APPEARANCE,
    FEATURES,
    TEMPORAL_MAP,
    PoolingLearner,
    TemporalLearner,
)
from training.learners_severity import DdlLearner, HmhnLearner, SeverityLearner
from training.loop import collect
from training.plain import PlainConfig
from training.proving.bench import (
    Bench,
    Effort,
    frame_features,
    per_clip,
    some_frames,
    weigh,
)
from training.proving.clips import Clips, order_clips
from training.proving.finding import Criterion, Finding, Relation, Say, Scale, silent
from training.proving.pretraining import PRETRAINED, pretrained_trunk
from training.proving.scenes import casts
from training.proving.weighing import (
    CCC,
    RMSE,
    Rivals,
    arm,
    constant,
    has_learned_scores,
    rmse_ratio,
)
from worker.motion import temporal_map

FRAMES = 16
FRAMES_A_CLIP = 4  # that frame models are trained on and weighed with

#: A frame model has stayed at the constant if its RMSE is at least this share of it.
STAYED = 0.9

#: Of HMHN's partition loss; the learner advises it for trunks that are not pretrained at length.
PARTITION_WEIGHT = 0.01

DESIGN = (
    "Clips of 16 drawn faces of 64 px: chance combinations of smile and lowered lids, put in order "
    "along a direction, whose angle is the label. The frames are filmed before the angle is drawn, "
    "so that the same multiset of frames goes with every label (a test proves it). Frame models "
    f"see {FRAMES_A_CLIP} frames a clip, picked by chance, as does the appearance stream one. Both "
    f"streams are ResNet-18 in place of the paper's ResNet-50. {PRETRAINED}; DDL's ResNet-50 "
    "starts from scratch."
)


@dataclass(frozen=True, slots=True)
class Sizes:
    """Persons of each part, two clips each, and the effort of each kind of arm."""

    persons: int
    development: int
    held_out: int
    temporal: Effort
    frames: Effort
    pooling: Effort


SIZES = {
    Scale.SMOKE: Sizes(6, 3, 3, Effort(1, batch=4), Effort(1, batch=8), Effort(1, batch=4)),
    Scale.FULL: Sizes(140, 30, 75, Effort(16), Effort(1), Effort(20)),
    Scale.LARGE: Sizes(560, 90, 200, Effort(24), Effort(2), Effort(20)),
}


def _temporal_inputs(clips: Clips, seed: int) -> Examples:
    """A frame picked by chance, and the map of all: the middle one would tell of the order."""
    count, length = clips.frames.shape[:2]
    picks = np.random.default_rng(seed).integers(0, length, count)
    maps = np.stack([temporal_map(frames) for frames in clips.frames])
    return per_clip(clips, {APPEARANCE: clips.frames[np.arange(count), picks], TEMPORAL_MAP: maps})


class TemporalExperiment:
    """The experiment."""

    name = "temporal"
    claim = "Temporal encoding reads dynamics that no frame model can see."
    planned_seconds: Mapping[Scale, float] = {
        Scale.SMOKE: 20.0,
        Scale.FULL: 330.0,
        Scale.LARGE: 360.0,
    }

    def run(self, scale: Scale, seed: int, say: Say = silent) -> Finding:
        """One temporal arm and four frame models on the same clips."""
        bench, sizes = Bench(seed, say), SIZES[scale]
        parts = tuple(order_clips(cast, FRAMES) for cast in casts(sizes, 2, 64, seed))
        mean = float(parts[0].labels.mean())
        temporal = _fit_temporal(bench, scale, parts)
        frame_models = _fit_frame_models(bench, scale, parts)
        fused = temporal["temporal, fused"]
        scored = {**temporal, **frame_models, "constant": constant(mean, fused)}
        arms = [arm(name, metric, one) for name, one in scored.items() for metric in (RMSE, CCC)]
        criteria = has_learned_scores("temporal, dynamic stream", temporal[DYNAMIC], mean)
        for name, one in frame_models.items():
            criteria.append(Rivals(("temporal, fused", name), fused, one).lower())
            criteria.append(_stays(name, one, mean))
        return bench.finding((self.name, self.claim, DESIGN), scale, arms, criteria)


DYNAMIC = "temporal, dynamic stream"


def _stays(name: str, scored: Scored, mean: float) -> Criterion:
    sentence = f"RMSE of {name} over that of the constant predictor"
    return Criterion(sentence, rmse_ratio(scored, mean), Relation.AT_LEAST, STAYED)


def _fit_temporal(bench: Bench, scale: Scale, parts: tuple[Clips, ...]) -> dict[str, Scored]:
    """The fused score and both streams' own."""

    def make() -> TemporalLearner:
        learner = TemporalLearner(TemporalConfig("resnet18"))
        weights = pretrained_trunk(scale, 64, bench.seed).state_dict()
        learner.network.appearance.trunk.load_state_dict(weights)
        learner.network.dynamic.trunk.load_state_dict(weights)
        return learner

    training, development, held_out = (
        _temporal_inputs(clips, bench.seed + index) for index, clips in enumerate(parts)
    )
    learner = bench.fit("temporal", make, (training, development), SIZES[scale].temporal)
    streams = collect(learner, learner.predict_streams, held_out)  # (n, 2)
    fused = weigh(learner, held_out, Unit.CLIP)
    columns = {"temporal, appearance stream": 0, DYNAMIC: 1}
    return {"temporal, fused": fused} | {
        name: Scored(streams[:, column], fused.true, fused.persons, fused.units, fused.unit)
        for name, column in columns.items()
    }


def _fit_frame_models(bench: Bench, scale: Scale, parts: tuple[Clips, ...]) -> dict[str, Scored]:
    """HMHN, DDL and ResNet-18 on single frames, and attention pooling over the last's features."""
    weights = pretrained_trunk(scale, 64, bench.seed).state_dict()

    def hmhn() -> HmhnLearner:
        learner = HmhnLearner(partition_weight=PARTITION_WEIGHT)
        learner.network.trunk.load_state_dict(weights)
        return learner

    def plain() -> SeverityLearner:
        learner = SeverityLearner(PlainConfig("resnet18", 1, 0.5))
        learner.network.trunk.load_state_dict(weights)
        return learner

    training, development, held_out = (
        some_frames(clips, FRAMES_A_CLIP, bench.seed) for clips in parts
    )
    makes: dict[str, Callable[[], Learner]] = {
        "HMHN on frames": hmhn,
        "DDL on frames": DdlLearner,
        "ResNet-18 on frames": plain,
    }
    learners = {
        name: bench.fit(name, make, (training, development), SIZES[scale].frames)
        for name, make in makes.items()
    }
    scored = {name: weigh(learner, held_out, Unit.CLIP) for name, learner in learners.items()}
    trunk = learners["ResNet-18 on frames"]
    assert isinstance(trunk, SeverityLearner)
    scored["attention pooling"] = _fit_pooling(bench, scale, trunk, parts)
    return scored


def _fit_pooling(
    bench: Bench, scale: Scale, trunk: SeverityLearner, parts: tuple[Clips, ...]
) -> Scored:
    """Attention over the features of every frame, in their order, which it cannot see."""
    training, development, held_out = (frame_features(trunk, clips) for clips in parts)
    config = AttentionPoolingConfig(training.inputs[FEATURES].shape[2])
    learner = bench.fit(
        "attention pooling",
        lambda: PoolingLearner(config),
        (training, development),
        SIZES[scale].pooling,
    )
    return weigh(learner, held_out, Unit.CLIP)


EXPERIMENT = TemporalExperiment()
