"""Two streams that attend to each other: what a face shows, and how it moves.

    face (B, 3, S, S) ─▶ trunk … layer3 ─┬─▶ layer4 ─┬─▶ mean ─▶ FC ─▶ softmax ─┐
                                       unit        unit                         ├─▶ mean
    flow (B, 20, S, S) ▶ trunk … layer3 ─┴─▶ layer4 ─┴─▶ mean ─▶ FC ─▶ softmax ─┘

After a thesis from NJUPT on expressions and neonatal pain, and its patent CN111401117: non-local
units by which the maps of a spatial and a temporal stream learn each other's salient regions, on
VGG-16 or ResNet-50 [sure]. The unit's equations follow from those words and from Wang X. et al.,
"Non-local neural networks", CVPR 2018 [inferred]; where the units sit, the ten flow fields and the
mean of the softmaxes are [assumed].

B clips, C channels of a map, N its places, S side in pixels (a multiple of 32).
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

from networks.resnet import resnet18_trunk, resnet50_trunk
from networks.vgg import vgg16_trunk

TwoStreamTrunk = Literal["resnet50", "resnet18", "vgg16"]

_TRUNKS = {"resnet50": resnet50_trunk, "resnet18": resnet18_trunk, "vgg16": vgg16_trunk}

#: Where a unit may sit: the depths' names, the trunk's child that ends there, and its channels.
_VGG_DEPTHS = {"pool3": (2, 256), "pool4": (3, 512), "pool5": (4, 512)}
_DEPTHS = {
    "resnet50": {"layer2": (5, 512), "layer3": (6, 1024), "layer4": (7, 2048)},
    "resnet18": {"layer2": (5, 128), "layer3": (6, 256), "layer4": (7, 512)},
    "vgg16": _VGG_DEPTHS,
}


@dataclass(frozen=True, slots=True)
class TwoStreamConfig:
    """The sizes that fix the weights' shapes; saved with every checkpoint."""

    trunk: TwoStreamTrunk = "resnet50"
    classes: int = 7  # 7 expressions, 6 of eNTERFACE, or 4 states of a newborn
    flow_channels: int = 20  # u and v of ten fields [assumed, classic two-stream]
    units: tuple[str, ...] | None = None  # depths; None for the trunk's last two [assumed]
    attention: bool = True  # without it, plain late fusion
    dropout: float = 0.5  # before each FC [assumed]

    def __post_init__(self) -> None:
        if self.trunk not in _TRUNKS:
            raise ValueError(f"trunk {self.trunk!r} is not one of {', '.join(_TRUNKS)}")
        unknown = set(self.units or ()) - set(_DEPTHS[self.trunk])
        if unknown:
            known = ", ".join(_DEPTHS[self.trunk])
            raise ValueError(f"{self.trunk} has units after {known}, not {', '.join(unknown)}")

    @property
    def depths(self) -> tuple[str, ...]:
        """The depths after which the streams attend to each other."""
        if not self.attention:
            return ()
        return tuple(_DEPTHS[self.trunk])[-2:] if self.units is None else self.units


class TwoStreamOutput(NamedTuple):
    """What one forward pass says.

    spatial        (B, classes) float, logits of the face
    temporal       (B, classes) float, logits of the flow
    probabilities  (B, classes) float, the mean of both softmaxes
    """

    spatial: Tensor
    temporal: Tensor
    probabilities: Tensor


class InterStreamAttention(nn.Module):
    """F19: each map takes from the other what lies at the places that it resembles [inferred].

    E = θ(S)ᵀφ(T)/√C'; S' = S + W_s(g_t(T)·softmax(E)ᵀ); T' = T + W_t(g_s(S)·softmax(Eᵀ)ᵀ), with
    C' = C/2 and N = h·w. The scale is [assumed]. The last batch norms start at zero, so that a
    pretrained pair of streams is unchanged at first.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        inner = channels // 2
        self.theta = nn.Conv2d(channels, inner, 1)
        self.phi = nn.Conv2d(channels, inner, 1)
        self.spatial_values = nn.Conv2d(channels, inner, 1)  # g_s
        self.temporal_values = nn.Conv2d(channels, inner, 1)  # g_t
        self.to_spatial = self._output(inner, channels)  # W_s
        self.to_temporal = self._output(inner, channels)  # W_t

    @staticmethod
    def _output(inner: int, channels: int) -> nn.Sequential:
        norm = nn.BatchNorm2d(channels)
        nn.init.zeros_(norm.weight)
        return nn.Sequential(nn.Conv2d(inner, channels, 1), norm)

    def affinity(self, spatial: Tensor, temporal: Tensor) -> Tensor:
        """E: two of (B, C, h, w) -> (B, N, N), a row for each place of the spatial map."""
        queries = self.theta(spatial).flatten(2)  # (B, C', N)
        keys = self.phi(temporal).flatten(2)  # (B, C', N)
        return queries.transpose(1, 2) @ keys * queries.shape[1] ** -0.5

    def forward(self, spatial: Tensor, temporal: Tensor) -> tuple[Tensor, Tensor]:
        """Two of (B, C, h, w) -> the two, each with what it took from the other."""
        affinity = self.affinity(spatial, temporal)  # E: (B, N, N)
        seen = self.temporal_values(temporal).flatten(2) @ affinity.softmax(2).transpose(1, 2)
        moved = self.spatial_values(spatial).flatten(2) @ affinity.softmax(1)  # (B, C', N) both
        side = spatial.shape[2:]
        return (
            spatial + self.to_spatial(seen.unflatten(2, side)),  # (B, C', N) -> (B, C', h, w)
            temporal + self.to_temporal(moved.unflatten(2, side)),
        )


def widen_first_convolution(trunk: nn.Sequential, channels: int) -> None:
    """Let a trunk for RGB take `channels`: its first weights' mean over RGB, repeated, in place.

    Divided by nothing, as the classic two-stream recipe does [assumed].
    """
    holder = trunk if isinstance(trunk[0], nn.Conv2d) else trunk[0]
    old = holder.get_submodule("0")
    if not isinstance(old, nn.Conv2d):
        raise TypeError("the trunk does not begin with a convolution")
    new = nn.Conv2d(
        channels,
        old.out_channels,
        (old.kernel_size[0], old.kernel_size[1]),
        (old.stride[0], old.stride[1]),
        (int(old.padding[0]), int(old.padding[1])),
        bias=old.bias is not None,
    )
    with torch.no_grad():
        new.weight.copy_(old.weight.mean(dim=1, keepdim=True).expand_as(new.weight))
        if new.bias is not None and old.bias is not None:
            new.bias.copy_(old.bias)
    holder.set_submodule("0", new)


class TwoStream(nn.Module):
    """A spatial and a temporal trunk, units between them, and a head each."""

    def __init__(self, config: TwoStreamConfig | None = None) -> None:
        super().__init__()
        self.config = config or TwoStreamConfig()
        depths = _DEPTHS[self.config.trunk]
        self.spatial = _TRUNKS[self.config.trunk]()
        self.temporal = _TRUNKS[self.config.trunk]()
        widen_first_convolution(self.temporal, self.config.flow_channels)
        self.units = nn.ModuleDict(
            {name: InterStreamAttention(depths[name][1]) for name in self.config.depths}
        )
        self._unit_after = {depths[name][0]: name for name in self.config.depths}
        features = list(depths.values())[-1][1]
        self.dropout = nn.Dropout(self.config.dropout)
        self.spatial_classes = nn.Linear(features, self.config.classes)
        self.temporal_classes = nn.Linear(features, self.config.classes)

    def load_trunk(self, trunk: nn.Sequential) -> None:
        """Start both streams from one trunk for RGB, e.g. pretrained on faces."""
        self.spatial.load_state_dict(trunk.state_dict())
        self.temporal = _TRUNKS[self.config.trunk]()
        self.temporal.load_state_dict(trunk.state_dict())
        widen_first_convolution(self.temporal, self.config.flow_channels)

    def features(self, faces: Tensor, flow: Tensor) -> tuple[Tensor, Tensor]:
        """Faces (B, 3, S, S), flow (B, 20, S, S) -> the means of both last maps, (B, D) each."""
        seen, moved = faces, flow
        for number, (spatial, temporal) in enumerate(zip(self.spatial, self.temporal, strict=True)):
            seen, moved = spatial(seen), temporal(moved)
            if number in self._unit_after:
                seen, moved = self.units[self._unit_after[number]](seen, moved)
        return seen.mean(dim=(-1, -2)), moved.mean(dim=(-1, -2))

    def forward(self, faces: Tensor, flow: Tensor) -> TwoStreamOutput:
        """Faces (B, 3, S, S) normalised, flow (B, 20, S, S) in about -1..1 -> logits, fused."""
        seen, moved = self.features(faces, flow)  # (B, D) both
        spatial = self.spatial_classes(self.dropout(seen))  # (B, classes)
        temporal = self.temporal_classes(self.dropout(moved))
        probabilities = (spatial.softmax(dim=1) + temporal.softmax(dim=1)) / 2.0
        return TwoStreamOutput(spatial, temporal, probabilities)
