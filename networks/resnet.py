"""ResNet trunks without classifiers: ResNet-18 (11,176,512 parameters), ResNet-50 (23,508,032).

    faces (B, 3, S, S) ─▶ stem /4 ─▶ layer1 /4 ─▶ layer2 /8 ─▶ layer3 /16 ─▶ layer4 /32

After He et al., "Deep Residual Learning", CVPR 2016; the stride of a bottleneck sits on its 3x3
convolution, and convolutions are Kaiming normal (fan out), as is common since [sure].
"""

from typing import Literal

from torch import Tensor, nn

TrunkName = Literal["resnet18", "resnet50"]


def convolution(inputs: int, outputs: int, kernel: int, stride: int = 1) -> nn.Conv2d:
    """A bias-free convolution that keeps the side (divided by the stride)."""
    return nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False)


def _shortcut(inputs: int, outputs: int, stride: int) -> nn.Module:
    """The identity where the shapes agree, else a 1x1 projection."""
    if inputs == outputs and stride == 1:
        return nn.Identity()
    return nn.Sequential(convolution(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))


class BasicBlock(nn.Module):
    """Two 3x3 convolutions and a shortcut: (B, inputs, h, w) -> (B, width, h/stride, w/stride)."""

    expansion = 1

    def __init__(self, inputs: int, width: int, stride: int) -> None:
        super().__init__()
        self.branch = nn.Sequential(
            convolution(inputs, width, 3, stride),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
            convolution(width, width, 3),
            nn.BatchNorm2d(width),
        )
        self.shortcut = _shortcut(inputs, width, stride)

    def forward(self, features: Tensor) -> Tensor:
        """(B, inputs, h, w) -> (B, width, h/stride, w/stride)."""
        return (self.branch(features) + self.shortcut(features)).relu()


class Bottleneck(nn.Module):
    """1x1, 3x3, 1x1 and a shortcut: (B, inputs, h, w) -> (B, 4·width, h/stride, w/stride)."""

    expansion = 4

    def __init__(self, inputs: int, width: int, stride: int) -> None:
        super().__init__()
        outputs = width * self.expansion
        self.branch = nn.Sequential(
            convolution(inputs, width, 1),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
            convolution(width, width, 3, stride),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
            convolution(width, outputs, 1),
            nn.BatchNorm2d(outputs),
        )
        self.shortcut = _shortcut(inputs, outputs, stride)

    def forward(self, features: Tensor) -> Tensor:
        """(B, inputs, h, w) -> (B, 4·width, h/stride, w/stride)."""
        return (self.branch(features) + self.shortcut(features)).relu()


def _layer(
    block: type[BasicBlock | Bottleneck], inputs: int, width: int, depth: int, stride: int
) -> nn.Sequential:
    """`depth` blocks, of which the first changes the shape."""
    first = block(inputs, width, stride)
    rest = (block(width * block.expansion, width, 1) for _ in range(depth - 1))
    return nn.Sequential(first, *rest)


def _trunk(
    block: type[BasicBlock | Bottleneck], depths: tuple[int, int, int, int]
) -> nn.Sequential:
    trunk = nn.Sequential(
        convolution(3, 64, 7, 2),  # (B, 64, S/2, S/2)
        nn.BatchNorm2d(64),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(3, 2, padding=1),  # (B, 64, S/4, S/4)
        _layer(block, 64, 64, depths[0], 1),  # (B, 64e, S/4, S/4), e the expansion
        _layer(block, 64 * block.expansion, 128, depths[1], 2),  # (B, 128e, S/8, S/8)
        _layer(block, 128 * block.expansion, 256, depths[2], 2),  # (B, 256e, S/16, S/16)
        _layer(block, 256 * block.expansion, 512, depths[3], 2),  # (B, 512e, S/32, S/32)
    )
    initialise_convolutions(trunk)
    return trunk


def initialise_convolutions(module: nn.Module) -> None:
    """Kaiming normal, fan out, for every convolution inside; a bias starts at zero."""
    for part in module.modules():
        if isinstance(part, nn.Conv2d):
            nn.init.kaiming_normal_(part.weight, mode="fan_out", nonlinearity="relu")
            if part.bias is not None:
                nn.init.zeros_(part.bias)


def resnet18_trunk() -> nn.Sequential:
    """(B, 3, S, S) -> (B, 512, S/32, S/32)."""
    return _trunk(BasicBlock, (2, 2, 2, 2))


def resnet50_trunk() -> nn.Sequential:
    """(B, 3, S, S) -> (B, 2048, S/32, S/32).

    Every block starts as its shortcut (the last scale is zero), so that so deep a trunk learns
    from its first steps; Goyal et al., arXiv 1706.02677, section 5.1 [sure].
    """
    trunk = _trunk(Bottleneck, (3, 4, 6, 3))
    for block in trunk.modules():
        if isinstance(block, Bottleneck):
            nn.init.zeros_(block.branch[-1].get_parameter("weight"))
    return trunk


def resnet_trunk(name: TrunkName) -> tuple[nn.Sequential, int]:
    """The trunk of that name and its channels; raises `ValueError` for another name."""
    if name == "resnet18":
        return resnet18_trunk(), 512
    if name == "resnet50":
        return resnet50_trunk(), 2048
    raise ValueError(f"trunk {name!r} is not one of resnet18, resnet50")
