"""Which way up a picture is shown: the display matrix of a container, in quarter turns."""

import struct
from dataclasses import dataclass
from typing import Final

MATRIX: Final = struct.Struct("=9i")


@dataclass(frozen=True, slots=True)
class Orientation:
    """How stored pixels become the upright picture: transpose first, then mirror."""

    transposed: bool = False
    mirrored_x: bool = False
    mirrored_y: bool = False

    @classmethod
    def of(cls, matrix: bytes | None) -> "Orientation":
        """Return the orientation nearest to a display matrix of nine 32-bit fixed-point numbers.

        A stored pixel (x, y) is shown at (a x + c y, b x + d y), but for a shift.
        """
        if matrix is None or len(matrix) != MATRIX.size:
            return cls()
        a, b, _, c, d, *_ = MATRIX.unpack(matrix)
        if abs(a) + abs(d) >= abs(b) + abs(c):
            return cls(transposed=False, mirrored_x=a < 0, mirrored_y=d < 0)
        return cls(transposed=True, mirrored_x=c < 0, mirrored_y=b < 0)

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Return width and height of the upright picture in pixels."""
        return (height, width) if self.transposed else (width, height)
