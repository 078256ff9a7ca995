import cv2
import numpy as np
import pytest

from assessment.ledger import Verdict
from assessment.thresholds import Thresholds
from worker.faces import Points
from worker.quality import measure, pose_of, verdict_of
from worker.video import Pixels

AHEAD = np.array([[80, 100], [150, 100], [115, 140], [88, 182], [143, 182]], np.float32)
"""The five points of a face that looks ahead, 70 pixels between the eyes."""


def crop(mean: float = 128.0, contrast: float = 30.0, blur: float = 0.0) -> Pixels:
    """Return (224, 224, 3) of patches as sharp and as light as asked for."""
    chance = np.random.default_rng(3)
    patches = chance.normal(0.0, 1.0, (28, 28)).astype(np.float32)
    grey = cv2.resize(patches, (224, 224), interpolation=cv2.INTER_NEAREST)
    if blur:
        grey = cv2.GaussianBlur(grey, (0, 0), blur)
    grey = (grey - grey.mean()) / grey.std() * contrast + mean
    return np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def covered(rows: slice, columns: slice) -> Pixels:
    """Return a sharp crop with a smooth patch over one part."""
    pixels = crop()
    pixels[rows, columns] = 150
    return pixels


def verdict(crop: Pixels, points: Points = AHEAD) -> Verdict:
    return verdict_of(measure(crop, points), Thresholds())


def test_a_sharp_face_that_looks_ahead_is_used() -> None:
    assert verdict(crop()) is Verdict.USED


@pytest.mark.parametrize(
    ("spoiled", "expected"),
    [
        (crop(blur=9.0), Verdict.BLURRED),
        (crop(contrast=0.0), Verdict.LOW_CONTRAST),
        (crop(contrast=5.0), Verdict.LOW_CONTRAST),
        (covered(slice(156, 204), slice(70, 156)), Verdict.OCCLUDED),
        (covered(slice(84, 120), slice(116, 176)), Verdict.OCCLUDED),
        (crop(mean=25.0, contrast=8.0), Verdict.TOO_DARK),
        (crop(mean=240.0, contrast=10.0), Verdict.TOO_BRIGHT),
        (crop(mean=215.0, contrast=120.0), Verdict.TOO_BRIGHT),
    ],
)
def test_each_fault_of_a_crop_has_its_own_verdict(spoiled: Pixels, expected: Verdict) -> None:
    assert verdict(spoiled) is expected


def test_a_patch_on_a_cheek_covers_nothing_that_matters() -> None:
    assert verdict(covered(slice(124, 150), slice(44, 84))) is Verdict.USED


def test_light_changes_no_detail() -> None:
    bright, dim = (
        measure(crop(140.0, 40.0), AHEAD).quality,
        measure(crop(60.0, 10.0), AHEAD).quality,
    )

    assert dim.eye_detail == pytest.approx(bright.eye_detail, rel=0.1)
    assert dim.mouth_detail == pytest.approx(bright.mouth_detail, rel=0.1)


def test_a_small_face_is_too_small_before_it_is_anything_else() -> None:
    assert verdict(crop(mean=5.0, contrast=1.0), AHEAD * np.float32(0.25)) is Verdict.TOO_SMALL


def test_a_head_that_turns_is_turned_away_and_not_small() -> None:
    # Given a profile: eyes close together, the nose far to one side,
    profile = np.array([[100, 100], [112, 100], [80, 140], [100, 180], [110, 180]], np.float32)

    assert pose_of(profile).size > 24
    assert verdict(crop(), profile) is Verdict.TURNED_AWAY


def test_a_half_profile_is_turned_away_wherever_its_nose_is_put() -> None:
    # Given eyes that a turn brought close together, and a nose between them,
    points = AHEAD.copy()
    points[:, 0] = 115 + (points[:, 0] - 115) * 0.7

    assert pose_of(points).yaw == pytest.approx(0.0, abs=1e-6)
    assert verdict(crop(), points) is Verdict.TURNED_AWAY


@pytest.mark.parametrize("nose_y", [105.0, 175.0])
def test_a_head_that_looks_up_or_down_is_turned_away(nose_y: float) -> None:
    points = AHEAD.copy()
    points[2, 1] = nose_y

    assert verdict(crop(), points) is Verdict.TURNED_AWAY


def test_a_tilted_head_is_used_and_one_on_its_side_is_not() -> None:
    assert verdict(crop(), turned(AHEAD, 25)) is Verdict.USED
    assert verdict(crop(), turned(AHEAD, 80)) is Verdict.TURNED_AWAY


def test_tilting_changes_neither_yaw_nor_pitch() -> None:
    upright, tilted = pose_of(AHEAD), pose_of(turned(AHEAD, 30))

    assert tilted.yaw == pytest.approx(upright.yaw, abs=1e-5)
    assert tilted.pitch == pytest.approx(upright.pitch, abs=1e-5)
    assert tilted.roll_degrees == pytest.approx(30, abs=1e-3)


def test_points_that_fall_together_are_no_face() -> None:
    assert verdict(crop(), np.ones((5, 2), np.float32)) is Verdict.TOO_SMALL


def test_sharpness_does_not_depend_on_light() -> None:
    bright = measure(crop(mean=140.0, contrast=40.0), AHEAD).quality
    dim = measure(crop(mean=60.0, contrast=10.0), AHEAD).quality

    assert dim.sharpness == pytest.approx(bright.sharpness, rel=0.1)
    assert (dim.light, dim.contrast) == pytest.approx((60.0, 10.0), rel=0.1)


def turned(points: Points, degrees: float) -> Points:
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return ((points - 115) @ turn + 115).astype(np.float32)
