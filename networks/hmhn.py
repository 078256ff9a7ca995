"""HMHN, the hybrid multi-head cross attention network for depression severity, in one file.

    faces ─▶ GWA ─▶ x_map ─┐                     ┌─▶ head 1 ─┐
      │                    ├─▶ DFF ─▶ ResNet-18 ─┼─▶   ...   ├─▶ AFB ─▶ FC ─▶ score
      └────────────────────┘                     └─▶ head k ─┘
           low-level features                     global representation

After Li et al., Front. Neurosci. 17, 2023 (PMC10244529) for the two stages and the score [sure].
The paper's code is not public: GWA and DFF follow FER-VT (Inf. Sci. 2021), MAB and AFB follow DAN
(arXiv 2109.07270), whose wording the paper shares [inferred]. Where the public part code departs
from its paper's intent (a grid cut by a learned convolution, a fold that interleaves rows, one
convolution used for two inputs), the intent is implemented.

B faces, S side in pixels (a multiple of 32), k heads, h = S/32.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from networks.resnet import initialise_convolutions, resnet18_trunk

#: The grid of GWA: 4x4 cells [sure FER-VT, inferred HMHN].
GRID_SIDE = 4
CELLS = GRID_SIDE * GRID_SIDE


@dataclass(frozen=True, slots=True)
class HmhnConfig:
    """The sizes that fix the weights' shapes; saved with every checkpoint."""

    heads: int = 4  # DAN's default; the paper's own k is unknown [inferred]
    features: int = 512  # channels of the ResNet-18 trunk
    attention_width: int = 256  # channels inside a head's spatial unit
    squeeze_width: int = 32  # units inside a head's channel unit
    local_width: int = 64  # channels of GWA's inverted bottleneck
    initial_score: float = 15.3 / 63.0  # the FC's bias at the start [assumed]


class HmhnOutput(NamedTuple):
    """What one forward pass says.

    score      (B, 1) float, severity as a share of the scale, y/63, not clipped
    log_heads  (B, k, 512) float, log-softmax over the heads: what the partition loss reads
    attention  (B, k, h, h) float ≥ 0, each head's spatial mask before the channel unit
    """

    score: Tensor
    log_heads: Tensor
    attention: Tensor


def split_grid(image: Tensor) -> Tensor:
    """(B, C, S, S) -> (B, 16, C, S/4, S/4), cells row by row; a pure reshape."""
    batch, channels, side, _ = image.shape
    cell = side // GRID_SIDE
    cells = image.reshape(batch, channels, GRID_SIDE, cell, GRID_SIDE, cell)
    cells = cells.permute(0, 2, 4, 1, 3, 5)  # (B, 4, 4, C, S/4, S/4)
    return cells.reshape(batch, CELLS, channels, cell, cell)


def fold_grid(cells: Tensor) -> Tensor:
    """(B, 16, C, c, c) -> (B, C, 4c, 4c), the inverse of `split_grid`."""
    batch, _, channels, cell, _ = cells.shape
    grid = cells.reshape(batch, GRID_SIDE, GRID_SIDE, channels, cell, cell)
    grid = grid.permute(0, 3, 1, 4, 2, 5)  # (B, C, 4, c, 4, c)
    return grid.reshape(batch, channels, GRID_SIDE * cell, GRID_SIDE * cell)


class GridWiseAttention(nn.Module):
    """GWA: weigh 16 cells of the face against each other (585 parameters) [inferred, FER-VT]."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.local = nn.Sequential(
            nn.Conv2d(3, width, 1),
            nn.BatchNorm2d(width),
            nn.LeakyReLU(inplace=True),
            nn.Conv2d(width, 3, 1),
            nn.BatchNorm2d(3),
            nn.LeakyReLU(inplace=True),
        )
        for part in self.local:
            if isinstance(part, nn.Conv2d):
                nn.init.kaiming_uniform_(part.weight)

    def affinities(self, faces: Tensor) -> Tensor:
        """(B, 3, S, S) -> (B, 16, 3, c, c) with c = S/4; sums to 1 over the cells at every pixel.

        The local features are 1x1 convolutions, so they may be computed before the cut.
        """
        features = split_grid(self.local(faces))  # F: (B, 16, 3, c, c)
        similarity = features @ features.transpose(-1, -2) / features.shape[-1]  # F·Fᵀ / c
        return similarity.softmax(dim=1)

    def weights(self, faces: Tensor) -> Tensor:
        """(B, 3, S, S) -> (B, 16, 3, 1, 1), one weight a cell and channel; sums to 1 over cells."""
        return self.affinities(faces).mean(dim=(-1, -2), keepdim=True)

    def forward(self, faces: Tensor) -> Tensor:
        """(B, 3, S, S) -> x_map (B, 3, S, S), every cell scaled by its own weight.

        The weights average 1/16; times 16 they average 1, which keeps x_map as bright as the face
        [assumed].
        """
        return fold_grid(split_grid(faces) * self.weights(faces) * CELLS)


class FeatureFusion(nn.Module):
    """DFF: fuse the face and its attention map (450 parameters) [inferred, FER-VT]."""

    def __init__(self) -> None:
        super().__init__()
        self.transform_face = self._block(nn.ReLU(inplace=True))
        self.transform_map = self._block(nn.ReLU(inplace=True))
        self.refine = nn.Sequential(self._block(nn.PReLU(3)), self._block(nn.PReLU(3)))
        self.mix = nn.Conv2d(3, 3, 3, padding=1)
        for part in self.modules():
            if isinstance(part, nn.Conv2d):
                nn.init.xavier_uniform_(part.weight, gain=0.1)

    @staticmethod
    def _block(activation: nn.Module) -> nn.Sequential:
        return nn.Sequential(nn.Conv2d(3, 3, 3, padding=1), nn.BatchNorm2d(3), activation)

    def forward(self, faces: Tensor, attention_map: Tensor) -> Tensor:
        """Two of (B, 3, S, S) -> (B, 3, S, S).

        The sigmoid output y lies in (0, 1), off the distribution that a trunk expects; x + (2y - 1)
        starts as the face itself and adds no parameter [assumed].
        """
        fused = self.transform_face(faces) + self.transform_map(attention_map)
        mixed = self.mix(self.refine(fused) + fused).sigmoid()
        return faces + (2.0 * mixed - 1.0)


class AttentionHead(nn.Module):
    """One of MAB's heads: where to look, then what to keep (2,135,904 parameters) [sure DAN]."""

    def __init__(self, config: HmhnConfig) -> None:
        super().__init__()
        features, width, squeeze = config.features, config.attention_width, config.squeeze_width
        self.reduce = nn.Sequential(nn.Conv2d(features, width, 1), nn.BatchNorm2d(width))
        self.square = self._view(width, features, (3, 3))
        self.row = self._view(width, features, (1, 3))
        self.column = self._view(width, features, (3, 1))
        self.channel = nn.Sequential(
            nn.Linear(features, squeeze),
            nn.BatchNorm1d(squeeze),
            nn.ReLU(inplace=True),
            nn.Linear(squeeze, features),
            nn.Sigmoid(),
        )
        initialise_convolutions(self)
        for part in self.channel:
            if isinstance(part, nn.Linear):
                nn.init.normal_(part.weight, std=0.001)
                nn.init.zeros_(part.bias)

    @staticmethod
    def _view(inputs: int, outputs: int, kernel: tuple[int, int]) -> nn.Sequential:
        padding = (kernel[0] // 2, kernel[1] // 2)
        return nn.Sequential(
            nn.Conv2d(inputs, outputs, kernel, padding=padding), nn.BatchNorm2d(outputs)
        )

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """(B, 512, h, h) -> the head's vector (B, 512) and its mask (B, 1, h, h)."""
        reduced = self.reduce(features)  # (B, 256, h, h)
        views = self.square(reduced) + self.row(reduced) + self.column(reduced)  # (B, 512, h, h)
        mask = views.relu().sum(dim=1, keepdim=True)  # M: (B, 1, h, h)
        pooled = (features * mask).mean(dim=(-1, -2))  # g: (B, 512)
        return pooled * self.channel(pooled), mask


class Hmhn(nn.Module):
    """The whole network: 19,721,676 parameters with four heads."""

    def __init__(self, config: HmhnConfig | None = None) -> None:
        super().__init__()
        self.config = config or HmhnConfig()
        self.grid_attention = GridWiseAttention(self.config.local_width)
        self.fusion = FeatureFusion()
        self.trunk = resnet18_trunk()
        self.heads = nn.ModuleList(AttentionHead(self.config) for _ in range(self.config.heads))
        # DAN's batch norm after the classifier is dropped: this is a regression [assumed].
        self.severity = nn.Linear(self.config.features, 1)
        nn.init.normal_(self.severity.weight, std=0.001)
        # AFB's sums are far below zero whatever the face (k heads: at most -k·ln k a channel).
        nn.init.constant_(self.severity.bias, self.config.initial_score)

    def attend(self, faces: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(B, 3, S, S) -> fused features (B, 512), log heads (B, k, 512), masks (B, k, h, h)."""
        features = self.trunk(self.fusion(faces, self.grid_attention(faces)))  # X: (B, 512, h, h)
        vectors, masks = zip(*(head(features) for head in self.heads), strict=True)
        log_heads = torch.stack(vectors, dim=1).log_softmax(dim=1)  # u: (B, k, 512)
        return log_heads.sum(dim=1), log_heads, torch.cat(masks, dim=1)

    def forward(self, faces: Tensor) -> HmhnOutput:
        """Faces (B, 3, S, S), ImageNet-normalised RGB -> score, log heads, attention."""
        fused, log_heads, attention = self.attend(faces)
        return HmhnOutput(self.severity(fused), log_heads, attention)
