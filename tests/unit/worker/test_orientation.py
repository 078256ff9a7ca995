import struct

import pytest

from worker.orientation import Orientation

ONE = 1 << 16


def matrix(a: int, b: int, c: int, d: int) -> bytes:
    return struct.pack("=9i", a * ONE, b * ONE, 0, c * ONE, d * ONE, 0, 0, 0, 1 << 30)


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (matrix(1, 0, 0, 1), Orientation()),
        (matrix(-1, 0, 0, -1), Orientation(mirrored_x=True, mirrored_y=True)),
        (matrix(-1, 0, 0, 1), Orientation(mirrored_x=True)),
        (matrix(0, 1, -1, 0), Orientation(transposed=True, mirrored_x=True)),
        (matrix(0, -1, 1, 0), Orientation(transposed=True, mirrored_y=True)),
        (None, Orientation()),
        (b"short", Orientation()),
        (matrix(0, 0, 0, 0), Orientation()),
    ],
)
def test_a_display_matrix_becomes_the_nearest_quarter_turn(
    stored: bytes | None, expected: Orientation
) -> None:
    assert Orientation.of(stored) == expected


def test_a_quarter_turn_swaps_width_and_height() -> None:
    assert Orientation(transposed=True).size(640, 480) == (480, 640)
    assert Orientation(mirrored_x=True).size(640, 480) == (640, 480)
