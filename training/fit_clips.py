"""Severity of sets and clips on a shared trunk: attention pooling, and two streams with a map.

    drawn clips ─▶ trunk ─▶ features of faces (n, 4, D) ─▶ the trunk's own line, scaled ─▶ pooling
                       └──▶ features of maps (n, D) ─────▶ ridge ─▶ dynamic stream

The features are computed once; what is learned on them takes seconds. Everything is weighed on the
same features of other persons, and the parity proof ties the served graph to them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from networks.attention_pooling import AttentionPooling, AttentionPoolingConfig
from networks.losses import mean_squared_error
from networks.temporal_resnet50 import TemporalNetwork
from networks.tensors import SCALE_MAXIMUM
from training.clips_drawn import SeverityClips
from training.evaluation.document import Evaluation, Setting, weigh_severity
from training.evaluation.units import Scored, Unit
from training.export import run
from training.graphs import FEATURES
from training.heads import LinearHead, fit_linear_head
from training.quasi_newton import minimise, squares

Features = NDArray[np.float32]

#: The most steps of attention pooling on all clips at once, and the ridge on its attention.
POOLING_STEPS = 20
POOLING_RIDGE = 2e-4

SETTING = Setting(
    "drawn clips of the synthetic proving ground, held-out persons",
    "person-disjoint; fitted on other persons, evaluated once",
)

#: Called with how many steps are done and how many there are.
Tick = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ClipFeatures:
    """Clips as a trunk sees them.

    faces    (n, F, D) float32, the middle one first
    bad      (n, F) bool, faces that show little
    maps     (n, D) float32
    labels   (n,) float32 on the 0-63 scale
    persons  (n,) int64, one clip each
    """

    faces: Features
    bad: NDArray[np.bool_]
    maps: Features
    labels: NDArray[np.float32]
    persons: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ClipGround:
    """Three sets of clips whose persons are disjoint."""

    train: ClipFeatures
    calibration: ClipFeatures
    held_out: ClipFeatures

    def weigh(self, predict: Callable[[ClipFeatures], Features]) -> Evaluation:
        """Evaluate a predictor of scores (n,) on 0-63."""
        return weigh_severity(
            _scored(self.held_out, predict),
            _scored(self.calibration, predict),
            SETTING,
            float(self.train.labels.mean()),
        )


def _scored(clips: ClipFeatures, predict: Callable[[ClipFeatures], Features]) -> Scored:
    units = np.arange(len(clips.labels))
    return Scored(predict(clips), clips.labels, clips.persons, units, Unit.CLIP)


def see(clips: SeverityClips, trunk: onnxruntime.InferenceSession) -> ClipFeatures:
    """Run clips through a graph whose output is `features`."""
    count, frames = clips.bad.shape
    faces = clips.faces.reshape(count * frames, *clips.faces.shape[2:])  # (n·F, S, S, 3)
    seen = run(trunk, faces)[FEATURES].reshape(count, frames, -1)  # (n, F, D)
    maps = run(trunk, clips.maps)[FEATURES]
    return ClipFeatures(seen, clips.bad, maps, clips.labels, clips.persons)


def rescale(line: LinearHead, features: Features, labels: NDArray[np.float32]) -> LinearHead:
    """The line with a slope and an offset of its own for new faces, by least squares.

    A whole new head would want many more faces than a few clips have.
    """
    said = features @ line.weights + line.bias
    columns = np.stack([said, np.ones_like(said)], axis=1)
    slope, offset = np.linalg.lstsq(columns, labels, rcond=None)[0]
    return replace(
        line, weights=slope * line.weights, bias=float(slope * line.bias + offset), error=0.0
    )


def set_head(head: nn.Linear, line: LinearHead) -> None:
    """A line on the 0-63 scale as a layer on y/63, in place."""
    with torch.no_grad():
        head.weight.copy_(torch.from_numpy(line.weights[None, :] / SCALE_MAXIMUM))
        head.bias.fill_(line.bias / SCALE_MAXIMUM)


def as_scores(shares: Tensor) -> Features:
    """Shares of the scale (n, 1) to served scores (n,) on 0-63."""
    return (shares.clamp(0.0, 1.0) * SCALE_MAXIMUM).squeeze(1).numpy()


def fit_pooling(train: ClipFeatures, line: LinearHead, tick: Tick) -> AttentionPooling:
    """Attention pooling whose head is the trunk's own line and whose attention is learned.

    It starts as mean pooling; the head stays, so that a frame can only be weighed, not reread.
    """
    network = AttentionPooling(AttentionPoolingConfig(train.faces.shape[2]))
    set_head(network.severity, rescale(line, train.faces[:, 0], train.labels))
    features = torch.from_numpy(train.faces)
    mask = torch.ones(train.bad.shape)
    target = torch.from_numpy(train.labels).unsqueeze(1) / SCALE_MAXIMUM
    attention = [network.kernel, *network.second.parameters()]
    minimise(
        attention,
        lambda: (
            mean_squared_error(network(features, mask).score, target)
            + POOLING_RIDGE * squares(attention)
        ),
        POOLING_STEPS,
        lambda done: tick(min(done, POOLING_STEPS), POOLING_STEPS),
    )
    return network.eval()


def pooled_scores(network: AttentionPooling, clips: ClipFeatures) -> Features:
    """What attention pooling says of clips, (n,) on 0-63."""
    with torch.inference_mode():
        output = network(torch.from_numpy(clips.faces), torch.ones(clips.bad.shape))
    return as_scores(output.score)


def fit_temporal(
    network: TemporalNetwork, trunk: nn.Sequential, train: ClipFeatures, line: LinearHead
) -> None:
    """The trunk in both streams; the line reads faces, a ridge solution reads maps; in place."""
    for stream in (network.appearance, network.dynamic):
        stream.trunk.load_state_dict(trunk.state_dict())
    set_head(network.appearance.severity, rescale(line, train.faces[:, 0], train.labels))
    solved = fit_linear_head(train.maps, train.labels, train.persons)
    set_head(network.dynamic.severity, solved)
    network.eval()


def temporal_scores(network: TemporalNetwork, clips: ClipFeatures) -> Features:
    """What the two heads say together of clips, (n,) on 0-63."""
    with torch.inference_mode():
        seen = network.appearance.severity(torch.from_numpy(clips.faces[:, 0]))
        moved = network.dynamic.severity(torch.from_numpy(clips.maps))
    return as_scores((seen + moved) / 2.0)
