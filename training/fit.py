"""Fitting a severity network on the proving ground, and weighing what came out.

    train on views ─▶ statistics ─▶ export ─▶ features of whole faces ─▶ head ─▶ parity
                                                     evidence, calibration ◀───┘

Two CPU cores and about a minute a network, so the result is a demonstration and nothing more.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from networks.tensors import DDL_RESNET50, HMHN
from training.candidates import CANDIDATES, Candidate
from training.evidence import ClipScores, by_clip, calibration, evidence
from training.export import THREADS, Parity, export, prove_parity, run, session
from training.graphs import FEATURES, with_features, with_head
from training.heads import LinearHead, fit_linear_head
from training.synthetic import FaceSet, Split, SyntheticConfig, make_faces
from training.trainer import Recipe, measure_statistics, train

RECIPES = {HMHN.name: Recipe(steps=60), DDL_RESNET50.name: Recipe(steps=50)}

TRAIN = SyntheticConfig(persons=200, clips=2, frames=1)
CALIBRATION = SyntheticConfig(persons=60, clips=1, frames=1)
HELD_OUT = SyntheticConfig(persons=60, clips=1, frames=1)

#: Whole faces that the head is solved on; their features are the dearest part of a fit.
HEAD_FACES = 200
PARITY_FACES = 4

#: Called with the stage, how much of it is done and how much there is.
Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class ProvingGround:
    """The three splits; their persons are disjoint."""

    train: FaceSet
    calibration: FaceSet
    held_out: FaceSet


@dataclass(frozen=True, slots=True)
class Fitted:
    """A served graph and what is known of it."""

    content: bytes
    parity: Parity
    evidence: dict[str, Any]
    calibration: dict[str, Any]
    seconds: float


def make_proving_ground() -> ProvingGround:
    """Every face that a fit sees, about five seconds of drawing."""
    return ProvingGround(
        make_faces(Split.TRAIN, TRAIN),
        make_faces(Split.CALIBRATION, CALIBRATION),
        make_faces(Split.HELD_OUT, HELD_OUT),
    )


def make_deterministic(seed: int) -> None:
    """Fix what PyTorch may do: the same machine then makes the same weights."""
    torch.manual_seed(seed)
    torch.set_num_threads(THREADS)
    torch.use_deterministic_algorithms(True)


def fit(name: str, ground: ProvingGround, report: Report) -> Fitted:
    """Fit the named network; the same weights every time on one machine."""
    started, recipe = time.monotonic(), RECIPES[name]
    make_deterministic(recipe.seed)
    candidate = CANDIDATES[name]()
    train(candidate, ground.train, recipe, lambda done, total: report("training", done, total))
    whole = ground.train.faces
    measure_statistics(candidate, whole[: recipe.statistics_faces], recipe.batch)
    report("exporting", 0, 1)
    draft = export(candidate.served, candidate.model)
    report("solving the head", 0, 1)
    head = _solve_head(candidate, draft, ground.train)
    content = _put_head(candidate, draft, head)
    parity = prove_parity(candidate.served, content, whole[:PARITY_FACES])
    report("weighing", 0, 1)
    calibrating = _clip_scores(candidate, content, ground.calibration)
    held_out = _clip_scores(candidate, content, ground.held_out)
    return Fitted(
        content,
        parity,
        evidence(held_out, float(ground.train.labels.mean())),
        calibration(calibrating),
        time.monotonic() - started,
    )


def _solve_head(candidate: Candidate, draft: bytes, faces: FaceSet) -> LinearHead:
    """The last layer, solved on the exported trunk's features of whole faces."""
    chosen = slice(0, HEAD_FACES)
    trunk = session(with_features(draft, candidate.head_weight))
    features = run(trunk, faces.faces[chosen])[FEATURES]
    return fit_linear_head(features, faces.labels[chosen], faces.persons[chosen])


def _put_head(candidate: Candidate, draft: bytes, solved: LinearHead) -> bytes:
    """Set the head both in the network and in its graph."""
    head = candidate.head(solved)
    parameters = dict(candidate.served.named_parameters())
    with torch.no_grad():
        for name, values in head.items():
            parameters[name].copy_(torch.from_numpy(values))
    return with_head(draft, head)


def _clip_scores(candidate: Candidate, content: bytes, faces: FaceSet) -> ClipScores:
    """What the served graph says of a split."""
    scores = run(session(content), faces.faces)[candidate.score]
    return by_clip(np.ravel(scores), faces.labels, faces.clips)
