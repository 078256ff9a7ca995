"""What the networks that share a fitted trunk have in common while they are built.

ddl_resnet50/1/model.onnx ─▶ trunk, line, features of drawn clips      each made when asked for
hmhn/1/model.onnx ─────────▶ trunk
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from torch import nn

from networks.tensors import DDL_RESNET50, ServedModel
from training.clips_drawn import make_severity_clips
from training.evaluation.document import Evaluation
from training.export import (
    PARITY_TOLERANCE,
    UNIT_TOLERANCE,
    Inputs,
    Parity,
    export,
    prove_parity,
    session,
)
from training.fit_clips import ClipFeatures, ClipGround, see
from training.graphs import with_features
from training.repository import ModelFolder
from training.shared_trunk import Weights, read_weights, resnet50_of
from training.synthetic import Split

#: Called with the stage, how much of it is done and how much there is.
Show = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is drawn: one clip a person of severity, seven rows a person of expressions."""

    train_clips: int = 36
    calibration_clips: int = 18
    held_out_clips: int = 18
    train_faces: int = 32
    held_out_faces: int = 12
    train_flows: int = 9
    held_out_flows: int = 4


@dataclass(frozen=True, slots=True)
class Built:
    """A served graph and what is known of it; features alone have nothing to be weighed by."""

    content: bytes
    parity: Parity
    evaluation: Evaluation | None


class Workshop:
    """What the five have in common, made when first asked for."""

    def __init__(self, repository: Path, show: Show, counts: Counts | None = None) -> None:
        self.repository = repository
        self.show = show
        self.counts = counts or Counts()

    def graph(self, model: ServedModel) -> Path:
        """The built graph of a network that shares its trunk."""
        return ModelFolder(self.repository, model.name).graph

    @cached_property
    def ddl(self) -> Weights:
        """The weights of ddl_resnet50."""
        return read_weights(self.graph(DDL_RESNET50))

    @cached_property
    def trunk(self) -> nn.Sequential:
        """The ResNet-50 trunk that ddl_resnet50 was fitted with."""
        return resnet50_of(self.ddl)

    @cached_property
    def ground(self) -> ClipGround:
        """Drawn clips as that trunk sees them."""
        counts = self.counts
        return ClipGround(
            self._clips(Split.TRAIN, counts.train_clips),
            self._clips(Split.CALIBRATION, counts.calibration_clips),
            self._clips(Split.HELD_OUT, counts.held_out_clips),
        )

    def _clips(self, split: Split, count: int) -> ClipFeatures:
        content = self.graph(DDL_RESNET50).read_bytes()
        trunk = session(with_features(content, "network.levels.weight"))
        clips = make_severity_clips(
            split, count, lambda done: self.show(f"drawing {split} clips", done, count)
        )
        self.show(f"looking at {split} clips", 0, 1)
        return see(clips, trunk)


def finish(
    served: nn.Module, model: ServedModel, inputs: Inputs, evaluation: Evaluation | None
) -> Built:
    """Export a network and compare it with its graph."""
    scored = evaluation is not None and evaluation.calibration is not None
    content = export(served, model)
    tolerance = PARITY_TOLERANCE if scored else UNIT_TOLERANCE
    return Built(content, prove_parity(served, content, inputs, tolerance), evaluation)
