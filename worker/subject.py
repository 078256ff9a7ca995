"""Whose face is measured. Follows a place, never an identity."""

from collections.abc import Sequence
from typing import Final, Protocol, TypeVar

from assessment.request import Select, Subject

SAME_OVERLAP: Final = 0.3
"""Boxes that share this much of their union are one face, a sample later."""
SAME_DISTANCE: Final = 0.5
"""So are boxes whose centres lie within half a face width of each other."""


class Located(Protocol):
    """A face, as far as choosing needs it."""

    @property
    def box(self) -> tuple[float, float, float, float]:
        """x1, y1, x2, y2 in pixels."""
        ...

    @property
    def area(self) -> float:
        """Square pixels of the box."""
        ...

    @property
    def centre(self) -> tuple[float, float]:
        """Centre of the box in pixels."""
        ...


F = TypeVar("F", bound=Located)


class Follower:
    """Chooses the subject's face in one frame after another."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._previous: Located | None = None

    def choose(self, faces: Sequence[F], width: int, height: int) -> F | None:
        """Return the subject's face in a picture of that size, or None when it is not there.

        `region`: the largest face whose centre lies in the region. Otherwise the face that
        continues the previous one, else the largest.
        """
        if self._subject.select is Select.REGION:
            faces = [face for face in faces if self._inside(face, width, height)]
            return max(faces, key=lambda face: face.area, default=None)
        chosen = self._continuing(faces) or max(faces, key=lambda face: face.area, default=None)
        self._previous = chosen or self._previous
        return chosen

    def _continuing(self, faces: Sequence[F]) -> F | None:
        previous = self._previous
        if previous is None:
            return None
        near = [face for face in faces if _same_place(previous, face)]
        return max(near, key=lambda face: (overlap(previous, face), face.area), default=None)

    def _inside(self, face: Located, width: int, height: int) -> bool:
        left, top, across, down = self._subject.region or (0.0, 0.0, 1.0, 1.0)
        x, y = face.centre[0] / width, face.centre[1] / height
        return left <= x <= left + across and top <= y <= top + down


def overlap(one: Located, other: Located) -> float:
    """Return the intersection of two boxes over their union, 0 to 1."""
    across = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
    down = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    common = max(0.0, across) * max(0.0, down)
    union = one.area + other.area - common
    return common / union if union > 0 else 0.0


def _same_place(previous: Located, face: Located) -> bool:
    across = face.centre[0] - previous.centre[0]
    down = face.centre[1] - previous.centre[1]
    reach = SAME_DISTANCE * (previous.box[2] - previous.box[0])
    near = across * across + down * down <= reach * reach
    return near or overlap(previous, face) >= SAME_OVERLAP
