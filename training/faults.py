"""What can go wrong while weights are made.

TrainingFault
├── FetchFailed     a pinned file cannot be had, or is not the pinned one
├── BuildMismatch   a rebuilt file is not, byte for byte, the pinned one
└── ParityFailed    ONNX Runtime and PyTorch disagree
"""


class TrainingFault(Exception):
    """Weights cannot be made."""


class FetchFailed(TrainingFault):
    """A pinned file cannot be had."""


class BuildMismatch(TrainingFault):
    """A rebuilt file is not the pinned one."""


class ParityFailed(TrainingFault):
    """An exported graph does not compute what its network computes."""
