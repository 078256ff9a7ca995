"""What a face must reach to be scored. They change results, so every result names them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Bounds a frame's `FaceQuality` is held to; lengths in pixels, light in grey levels 0-255.

    They were set on ordinary webcam and studio recordings, nearly all of whose frames must
    pass, and on degraded copies of them, which must not; `docs/quality.md` has the numbers.
    """

    # A candidate of which the detector is less sure is no face: ordinary ones 0.83 to 0.95.
    min_confidence: float = 0.6
    # Below 24 px between the eyes the 224 px crop is enlarged threefold and holds no detail.
    min_eye_distance: float = 24.0
    # Laplacian variance over grey variance, so that light and contrast cancel out: sharp
    # recordings 0.22 to 0.59, a sharp face enlarged from 24 px 0.08, a Gaussian blur of
    # 1/20 of the eye distance 0.02.
    min_sharpness: float = 0.04
    # Darkest ordinary face 109; one with 20 % of its light 26. Dark skin in fair light
    # stays far above the bound, a face lit by the screen alone below it.
    min_light: float = 35.0
    max_light: float = 225.0
    # Pixels without any detail left: black ones, or white ones.
    max_black_share: float = 0.5
    max_white_share: float = 0.35
    # Standard deviation over mean, which less light does not change: ordinary faces 0.21 to
    # 0.49. At a fifth of its contrast a face has 0.04 to 0.08, and the expression network
    # names another expression for one frame in four.
    min_contrast: float = 0.065
    # How far the nose lies from the middle of the eyes, in eye distances: 0.19 at most in
    # frontal recordings, 0.45 in a portrait turned by 45 degrees; 0.35 are 36 degrees.
    max_yaw: float = 0.35
    # Where the nose lies between eyes (0) and mouth (1): 0.42 to 0.66 when looking ahead.
    # The bounds are 29 degrees up and 32 down.
    min_pitch: float = 0.30
    max_pitch: float = 0.80
    # Distance between the eyes over that from eyes to mouth. A turn shortens the first and not
    # the second, also where the detector puts the nose of a half profile back in the middle:
    # 0.79 to 1.15 in frontal recordings, 0.6 to 0.75 at 45 degrees, about 0.5 at 55.
    min_eye_width: float = 0.65
    # Alignment takes a tilt out, but points of a face lying on its side are guesses.
    max_roll_degrees: float = 45.0
    # Detail of the poorer eye and of the mouth over that of the whole inner face: ordinary
    # and evenly degraded faces 0.77 and more, but for an eye under hair (0.50); under paper,
    # a smooth mask or a hand 0 to 0.6.
    min_eye_detail: float = 0.45
    min_mouth_detail: float = 0.6
