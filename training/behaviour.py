"""Behaviours of a face, and the severity that the proving ground says they mean.

The rule is invented so that the truth is known; it is no finding about people.
"""

from dataclasses import dataclass

import numpy as np

#: How much of the scale each behaviour carries; they sum to 1.
SMILE_SHARE, DROOP_SHARE, BROW_SHARE, BOW_SHARE = 0.45, 0.25, 0.20, 0.10
SCALE_MAXIMUM = 63.0

#: How far a behaviour strays from the clip's tendency, and a frame from its clip (shares).
CLIP_SPREAD = 0.15
FRAME_SPREAD = 0.05


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a face does; each a share in 0..1.

    smile  corners up, mouth wide, teeth shown     droop  upper lids lowered
    brow   brows lowered and drawn together        bow    head bowed
    """

    smile: float
    droop: float
    brow: float
    bow: float

    @property
    def severity(self) -> float:
        """The label on the 0-63 scale: rises as the smile fades and the others grow."""
        share = (
            SMILE_SHARE * (1.0 - self.smile)
            + DROOP_SHARE * self.droop
            + BROW_SHARE * self.brow
            + BOW_SHARE * self.bow
        )
        return SCALE_MAXIMUM * share


def draw_clip_behaviour(random: np.random.Generator) -> Behaviour:
    """A clip's tendency: one latent share, from which each behaviour strays a little."""
    tendency = random.uniform()
    smile, droop, brow, bow = np.clip(tendency + random.normal(0.0, CLIP_SPREAD, 4), 0.0, 1.0)
    return Behaviour(1.0 - float(smile), float(droop), float(brow), float(bow))


def draw_frame_behaviour(clip: Behaviour, random: np.random.Generator) -> Behaviour:
    """One frame of a clip: its behaviours waver about the clip's."""
    mean = np.array([clip.smile, clip.droop, clip.brow, clip.bow])
    smile, droop, brow, bow = np.clip(mean + random.normal(0.0, FRAME_SPREAD, 4), 0.0, 1.0)
    return Behaviour(float(smile), float(droop), float(brow), float(bow))
