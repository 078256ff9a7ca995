"""Inter-stream attention against late fusion when appearance and motion matter together.

    middle face, flow of 10 pairs ─┬─▶ two streams with units between them ─▶ mean of softmaxes
                                   └─▶ two streams                          ─▶ mean of softmaxes

Claim of a thesis from NJUPT on spatio-temporal attention and of its patent, CN111401117.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from networks.tensors import FLOW_FRAMES
from networks.two_stream import TwoStreamConfig
from training.evaluation.units import Unit
from training.examples import Examples
from training.learners_classes import FLOW, TwoStreamLearner
from training.proving.bench import Bench, Effort, per_clip, weigh
from training.proving.clips import GESTURES, Clips, gesture_clips, late_fusion_ceiling
from training.proving.finding import Finding, Say, Scale, silent
from training.proving.pretraining import PRETRAINED, pretrained_trunk
from training.proving.scenes import casts
from training.proving.weighing import (
    ACCURACY,
    Rivals,
    arm,
    commonest,
    has_learned_classes,
    majority,
)
from worker.motion import flow_stack

FRAMES = FLOW_FRAMES + 1
CLASSES = int(GESTURES.max()) + 1

DESIGN = (
    "Clips of 11 drawn faces of 64 px: one of four expressions on a head that moves in one of four "
    "directions. The class, one of seven, is a table of both in which neither alone suffices: the "
    "mean of two perfect streams' posteriors, which is plain late fusion, can be right in "
    f"{late_fusion_ceiling():.0%} of clips. Two streams of ResNet-18 in place of ResNet-50, units "
    "after layer3 and layer4, same effort for both arms, optical flow of the worker. "
    f"{PRETRAINED}."
)


@dataclass(frozen=True, slots=True)
class Sizes:
    """Persons of each part, four clips each, and the effort of each arm."""

    persons: int
    development: int
    held_out: int
    effort: Effort


SIZES = {
    Scale.SMOKE: Sizes(4, 2, 2, Effort(1, batch=8)),
    Scale.FULL: Sizes(80, 20, 50, Effort(6)),
    Scale.LARGE: Sizes(320, 60, 150, Effort(9)),
}


def _inputs(clips: Clips) -> Examples:
    """The middle face and the flow of every pair."""
    flows = np.stack([flow_stack(frames) for frames in clips.frames])  # (n, S, S, 20)
    return per_clip(clips, {"faces": clips.frames[:, FRAMES // 2], FLOW: flows})


class InterStreamExperiment:
    """The experiment."""

    name = "inter_stream"
    claim = "Inter-stream attention helps where expression needs appearance and motion together."
    planned_seconds: Mapping[Scale, float] = {
        Scale.SMOKE: 15.0,
        Scale.FULL: 250.0,
        Scale.LARGE: 250.0,
    }

    def run(self, scale: Scale, seed: int, say: Say = silent) -> Finding:
        """Two arms on the same clips."""
        bench, sizes = Bench(seed, say), SIZES[scale]
        training, development, held_out = (
            _inputs(gesture_clips(cast, FRAMES)) for cast in casts(sizes, 4, 64, seed)
        )
        trunk = pretrained_trunk(scale, 64, seed)

        def make(*, attention: bool) -> TwoStreamLearner:
            config = TwoStreamConfig("resnet18", CLASSES, attention=attention)
            learner = TwoStreamLearner(config)
            learner.network.load_trunk(trunk)
            return learner

        names = {True: "inter-stream attention", False: "late fusion"}
        claimed, plain = (
            weigh(
                bench.fit(
                    names[attention],
                    lambda attention=attention: make(attention=attention),
                    (training, development),
                    sizes.effort,
                ),
                held_out,
                Unit.CLIP,
            )
            for attention in names
        )
        label = commonest(training.labels)
        arms = [
            arm(names[True], ACCURACY, claimed),
            arm(names[False], ACCURACY, plain),
            arm("constant", ACCURACY, majority(label, CLASSES, claimed)),
        ]
        criteria = [
            Rivals((names[True], names[False]), claimed, plain).higher(),
            has_learned_classes("two streams with inter-stream attention", claimed, label),
        ]
        return bench.finding((self.name, self.claim, DESIGN), scale, arms, criteria)


EXPERIMENT = InterStreamExperiment()
