"""The workbench of an experiment: every arm is fitted by the project's own loop.

    make a learner (seeded) ─▶ training.loop.fit ─▶ predict on held-out persons ─▶ Scored

All arms of an experiment share the seed, the order of their batches and, unless an experiment says
otherwise, the effort.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from training.evaluation.units import Scored, Unit, scored
from training.examples import Examples
from training.knobs import Knobs
from training.learners import Learner
from training.learners_clips import FEATURES, MASK
from training.learners_severity import FACES, DdlLearner, SeverityLearner
from training.loop import collect, fit, predict_all
from training.proving.clips import Clips
from training.proving.finding import Arm, Criterion, Finding, Say, Scale

AnyLearner = TypeVar("AnyLearner", bound=Learner)

PREDICTION_BATCH = 64

#: Batch norms are measured anew on so many batches after each epoch: the runs are short, and the
#: running averages lag behind weights that move fast.
STATISTICS_BATCHES = 8


@dataclass(frozen=True, slots=True)
class Effort:
    """How much an arm is trained: AdamW, one cycle of the rate, gradients clipped at norm 1."""

    epochs: int
    batch: int = 32
    rate: float = 1e-3
    trunk_rate: float = 1e-3  # lower, or 0, for a pretrained trunk

    def knobs(self, seed: int) -> Knobs:
        """As the loop takes them; the best epoch is chosen on development persons."""
        return Knobs(
            epochs=self.epochs,
            batch=self.batch,
            optimiser="adamw",
            rate=self.rate,
            trunk_rate=self.trunk_rate,
            schedule="one_cycle",
            statistics_batches=STATISTICS_BATCHES,
            accelerator="auto",
            seed=seed,
            checkpoint_every_steps=0,
        )


@dataclass(slots=True)
class Bench:
    """One run of an experiment: its seed, its clock and where it says how far it is."""

    seed: int
    say: Say
    clock: Callable[[], float] = time.monotonic
    started: float = field(init=False)

    def __post_init__(self) -> None:
        """Start the clock."""
        self.started = self.clock()

    def fit(
        self,
        name: str,
        make: Callable[[], AnyLearner],
        parts: tuple[Examples, Examples],
        effort: Effort,
    ) -> AnyLearner:
        """A learner made with this run's seed and fitted on (training, development)."""
        torch.manual_seed(self.seed)
        learner, before = make(), self.clock()
        # A fifth faster on CPUs.
        learner.network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
        history = fit(learner, *parts, effort.knobs(self.seed))
        best = "" if history.best is None else f", development {history.measure} {history.best:.3g}"
        self.say(f"  {name}: {self.clock() - before:.0f} s{best}")
        return learner

    def finding(
        self,
        named: tuple[str, str, str],
        scale: Scale,
        arms: list[Arm],
        criteria: list[Criterion],
    ) -> Finding:
        """The finding of (name, claim, design) with the time since the start."""
        experiment, claim, design = named
        seconds = round(self.clock() - self.started, 1)
        return Finding(
            experiment, claim, design, scale, self.seed, tuple(arms), tuple(criteria), seconds
        )


def weigh(learner: Learner, examples: Examples, unit: Unit) -> Scored:
    """Predictions on examples, the mean over each unit."""
    return scored(predict_all(learner, examples, PREDICTION_BATCH), examples, unit)


def all_frames(clips: Clips) -> Examples:
    """Every frame as a face (n·T, S, S, 3) with its clip's label; the units are the clips."""
    count, length = clips.frames.shape[:2]
    return Examples(
        {FACES: clips.frames.reshape(count * length, *clips.frames.shape[2:])},
        np.repeat(clips.labels, length),
        np.repeat(clips.persons, length),
        np.repeat(np.arange(count), length),
    )


def some_frames(clips: Clips, each: int, seed: int) -> Examples:
    """`each` frames of every clip, picked by chance and without putting any back."""
    random = np.random.default_rng(seed)
    count, length = clips.frames.shape[:2]
    picks = random.permuted(np.tile(np.arange(length), (count, 1)), axis=1)[:, :each]
    rows = (np.arange(count)[:, None] * length + picks).reshape(-1)
    return all_frames(clips).subset(rows)


def per_clip(clips: Clips, inputs: Mapping[str, NDArray[np.generic]]) -> Examples:
    """One row a clip with the given inputs."""
    return Examples(inputs, clips.labels, clips.persons, np.arange(len(clips)))


def frame_features(learner: SeverityLearner | DdlLearner, clips: Clips) -> Examples:
    """A fitted network's features (n, T, D) of every frame, and a mask of ones (n, T)."""
    flat = collect(
        learner,
        lambda batch: learner.network.features(learner.normalise(batch[FACES])),
        all_frames(clips),
    )
    shape = clips.bad.shape
    features = flat.reshape(*shape, flat.shape[1])
    return per_clip(clips, {FEATURES: features, MASK: np.ones(shape, np.float32)})
