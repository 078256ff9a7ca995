"""Lengths of a face that do not know how large or how tilted the picture is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from worker.geometry import (
    FivePointAttributes,
    Landmarks,
    NotLandmarks,
    as_row,
    five_point_attributes,
    full_attributes,
)

#: Eyes 40 px apart at height 50, nose 20 below, mouth 40 below and 30 wide.
FIVE = np.array([[30, 50], [70, 50], [50, 70], [35, 90], [65, 90]], np.float32)


def sixty_eight() -> Landmarks:
    """A face whose named measures are known: eyes 100 px apart, everything else in even numbers."""
    points = np.zeros((68, 2))
    points[36:42] = [[30, 50], [45, 44], [55, 44], [70, 50], [55, 56], [45, 56]]  # 40 wide, 12 high
    points[42:48] = points[36:42] + np.array([100, 0])
    points[17:22], points[22:27] = [50, 20], [150, 20]  # 30 above the eyes
    points[27], points[30] = [100, 50], [100, 110]  # nose 60 long
    points[31], points[35] = [85, 112], [115, 112]  # 30 wide
    points[48], points[54] = [60, 150], [140, 150]  # mouth 80 wide
    points[51], points[57] = [100, 140], [100, 160]  # lips 20 high
    points[8] = [100, 210]
    points[0], points[16] = [10, 60], [190, 60]  # jaw 180 wide
    return points


def test_five_points_worked_by_hand() -> None:
    assert five_point_attributes(FIVE) == FivePointAttributes(
        eyes_to_nose=0.5, nose_to_mouth=0.5, eyes_to_mouth=1.0, mouth_width=0.75, nose_aside=0.0
    )


def test_sixty_eight_points_worked_by_hand() -> None:
    assert as_row(full_attributes(sixty_eight())) == pytest.approx(
        {
            "eye_width": 0.4,
            "eye_height": 0.12,
            "brow_height": 0.3,
            "nose_length": 0.6,
            "nose_width": 0.3,
            "mouth_width": 0.8,
            "lip_height": 0.2,
            "mouth_to_chin": 0.5,
            "jaw_width": 1.8,
            "face_height": 1.6,
        }
    )


def moved(points: Landmarks, scale: float, degrees: float, shift: float) -> Landmarks:
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return points @ turn.T * scale + shift


@settings(deadline=None)
@given(some.floats(0.1, 20.0), some.floats(-180.0, 180.0), some.floats(-500.0, 500.0))
def test_scale_rotation_and_place_change_nothing(
    scale: float, degrees: float, shift: float
) -> None:
    for points, measure in ((FIVE, five_point_attributes), (sixty_eight(), full_attributes)):
        # when
        before = as_row(measure(points))
        after = as_row(measure(moved(points.astype(np.float64), scale, degrees, shift)))

        # then
        assert after == pytest.approx(before, abs=1e-6)


def test_a_mirrored_face_has_the_same_lengths() -> None:
    # given the mirror image, its points named as the picture shows them
    mirror = FIVE * [-1, 1]

    # then
    assert as_row(five_point_attributes(mirror[[1, 0, 2, 4, 3]])) == pytest.approx(
        as_row(five_point_attributes(FIVE))
    )


def test_a_wider_mouth_is_wider_and_nothing_else_changes() -> None:
    # given
    wide = FIVE.copy()
    wide[3:, 0] = [25, 75]

    # when
    before, after = five_point_attributes(FIVE), five_point_attributes(wide)

    # then
    assert after.mouth_width == pytest.approx(1.25)
    assert {**as_row(after), "mouth_width": 0.75} == as_row(before)


@pytest.mark.parametrize("measure", [five_point_attributes, full_attributes])
def test_points_of_another_number_are_refused(measure) -> None:
    with pytest.raises(NotLandmarks, match=r"found shape \(7, 2\)"):
        measure(np.zeros((7, 2)))


def test_eyes_in_one_place_are_refused() -> None:
    with pytest.raises(NotLandmarks, match="no unit of length"):
        five_point_attributes(np.ones((5, 2)))


def test_a_point_that_is_not_finite_is_refused() -> None:
    with pytest.raises(NotLandmarks, match="not finite"):
        five_point_attributes(np.full((5, 2), np.nan))
