"""Motion between aligned faces: optical flow, flow stacks, temporal maps, strain.

    two faces ─▶ flow (S, S, 2) ─┬─▶ strain (S, S)
                                 ├─▶ motion_of: u, v, strain (28, 28, 3)   onset to apex, STSTNet
    L+1 faces ─▶ flow_stack (S, S, 2L)                                     two-stream network
    T faces ─▶ temporal_map (S, S, 3)                                      rank pooling network

Worker and training share this file, so that a network is served what it was trained on. It needs
numpy and OpenCV only. u points right and v down, in pixels of the face, from before to after.

The flow is Farneback's (SCIA 2003), chosen by measurement: faces at 224 pixels with grain, one
core, bumps of 1, 2 and 4 px at mouth corners and brows beside a shift of the whole face.

    engine                                   error there, px    share kept      time
    Farneback, 3 levels, window 11           0.07 0.13 0.28     0.97 to 0.94    15 ms
    DIS, finest scale 0, no refinement       0.08 0.11 0.27     0.94            15 ms
    DIS, finest scale 1, no refinement       0.15 0.29 0.54     0.86             4 ms
    DIS preset MEDIUM                        0.26 0.43 0.65     0.74 to 0.82    10 ms
    DIS preset FAST                          0.50 0.99 1.79     0.47           2.5 ms

DIS's presets smooth away what a small muscle does. Farneback is as exact as DIS at full scale, and
better on subpixel shifts of the whole face (0.16 against 0.28 px at 1 px). Mirrored margins keep
its errors at a border (up to 1.6 px between equal pictures) out of the face; it then also finds
shifts up to the limit of a stack, in 20 ms, and 7 ms at 112 pixels.
"""

from functools import lru_cache
from itertools import pairwise
from typing import Final, cast

import cv2
import numpy as np
import numpy.typing as npt

PYRAMID: Final = 0.5
LEVELS: Final = 3
WINDOW: Final = 11
ITERATIONS: Final = 2
NEIGHBOURS: Final = 5
SPREAD: Final = 1.1
"""Farneback's knobs; see above."""
MARGIN: Final = 16
"""Mirrored pixels around a face."""
SMALLEST_SIDE: Final = 32

FLOW_FRAMES: Final = 10
"""Flow fields in one stack [assumed; classic two-stream]."""
FLOW_LIMIT: Final = 20.0
"""Pixels; longer motion is clipped in a stack [assumed; classic two-stream]."""
FLOW_NONE: Final = 128
"""The grey level of no motion."""
FLOW_SCALE: Final = 127.5 / FLOW_LIMIT
"""Grey levels a pixel of motion: -20 px are 0, 20 px are 255."""

MOTION_SIZE: Final = 28
"""Pixels; the side of a micro-expression's motion (STSTNet) [sure]."""
MOTION_UNIT: Final = 224
"""A micro-expression's motion counts in pixels of a face of this side."""
MICRO_PIXELS: Final = 112
"""The side at which micro-expressions are searched and measured: a quarter of the work."""

LEAST_TEXTURE: Final = 1.0
"""Grey levels a pixel; keeps a face without any texture from dividing by zero."""
ROUNDS: Final = 4
ROBUST_PIXELS: Final = 0.5
"""At a side of 224: motion this far from the rigid one counts half in the next round."""
#: Columns and rows of the template, as shares of the side, where the face moves by itself.
EYES_AND_BROWS: Final = ((0.14, 0.24), (0.86, 0.54))
MOUTH_AND_CHIN: Final = ((0.22, 0.70), (0.78, 1.00))

Faces = npt.NDArray[np.uint8]
Field = npt.NDArray[np.float32]


def gray(face: Faces) -> Faces:
    """Return the luma (S, S) uint8 of an RGB face (S, S, 3) uint8."""
    return cast("Faces", cv2.cvtColor(face, cv2.COLOR_RGB2GRAY))


def flow(before: Faces, after: Faces) -> Field:
    """Return how each pixel of `before` moves to `after`: (H, W, 2) float32, pixels.

    Both are (H, W) uint8 with sides of at least 16; raises `ValueError` for smaller or unequal
    ones. The same on any number of threads.
    """
    if before.shape != after.shape or min(before.shape) < SMALLEST_SIDE:
        raise ValueError(
            f"flow needs two grey pictures of one size, {SMALLEST_SIDE} px or more; got "
            f"{before.shape} and {after.shape}"
        )
    knobs = (PYRAMID, LEVELS, WINDOW, ITERATIONS, NEIGHBOURS, SPREAD, 0)
    none = cast("Field", None)  # no first guess
    wide = cv2.calcOpticalFlowFarneback(_framed(before), _framed(after), none, *knobs)
    return np.ascontiguousarray(wide[MARGIN:-MARGIN, MARGIN:-MARGIN], np.float32)


def _framed(grey: Faces) -> Faces:
    sides = (MARGIN, MARGIN, MARGIN, MARGIN)
    return cast("Faces", cv2.copyMakeBorder(grey, *sides, cv2.BORDER_REFLECT_101))


def flow_stack(faces: Faces) -> Faces:
    """Return the flow of each consecutive pair: u1, v1, u2, v2, … as (S, S, 2L) uint8.

    `faces` is (L+1, S, S, 3) uint8 RGB; L is `FLOW_FRAMES` for the served network. Motion is
    clipped to ±`FLOW_LIMIT` pixels; `FLOW_NONE` is none.
    """
    greys = [gray(face) for face in faces]
    fields = [flow(before, after) for before, after in pairwise(greys)]
    levels = np.rint(np.concatenate(fields, axis=2) * FLOW_SCALE + FLOW_NONE)
    return np.clip(levels, 0, 255).astype(np.uint8)


def temporal_map(faces: Faces) -> Faces:
    """Return a clip's approximate rank pooling (S, S, 3) uint8; `faces` (T, S, S, 3) uint8 RGB.

    D = Σ (2t - T - 1) x_t for t = 1..T, its least value to 0 and its greatest to 255. A clip
    without any change gives a flat map of 128. Bilen et al., CVPR 2016 [inferred for the
    two-stream depression network].
    """
    weights = 2.0 * np.arange(1, len(faces) + 1) - len(faces) - 1
    pooled = np.tensordot(weights.astype(np.float32), faces.astype(np.float32), axes=1)
    low, high = float(pooled.min()), float(pooled.max())
    if high == low:
        return np.full(pooled.shape, 128, np.uint8)
    return np.rint((pooled - low) * (255.0 / (high - low))).astype(np.uint8)


def strain(motion: Field) -> Field:
    """Return the optical strain (H, W) of a flow field (H, W, 2), both float32.

    √(u_x² + v_y² + ½(u_y + v_x)²), by central differences: how much the skin is stretched or
    sheared; a shift or turn of the whole face has none. [inferred; STSTNet's third channel]
    """
    u_y, u_x = np.gradient(motion[..., 0])
    v_y, v_x = np.gradient(motion[..., 1])
    return np.sqrt(u_x**2 + v_y**2 + 0.5 * (u_y + v_x) ** 2).astype(np.float32)


def small_gray(face: Faces) -> Faces:
    """Return the luma (112, 112) uint8 of an RGB face (S, S, 3) uint8."""
    size = (MICRO_PIXELS, MICRO_PIXELS)
    return cast("Faces", cv2.resize(gray(face), size, interpolation=cv2.INTER_AREA))


def motion_of(onset: Faces, apex: Faces) -> Field:
    """Return a micro-expression's u, v and strain: (28, 28, 3) float32, STSTNet's input.

    Both are (S, S, 3) uint8 RGB. u and v are in pixels of a face of side 224, the strain has no
    unit. The head's own motion is taken out first, as the five points that align a face tremble
    and follow the mouth [assumed].
    """
    return motion_between(small_gray(onset), small_gray(apex))


def motion_between(onset: Faces, apex: Faces) -> Field:
    """Return the same from two faces of `small_gray`."""
    own = own_motion(flow(onset, apex), texture(onset))
    scaled = own * np.float32(MOTION_UNIT / MICRO_PIXELS)
    planes = np.dstack([scaled, strain(own)])
    size = (MOTION_SIZE, MOTION_SIZE)
    return cast("Field", cv2.resize(planes, size, interpolation=cv2.INTER_AREA))


def texture(grey: Faces) -> Field:
    """Return how well the flow can be told at each pixel: (S, S) float32, grey levels a pixel."""
    across = cv2.Sobel(grey, cv2.CV_32F, 1, 0, scale=0.125)
    along = cv2.Sobel(grey, cv2.CV_32F, 0, 1, scale=0.125)
    blur = grey.shape[0] / 112
    edges = cv2.GaussianBlur(cv2.magnitude(across, along), (0, 0), blur)
    return cast("Field", edges)


def own_motion(motion: Field, weights: Field) -> Field:
    """Return what of a flow field (S, S, 2) the face does by itself, head and camera taken out.

    The rigid part (shift, turn, zoom) is fitted robustly to the parts of the face that no
    muscle of brows, eyes and mouth moves; `weights` (S, S) is the texture.
    """
    side = motion.shape[0]
    a, b, right, down = rigid(motion, weights)
    x, y = _grid(side)
    shift = np.stack([a * x - b * y + right, b * x + a * y + down], axis=2)
    return motion - shift.astype(np.float32)


def rigid(motion: Field, weights: Field) -> tuple[float, float, float, float]:
    """Return (a, b, right, down): u = a·x - b·y + right, v = b·x + a·y + down.

    x and y run from -1 to 1 across the face; all four are in pixels. Iteratively reweighted
    least squares with Cauchy weights.
    """
    side = motion.shape[0]
    step = max(1, side // 56)
    inner = slice(step // 2, None, step)
    x, y = (part[inner, inner].ravel() for part in _grid(side))
    u, v = (motion[inner, inner, axis].ravel() for axis in (0, 1))
    trust = ((weights + LEAST_TEXTURE) * _still(side))[inner, inner].ravel()
    bound = ROBUST_PIXELS * side / MOTION_UNIT
    robust = trust
    found = np.zeros(4)
    for _ in range(ROUNDS):
        found = _least_squares(x, y, u, v, robust)
        a, b, right, down = found
        off = (u - a * x + b * y - right) ** 2 + (v - b * x - a * y - down) ** 2
        robust = trust / (1.0 + off / bound**2)
    a, b, right, down = (float(value) for value in found)
    return a, b, right, down


def _least_squares(
    x: Field, y: Field, u: Field, v: Field, weights: Field
) -> npt.NDArray[np.float64]:
    """Solve the four normal equations of the rigid motion."""
    total = float(weights.sum())
    sum_x, sum_y = float(weights @ x), float(weights @ y)
    squares = float(weights @ (x * x + y * y))
    normal = np.array(
        [
            [squares, 0.0, sum_x, sum_y],
            [0.0, squares, -sum_y, sum_x],
            [sum_x, -sum_y, total, 0.0],
            [sum_y, sum_x, 0.0, total],
        ]
    )
    right = [weights @ (x * u + y * v), weights @ (x * v - y * u), weights @ u, weights @ v]
    return np.linalg.solve(normal, np.array(right, np.float64)).astype(np.float64)


@lru_cache(maxsize=4)
def _grid(side: int) -> tuple[Field, Field]:
    """Return x and y of each pixel, -1 to 1 across the face, both (S, S) float32."""
    line = np.linspace(-1.0, 1.0, side, dtype=np.float32)
    x, y = np.meshgrid(line, line)
    return x, y


@lru_cache(maxsize=4)
def _still(side: int) -> Field:
    """Return 1 where only the head moves the face and 0 elsewhere, (S, S) float32."""
    x, y = _grid(side)
    still = (x**2 + y**2 < 1.0).astype(np.float32)  # the corners show what is behind the head
    for (left, top), (right, bottom) in (EYES_AND_BROWS, MOUTH_AND_CHIN):
        rows = slice(round(top * side), round(bottom * side))
        still[rows, round(left * side) : round(right * side)] = 0.0
    return still
