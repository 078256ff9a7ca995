"""How brows, mouth and lids stand against a moment before and a moment after.

    before ─▶ now    rise (7, 2)  ─┐
    after  ─▶ now    fall (7, 2)  ─┴─▶ agreement (7,) ─▶ lids apart, brows and mouth pooled

A movement that comes and goes within the two moments shows in both, the same way: rise · fall > 0.
One that only comes or only goes shows in one, and a steady drift in both the opposite way: their
product is 0 or less. This is the comparison of Moilanen et al., "Spotting rapid facial movements
from videos using appearance-based feature difference analysis", ICPR 2014 (a frame against the
mean of those around it) [sure], on the skin's own motion instead of appearance [assumed]. The
head's motion is taken out by `motion.own_motion`.

Blinks last as long as micro-expressions and are the classic false alarm. The lids are watched
apart and never count as an event; while they move much more than the brows, the brows, which they
drag along, are not counted either. So a brow that moves during a blink is missed; a mouth is not.
A head that nods or turns moves the nose against the rest of the face; then nothing is counted.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from worker.motion import MICRO_PIXELS, MOTION_UNIT, Faces, Field, flow, own_motion, texture

#: (left, top, right, bottom) in the template at 112 pixels, as the picture shows them.
BROWS: Final = ((22, 26, 50, 44), (62, 26, 90, 44))
MOUTH_CORNERS: Final = ((30, 84, 50, 102), (62, 84, 82, 102))
LIDS: Final = ((26, 46, 50, 58), (62, 46, 86, 58))
NOSE: Final = (48, 50, 64, 74)
PARTS: Final = (*BROWS, *MOUTH_CORNERS, *LIDS, NOSE)
IS_BROW: Final = np.array([1, 1, 0, 0, 0, 0, 0], bool)
IS_LID: Final = np.array([0, 0, 0, 0, 1, 1, 0], bool)
IS_NOSE: Final = np.array([0, 0, 0, 0, 0, 0, 1], bool)

# Measured on drawn faces: brows raised with the lids 0.3 to 0.6 lids' motion a pixel of brow's,
# blinks 5 to 13.
BLINK_RATIO: Final = 1.5
BLINK_PIXELS: Final = 0.8
"""Lids that move less are not blinking."""
NOD_RATIO: Final = 0.6
"""A nose that comes and goes more than this share of brows or mouth is a head's nod [assumed]."""

Vectors = npt.NDArray[np.float64]
"""One row for each part of `PARTS`: motions (7, 2) as x and y, or their lengths (7,)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One moment against those before and after it.

    at_ms     media time of the moment
    rise      (7, 2) float64: motion of `PARTS` from before to now, pixels of a 224 face
    fall      (7, 2) float64: the same from after to now
    counted   (7,) which parts tell of an event now: no lids, no nose, and no brows during a blink
    strength  pixels that brows and mouth came and went, the two strongest parts pooled; 0 in a nod
    """

    at_ms: float
    rise: Vectors
    fall: Vectors
    counted: npt.NDArray[np.bool_]
    strength: float


def agreement(rise: Vectors, fall: Vectors) -> Vectors:
    """Return the pixels of each part that came and went again, (7,); 0 where it did not."""
    return np.sqrt(np.maximum((rise * fall).sum(axis=1), 0.0))


def weigh(at_ms: float, rise: Vectors, fall: Vectors) -> Reading:
    """Return the reading of these motions, both (7, 2)."""
    pixels = agreement(rise, fall)
    lids, brows = float(pixels[IS_LID].max()), float(pixels[IS_BROW].max())
    blinking = lids > max(BLINK_PIXELS, BLINK_RATIO * brows)
    counted = ~IS_LID & ~IS_NOSE & ~(IS_BROW & blinking)
    strongest = np.sort(pixels[counted])[-2:]
    pooled = float(np.sqrt(np.mean(strongest**2)))
    nods = float(pixels[IS_NOSE].max()) > NOD_RATIO * pooled
    return Reading(at_ms, rise, fall, counted, 0.0 if nods else pooled)


def read(at_ms: float, before: Faces, now: Faces, after: Faces) -> Reading:
    """Compare three faces of `motion.small_gray`, (112, 112) uint8."""
    weights = texture(now)
    rise, fall = (-_parts(flow(now, other), weights) for other in (before, after))
    return weigh(at_ms, rise, fall)


def _parts(motion: Field, weights: Field) -> Vectors:
    """Return the mean own motion of each part (7, 2), where there is texture to tell it."""
    own = own_motion(motion, weights) * (MOTION_UNIT / MICRO_PIXELS)
    means = np.zeros((len(PARTS), 2))
    for row, (left, top, right, bottom) in enumerate(PARTS):
        box = np.s_[top:bottom, left:right]
        trust = weights[box] + 1.0
        means[row] = np.einsum("yx,yxa->a", trust, own[box]) / trust.sum()
    return means
