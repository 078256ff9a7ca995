"""Faces changed at random, so that a network learns what does not matter: Kornia's transforms.

    flip left-right ─▶ brightness, contrast, saturation ─▶ crop 56-100 % ─▶ erase 2-25 %

Never upside down: no face is, and a flipped smile is a frown. What is done to a batch follows from
one number and nothing else, so training that was killed goes on with the same faces.
"""

from dataclasses import dataclass

import numpy as np
import torch
from kornia import augmentation as kornia
from torch import Tensor, nn

LEVELS = 255.0


@dataclass(frozen=True, slots=True)
class AugmentationConfig:
    """What is done to a face, and how often; 0 leaves a step out.

    flip        chance of a mirror image [sure in MGNN, TG, STA and DAN]
    jitter      change of brightness, contrast and saturation, as a share [assumed: 0.1-0.2]
    crop        chance of a crop, resized to the full side
    crop_area   what a crop keeps of the area [assumed]
    crop_ratio  how far a crop may be from square, width over height [assumed]
    erase       chance of a grey box
    erase_area  what a box covers of the area [sure in DAN and SCN]
    """

    flip: float = 0.5
    jitter: float = 0.15
    crop: float = 1.0
    crop_area: tuple[float, float] = (0.56, 1.0)
    crop_ratio: tuple[float, float] = (0.9, 1.11)
    erase: float = 0.5
    erase_area: tuple[float, float] = (0.02, 0.25)


#: Changes nothing.
NONE = AugmentationConfig(flip=0.0, jitter=0.0, crop=0.0, erase=0.0)


class Augmentation:
    """Changes batches of faces, each face by itself."""

    def __init__(self, config: AugmentationConfig | None = None) -> None:
        self.config = config or AugmentationConfig()

    def __call__(self, faces: Tensor, seed: int) -> Tensor:
        """Return faces (n, S, S, 3) uint8 RGB changed as the seed says; the same for the same seed.

        Kornia draws from PyTorch's global generator. It is seeded here and put back after, so that
        neither the caller's numbers nor what was drawn before has any effect on the other.
        """
        changes = self._changes(faces.shape[1])
        if not changes or not len(faces):
            return faces
        pixels = faces.permute(0, 3, 1, 2).float() / LEVELS  # (n, 3, S, S)
        devices = range(torch.cuda.device_count())
        with torch.random.fork_rng(devices), torch.no_grad():
            torch.manual_seed(seed)
            changed = nn.Sequential(*changes)(pixels)
        levels = (changed.clamp(0.0, 1.0) * LEVELS).round().to(torch.uint8)
        return levels.permute(0, 2, 3, 1).contiguous()  # (n, S, S, 3)

    def _changes(self, side: int) -> list[nn.Module]:
        config, changes = self.config, list[nn.Module]()
        if config.flip:
            changes.append(kornia.RandomHorizontalFlip(p=config.flip))
        if config.jitter:
            changes.append(kornia.ColorJitter(config.jitter, config.jitter, config.jitter))
        if config.crop:
            changes.append(
                kornia.RandomResizedCrop(
                    (side, side),
                    scale=config.crop_area,
                    ratio=config.crop_ratio,
                    align_corners=False,
                    p=config.crop,
                )
            )
        if config.erase:
            changes.append(kornia.RandomErasing(scale=config.erase_area, value=0.5, p=config.erase))
        return changes


def step_seed(seed: int, epoch: int, step: int) -> int:
    """Return the number that decides a batch's changes: another one for every step of a run."""
    return int(np.random.SeedSequence((seed, epoch, step)).generate_state(1, np.uint64)[0] >> 1)
