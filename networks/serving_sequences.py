"""Set and clip networks as served: raw pictures or features in, named outputs out.

features, mask                ─▶ attention pooling ─▶ score on 0-63, a weight for every frame
appearance, temporal_map      ─▶ two ResNets       ─▶ fused score and each stream's, on 0-63
faces, flow                   ─▶ two streams       ─▶ class probabilities
"""

from torch import Tensor, nn

from networks.attention_pooling import AttentionPooling
from networks.serving import (
    IMAGENET_DEVIATION,
    IMAGENET_MEAN,
    UNIT_DEVIATION,
    VGGFACE2_MEAN,
    Normalise,
)
from networks.temporal_resnet50 import TemporalNetwork
from networks.tensors import SCALE_MAXIMUM
from networks.two_stream import TwoStream

#: The grey level of a flow stack where nothing moves, and how many levels its longest motion has.
NO_FLOW = 128.0


class NormaliseFlow(nn.Module):
    """Raw flow stacks to a network's input: about -1 to 1 for the longest motion, 0 for none."""

    def forward(self, flow: Tensor) -> Tensor:
        """Uint8 (n, S, S, 2L) -> float32 (n, 2L, S, S)."""
        return (flow.permute(0, 3, 1, 2).float() - NO_FLOW) / NO_FLOW


class ServedAttentionPooling(nn.Module):
    """Attention pooling as served: the score on the 0-63 scale and the frames' weights."""

    def __init__(self, network: AttentionPooling) -> None:
        super().__init__()
        self.network = network

    def forward(self, features: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Features (n, T, D) and mask (n, T), float32 -> score (n, 1), weights (n, T)."""
        output = self.network(features, mask)
        return output.score.clamp(0.0, 1.0) * SCALE_MAXIMUM, output.weights


class ServedTemporal(nn.Module):
    """The temporal network as served: three scores on the 0-63 scale, the fused one first.

    Face and map are normalised alike: the map is a picture for a network that knows faces.
    """

    def __init__(self, network: TemporalNetwork) -> None:
        super().__init__()
        self.normalise = Normalise(VGGFACE2_MEAN, UNIT_DEVIATION)
        self.network = network

    def forward(self, appearance: Tensor, temporal_map: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Uint8 RGB (n, S, S, 3) twice -> fused, appearance and dynamic score, (n, 1) each."""
        output = self.network(self.normalise(appearance), self.normalise(temporal_map))
        fused, seen, moved = (
            score.clamp(0.0, 1.0) * SCALE_MAXIMUM
            for score in (output.fused, output.appearance, output.dynamic)
        )
        return fused, seen, moved


class ServedTwoStream(nn.Module):
    """The two-stream network as served: the fused probabilities.

    `mean` and `deviation` are those that its trunk was trained with, R, G, B on 0..255.
    """

    def __init__(
        self,
        network: TwoStream,
        mean: tuple[float, ...] = IMAGENET_MEAN,
        deviation: tuple[float, ...] = IMAGENET_DEVIATION,
    ) -> None:
        super().__init__()
        self.normalise = Normalise(mean, deviation)
        self.normalise_flow = NormaliseFlow()
        self.network = network

    def forward(self, faces: Tensor, flow: Tensor) -> tuple[Tensor]:
        """Uint8 faces (n, S, S, 3) and flow (n, S, S, 2L) -> probabilities (n, C)."""
        output = self.network(self.normalise(faces), self.normalise_flow(flow))
        return (output.probabilities,)
