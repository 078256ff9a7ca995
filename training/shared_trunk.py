"""A fitted trunk, taken out of the graph that it is served in, for other networks to share.

    ddl_resnet50/1/model.onnx ─▶ weights by name ─▶ ResNet trunk in PyTorch ─▶ resnet50_features,
    hmhn/1/model.onnx ───────┘                                                 temporal_resnet50, …

The exporter folds each batch norm into the convolution before it; here the convolution takes the
folded weight, and its batch norm the folded bias and nothing else. What is shared computes what is
served, up to rounding, and nothing need be fitted again.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor, nn

from networks.resnet import resnet18_trunk, resnet50_trunk
from training.faults import TrainingFault
from training.heads import LinearHead

Weights = Mapping[str, NDArray[np.float32]]


def read_weights(graph: Path) -> Weights:
    """The initializers of a served graph, by name."""
    if not graph.is_file():
        raise TrainingFault(
            f"{graph.parent.parent.name} has no built weights to share: run "
            "`python -m training.weights` first"
        )
    model = onnx.load(str(graph))
    return {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}


def resnet50_of(weights: Weights) -> nn.Sequential:
    """The ResNet-50 trunk behind ddl_resnet50's weights, in eval mode."""
    trunk = resnet50_trunk()
    load_trunk(trunk, weights)
    return trunk.eval()


def resnet18_of(weights: Weights) -> nn.Sequential:
    """The ResNet-18 trunk behind hmhn's weights, in eval mode."""
    trunk = resnet18_trunk()
    load_trunk(trunk, weights)
    return trunk.eval()


def line_of(weights: Weights) -> LinearHead:
    """The line behind ddl_resnet50's distribution: the inverse of `heads.as_distribution`.

    Neighbouring logits differ by (w·x + b - j - ½)/v, so the differences give w and b, and the
    differences of the biases' differences give v, the square of the line's error.
    """
    slopes = weights["network.levels.weight"].astype(np.float64)  # (64, D)
    biases = weights["network.levels.bias"].astype(np.float64)  # (64,)
    variance = -1.0 / float(np.diff(biases, 2).mean())
    direction = np.diff(slopes, axis=0).mean(axis=0) * variance
    level = float(biases[1] - biases[0]) * variance + 0.5
    return LinearHead(direction, level, strength=0.0, error=variance**0.5)


def load_trunk(trunk: nn.Sequential, weights: Weights, prefix: str = "network.trunk") -> None:
    """Set a trunk to the folded weights under `prefix`, in place.

    Raises `TrainingFault` naming a weight that is missing or of another shape.
    """
    with torch.no_grad():
        for name, convolution, norm in _pairs(trunk):
            folded = f"{prefix}.{name}.weight"
            _copy(convolution.weight, weights, folded)
            _copy(norm.bias, weights, f"{folded}_bias")
            norm.weight.fill_((1.0 + norm.eps) ** 0.5)  # its variance of 1 gains eps
            norm.reset_running_stats()


def _pairs(trunk: nn.Module) -> Iterator[tuple[str, nn.Conv2d, nn.BatchNorm2d]]:
    """Each convolution with the batch norm that follows it, and the convolution's name."""
    for name, part in trunk.named_modules():
        if not isinstance(part, nn.Sequential):
            continue
        children = list(part.named_children())
        for (child, first), (_, second) in pairwise(children):
            if isinstance(first, nn.Conv2d) and isinstance(second, nn.BatchNorm2d):
                yield f"{name}.{child}".lstrip("."), first, second


def _copy(parameter: Tensor, weights: Weights, name: str) -> None:
    values = weights.get(name)
    if values is None or values.shape != tuple(parameter.shape):
        found = "nothing" if values is None else f"shape {values.shape}"
        raise TrainingFault(
            f"a shared trunk wants {name} of shape {tuple(parameter.shape)}, found {found}: "
            "the graph is of another architecture, or was exported otherwise"
        )
    parameter.copy_(torch.from_numpy(np.array(values)))


def match_first_layer(
    trunk: nn.Sequential, inputs: Tensor, like: nn.Sequential, seen: Tensor
) -> None:
    """Give a trunk's first layer, on inputs of its own, the statistics of another's, in place.

    The first convolution of `trunk` sees `inputs` (n, C, S, S), which are unlike the faces `seen`
    (n, 3, S, S) that the weights were fitted on in `like`. Its batch norm is set so that each
    channel has the mean and deviation that the next layer knows.
    """
    norm, known = trunk[1], like[1]
    if not (isinstance(norm, nn.BatchNorm2d) and isinstance(known, nn.BatchNorm2d)):
        raise TrainingFault("only a trunk that begins with a convolution and a batch norm fits")
    with torch.no_grad():
        answer, wanted = trunk[0](inputs), known(like[0](seen))
        norm.running_mean = answer.mean(dim=(0, 2, 3))
        norm.running_var = answer.var(dim=(0, 2, 3))
        norm.weight.copy_(wanted.std(dim=(0, 2, 3)))
        norm.bias.copy_(wanted.mean(dim=(0, 2, 3)))
