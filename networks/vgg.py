"""The VGG-16 trunk without its classifier: thirteen 3x3 convolutions (14,714,688 parameters).

    faces (B, 3, S, S) ─▶ pool1 /2 ─▶ pool2 /4 ─▶ pool3 /8 ─▶ pool4 /16 ─▶ pool5 /32

After Simonyan, Zisserman, "Very deep convolutional networks", ICLR 2015, configuration D [sure].
"""

from torch import nn

#: Convolutions of each stage, and their channels.
_STAGES = ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512))


def _stage(inputs: int, outputs: int, depth: int) -> nn.Sequential:
    """`depth` convolutions and a pooling: (B, inputs, h, w) -> (B, outputs, h/2, w/2)."""
    parts: list[nn.Module] = []
    for number in range(depth):
        parts.append(nn.Conv2d(outputs if number else inputs, outputs, 3, padding=1))
        parts.append(nn.ReLU(inplace=True))
    return nn.Sequential(*parts, nn.MaxPool2d(2))


def vgg16_trunk() -> nn.Sequential:
    """(B, 3, S, S) -> (B, 512, S/32, S/32); its children are the stages pool1 to pool5."""
    trunk, inputs = nn.Sequential(), 3
    for number, (depth, outputs) in enumerate(_STAGES, start=1):
        trunk.add_module(f"pool{number}", _stage(inputs, outputs, depth))
        inputs = outputs
    for part in trunk.modules():
        if isinstance(part, nn.Conv2d) and part.bias is not None:
            nn.init.kaiming_normal_(part.weight, nonlinearity="relu")
            nn.init.zeros_(part.bias)
    return trunk
