"""Motion between faces: known shifts, known fields, and what the maps must hold."""

import cv2
import numpy as np
import pytest
import torch

from networks import tensors
from networks.temporal_resnet50 import rank_pool_map
from training.photograph import aligned_portrait
from worker.motion import (
    FLOW_FRAMES,
    FLOW_LIMIT,
    FLOW_NONE,
    MOTION_SIZE,
    Faces,
    Field,
    flow,
    flow_stack,
    gray,
    motion_of,
    own_motion,
    rigid,
    strain,
    temporal_map,
    texture,
)

SIDE = 112


def textured(side: int = SIDE, seed: int = 1) -> Faces:
    """A smooth random RGB picture, (side, side, 3)."""
    noise = np.random.default_rng(seed).standard_normal((side, side, 3)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 2.5)
    scaled = 128.0 + 45.0 * smooth / smooth.std()
    return np.clip(scaled, 0, 255).astype(np.uint8)


def moved(face: Faces, right: float, down: float, turn: float = 0.0) -> Faces:
    """The picture shifted by pixels and turned by radians about its middle."""
    middle = (face.shape[0] - 1) / 2
    cosine, sine = np.cos(turn), np.sin(turn)
    matrix = np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0]])
    matrix[:, 2] = middle - matrix[:, :2] @ [middle, middle] + [right, down]
    size = (face.shape[1], face.shape[0])
    bent = cv2.warpAffine(
        face, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
    )
    return np.asarray(bent, np.uint8)


def field(u: tuple[float, float], v: tuple[float, float]) -> Field:
    """A linear field: u = u_x·x + u_y·y and so for v, (20, 24, 2)."""
    y, x = np.mgrid[0:20, 0:24].astype(np.float32)
    return np.dstack([u[0] * x + u[1] * y, v[0] * x + v[1] * y]).astype(np.float32)


def test_the_constants_are_those_of_the_served_networks() -> None:
    assert FLOW_FRAMES == tensors.FLOW_FRAMES
    assert MOTION_SIZE == tensors.MOTION_SIZE
    assert tensors.TWO_STREAM.inputs[1].shape[-1] == 2 * FLOW_FRAMES


def test_grey_is_the_luma_of_red_green_and_blue() -> None:
    # given
    face = np.zeros((16, 16, 3), np.uint8)
    face[:, :, 0] = 200

    # then
    assert gray(face).shape == (16, 16)
    assert gray(face)[3, 3] == round(0.299 * 200)


@pytest.mark.parametrize(("right", "down"), [(1.0, 0.0), (0.0, -2.0), (0.5, 0.5), (-4.0, 3.0)])
def test_the_flow_finds_a_shift(right: float, down: float) -> None:
    # given
    face = textured()

    # when
    found = flow(gray(face), gray(moved(face, right, down)))

    # then
    middle = found[16:-16, 16:-16].reshape(-1, 2)
    assert found.dtype == np.float32
    assert np.median(middle, axis=0) == pytest.approx([right, down], abs=0.15)


@pytest.mark.parametrize("shape", [(24, 24), (112, 111)])
def test_the_flow_refuses_tiny_and_unequal_pictures(shape: tuple[int, int]) -> None:
    other = np.zeros((112, 112) if shape != (24, 24) else shape, np.uint8)

    with pytest.raises(ValueError, match="two grey pictures of one size"):
        flow(np.zeros(shape, np.uint8), other)


def test_a_stack_holds_u_and_v_of_each_pair_in_turn() -> None:
    # given a picture that goes right by 2 px, then down by 3 px
    first = textured()
    second = moved(first, 2.0, 0.0)
    faces = np.stack([first, second, moved(second, 0.0, 3.0)])

    # when
    stack = flow_stack(faces)

    # then
    middle = np.median(stack[20:-20, 20:-20].reshape(-1, 4), axis=0)
    pixel = 127.5 / FLOW_LIMIT
    assert stack.shape == (SIDE, SIDE, 4)
    assert stack.dtype == np.uint8
    assert middle == pytest.approx(FLOW_NONE + pixel * np.array([2.0, 0.0, 0.0, 3.0]), abs=2.0)


def test_a_stack_of_one_picture_is_flat() -> None:
    face = textured()

    assert (flow_stack(np.stack([face] * 3)) == FLOW_NONE).all()


def test_a_stack_clips_what_is_further_than_the_limit() -> None:
    # given
    face = aligned_portrait()

    # when
    stack = flow_stack(np.stack([face, moved(face, 24.0, 0.0)]))

    # then
    assert np.median(stack[60:-60, 60:-60, 0]) == 255


def test_a_temporal_map_is_the_rank_pooling_by_hand() -> None:
    # given three faces whose weights are -2, 0 and 2
    random = np.random.default_rng(3)
    faces = random.integers(0, 256, (3, 8, 8, 3), np.uint8)

    # when
    pooled = 2.0 * (faces[2].astype(float) - faces[0].astype(float))
    expected = 255.0 * (pooled - pooled.min()) / (pooled.max() - pooled.min())

    # then
    assert temporal_map(faces).dtype == np.uint8
    assert np.abs(temporal_map(faces) - expected).max() <= 0.5001


def test_a_clip_without_motion_gives_a_flat_map() -> None:
    clip = np.repeat(textured(32)[None], 16, axis=0)

    assert (temporal_map(clip) == 128).all()


def test_the_map_is_that_of_the_temporal_network() -> None:
    # given clips in 0..1, as the network takes them
    random = np.random.default_rng(6)
    clip = random.integers(0, 256, (16, 32, 32, 3), np.uint8)
    planes = torch.from_numpy(clip).permute(0, 3, 1, 2)[None].double() / 255.0

    # when
    expected = rank_pool_map(planes)[0].permute(1, 2, 0).numpy() * 255.0

    # then
    assert np.abs(temporal_map(clip) - expected).max() <= 0.51


def test_the_map_of_a_reversed_clip_is_the_negative() -> None:
    # given
    random = np.random.default_rng(4)
    clip = random.integers(0, 256, (6, 8, 8, 3), np.uint8)

    # then
    total = temporal_map(clip).astype(int) + temporal_map(clip[::-1])
    assert np.abs(total - 255).max() <= 1


@pytest.mark.parametrize(
    ("u", "v", "expected"),
    [
        ((0.0, 0.0), (0.0, 0.0), 0.0),
        ((0.3, 0.0), (0.0, 0.0), 0.3),  # stretched across
        ((0.3, 0.0), (0.0, 0.4), 0.5),  # stretched across and along
        ((0.0, 0.2), (0.2, 0.0), np.sqrt(0.08)),  # pure shear
        ((0.0, -0.2), (0.2, 0.0), 0.0),  # a turn strains nothing
    ],
)
def test_the_strain_of_linear_fields_is_that_by_hand(
    u: tuple[float, float], v: tuple[float, float], expected: float
) -> None:
    assert strain(field(u, v)) == pytest.approx(np.full((20, 24), expected), abs=1e-5)


def test_the_rigid_part_of_a_flow_is_found_beside_a_moving_mouth() -> None:
    # given a shift, turn and zoom, and a mouth that goes its own way
    y, x = np.meshgrid(*[np.linspace(-1.0, 1.0, SIDE, dtype=np.float32)] * 2, indexing="ij")
    u, v = 0.3 * x - 0.5 * y + 1.0, 0.5 * x + 0.3 * y - 2.0
    motion: Field = np.dstack([u, v]).astype(np.float32)
    mouth = np.zeros_like(motion)
    mouth[90:104, 40:72, 1] = -3.0

    # when
    found = rigid(motion + mouth, np.full((SIDE, SIDE), 10.0, np.float32))
    own = own_motion(motion + mouth, np.full((SIDE, SIDE), 10.0, np.float32))

    # then
    assert found == pytest.approx((0.3, 0.5, 1.0, -2.0), abs=0.02)
    assert np.abs(own - mouth).max() < 0.05


def test_the_motion_of_an_event_keeps_the_mouth_and_drops_the_head() -> None:
    # given a face whose mouth goes up by 3 px while the head shifts and turns
    face = textured(224)
    y, x = np.mgrid[0:224, 0:224].astype(np.float32)
    bump = np.exp(-(((x - 112) / 25) ** 2) - ((y - 184) / 16) ** 2).astype(np.float32)
    smiling = cv2.remap(face, x, y + 3.0 * bump, cv2.INTER_CUBIC)
    apex = moved(np.asarray(smiling, np.uint8), 2.0, -1.0, 0.01)

    # when
    motion = motion_of(face, apex)

    # then
    assert motion.shape == (MOTION_SIZE, MOTION_SIZE, 3)
    assert motion.dtype == np.float32
    assert motion[22:24, 13:15, 1].mean() == pytest.approx(-2.7, abs=0.6)
    assert np.abs(motion[10:16, 10:18, :2]).mean() < 0.25
    assert motion[19:27, 9:19, 2].mean() > 3 * motion[10:16, 10:18, 2].mean()


def test_motion_counts_in_pixels_of_the_whole_face_at_any_size() -> None:
    # given one event at 224 and at 112 pixels
    onset = textured(224, seed=5)
    y, x = np.mgrid[0:224, 0:224].astype(np.float32)
    bump = np.exp(-(((x - 112) / 30) ** 2) - ((y - 184) / 20) ** 2).astype(np.float32)
    apex = np.asarray(cv2.remap(onset, x, y + 4.0 * bump, cv2.INTER_CUBIC), np.uint8)

    # when
    large = motion_of(onset, apex)
    halves = [cv2.resize(face, (112, 112), interpolation=cv2.INTER_AREA) for face in (onset, apex)]
    small = motion_of(*(np.asarray(half, np.uint8) for half in halves))

    # then
    mouth = np.s_[21:25, 12:16, 1]
    assert small[mouth].mean() == pytest.approx(large[mouth].mean(), abs=0.3)


def test_texture_is_high_at_an_edge_and_none_on_flat_skin() -> None:
    # given
    grey = np.full((64, 64), 90, np.uint8)
    grey[:, 32:] = 150

    # then
    assert texture(grey)[:, 31:33].min() > 5.0
    assert texture(grey)[:, :20].max() == 0.0
