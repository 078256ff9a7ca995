"""Learners of classes: two streams, SCN and a plain ResNet.

faces uint8, for two streams also flow uint8 ─▶ network ─▶ logits ─▶ cross entropy
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from networks.losses import relabelled, scn_loss
from networks.scn import Scn, ScnConfig
from networks.serving import IMAGENET_DEVIATION, IMAGENET_MEAN, Normalise
from networks.serving_sequences import NO_FLOW
from networks.two_stream import TwoStream, TwoStreamConfig
from training.examples import LABEL, ROW, Batch
from training.learners_severity import FACES
from training.plain import PlainConfig, PlainNetwork

FLOW = "flow"


class PlainLearner(nn.Module):
    """Cross entropy on a plain ResNet: what SCN is compared with."""

    def __init__(self, config: PlainConfig | None = None) -> None:
        super().__init__()
        self.network = PlainNetwork(config)
        self.normalise = Normalise(IMAGENET_MEAN, IMAGENET_DEVIATION)

    def loss(self, batch: Batch, epoch: int) -> Tensor:
        """Inputs faces (b, S, S, 3) uint8, labels int64 -> a scalar."""
        del epoch
        return cross_entropy(self.network(self.normalise(batch[FACES])), batch[LABEL])

    def predict(self, batch: Batch) -> Tensor:
        """Probabilities (b, C)."""
        return self.network(self.normalise(batch[FACES])).softmax(dim=1)


class TwoStreamLearner(nn.Module):
    """Face and flow: the cross entropy of each stream, added [assumed]."""

    def __init__(self, config: TwoStreamConfig | None = None) -> None:
        super().__init__()
        self.network = TwoStream(config)
        self.normalise = Normalise(IMAGENET_MEAN, IMAGENET_DEVIATION)

    def _forward(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        flow = (batch[FLOW].permute(0, 3, 1, 2).float() - NO_FLOW) / NO_FLOW  # (b, 20, S, S)
        return self.network(self.normalise(batch[FACES]), flow)

    def loss(self, batch: Batch, epoch: int) -> Tensor:
        """Inputs faces (b, S, S, 3) and flow (b, S, S, 20) uint8, labels int64 -> a scalar."""
        del epoch
        spatial, temporal, _ = self._forward(batch)
        return cross_entropy(spatial, batch[LABEL]) + cross_entropy(temporal, batch[LABEL])

    def predict(self, batch: Batch) -> Tensor:
        """The mean of both streams' probabilities, (b, C)."""
        return self._forward(batch)[2]


class RowLabels:
    """New labels of some rows; -1 for a row that keeps its own."""

    def __init__(self) -> None:
        self.labels = torch.full((0,), -1, dtype=torch.int64)

    def read(self, rows: Tensor, labels: Tensor) -> Tensor:
        """The labels (b,) to learn from, which are new for some rows (b,)."""
        self._reach(rows)
        new = self.labels[rows.cpu()].to(labels.device)
        return torch.where(new >= 0, new, labels)

    def write(self, rows: Tensor, labels: Tensor) -> None:
        """Remember these labels (b,) of these rows (b,)."""
        self._reach(rows)
        self.labels[rows.cpu()] = labels.cpu()

    def _reach(self, rows: Tensor) -> None:
        missing = int(rows.max()) + 1 - len(self.labels)
        if missing > 0:
            self.labels = torch.cat((self.labels, torch.full((missing,), -1, dtype=torch.int64)))


class ScnLearner(nn.Module):
    """SCN: F11, and from an epoch on F12, whose new labels are kept by row and saved.

    Share 0.7, margin 0.07 for batches of 64, threshold 0.2, relabelling from epoch 10 on: as the
    authors' code [sure]. As in the paper, only the low group is relabelled [inferred]. Nothing is
    relabelled where no gradient is taken.
    """

    def __init__(
        self,
        config: ScnConfig | None = None,
        *,
        relabel_from: int = 10,  # epochs done before; a number past the last turns it off
        share: float = 0.7,
        margin: float = 0.07,
        threshold: float = 0.2,
    ) -> None:
        super().__init__()
        self.network = Scn(config)
        self.normalise = Normalise(IMAGENET_MEAN, IMAGENET_DEVIATION)
        self.relabel_from = relabel_from
        self.share, self.margin, self.threshold = share, margin, threshold
        self.row_labels = RowLabels()

    def loss(self, batch: Batch, epoch: int) -> Tensor:
        """Inputs faces (b, S, S, 3) uint8, labels int64, rows -> a scalar; may relabel rows."""
        output = self.network(self.normalise(batch[FACES]))
        labels = self.row_labels.read(batch[ROW], batch[LABEL])
        if epoch >= self.relabel_from and torch.is_grad_enabled():
            seen = output.weighted.detach().softmax(dim=1)
            certainty = output.importance.detach()
            better = relabelled(seen, labels, certainty, self.share, self.threshold)
            changed = better != labels
            if changed.any():
                self.row_labels.write(batch[ROW][changed], better[changed])
        return scn_loss(output.logits, output.importance, labels, self.share, self.margin)

    def predict(self, batch: Batch) -> Tensor:
        """Probabilities (b, C) of the unweighted logits, as they are served."""
        return self.network(self.normalise(batch[FACES])).logits.softmax(dim=1)

    def importance(self, batch: Batch) -> Tensor:
        """How far each face is trusted, (b,) in (0, 1)."""
        return self.network(self.normalise(batch[FACES])).importance.squeeze(1)

    def get_extra_state(self) -> Tensor:
        """The new labels, a part of every checkpoint."""
        return self.row_labels.labels.clone()

    def set_extra_state(self, state: Tensor) -> None:
        """Take the new labels back."""
        self.row_labels.labels = state.clone()
