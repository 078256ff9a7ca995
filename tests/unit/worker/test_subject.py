from dataclasses import dataclass

from assessment.request import Select, Subject
from worker.subject import Follower, overlap


@dataclass(frozen=True)
class Box:
    box: tuple[float, float, float, float]

    @property
    def area(self) -> float:
        return (self.box[2] - self.box[0]) * (self.box[3] - self.box[1])

    @property
    def centre(self) -> tuple[float, float]:
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2


def face(x: float, y: float, size: float) -> Box:
    return Box((x, y, x + size, y + size))


def test_the_largest_face_is_the_first_subject() -> None:
    small, large = face(0, 0, 50), face(300, 0, 80)

    assert Follower(Subject()).choose([small, large], 640, 480) is large


def test_the_subject_stays_when_somebody_comes_closer_to_the_camera() -> None:
    # Given a subject on the left,
    follower = Follower(Subject())
    follower.choose([face(100, 100, 80)], 640, 480)

    # when a larger face appears on the right, then the subject is still the one on the left.
    moved, visitor = face(115, 105, 78), face(400, 50, 200)
    assert follower.choose([visitor, moved], 640, 480) is moved


def test_the_subject_is_found_again_after_frames_without_a_face() -> None:
    follower = Follower(Subject())
    follower.choose([face(100, 100, 80)], 640, 480)
    assert follower.choose([], 640, 480) is None

    back, visitor = face(110, 100, 80), face(400, 50, 200)
    assert follower.choose([visitor, back], 640, 480) is back


def test_a_subject_that_left_is_followed_by_the_largest_face() -> None:
    follower = Follower(Subject(Select.LARGEST))
    follower.choose([face(0, 0, 80)], 640, 480)

    others = [face(300, 300, 50), face(450, 300, 90)]
    assert follower.choose(others, 640, 480) is others[1]


def test_a_region_takes_the_largest_face_inside_and_none_outside() -> None:
    # Given the left half of the picture as region,
    follower = Follower(Subject(Select.REGION, (0.0, 0.0, 0.5, 1.0)))
    small, inside, outside = face(10, 10, 40), face(100, 100, 80), face(400, 50, 200)

    # when faces are inside and outside, then the largest inside is taken,
    assert follower.choose([outside, small, inside], 640, 480) is inside

    # and a picture that shows a face only outside has no subject.
    assert follower.choose([outside], 640, 480) is None


def test_overlap_is_the_share_of_the_union() -> None:
    assert overlap(face(0, 0, 10), face(0, 0, 10)) == 1.0
    assert overlap(face(0, 0, 10), face(20, 0, 10)) == 0.0
    assert overlap(face(0, 0, 10), face(5, 0, 10)) == 50 / 150
    assert overlap(face(0, 0, 0), face(0, 0, 0)) == 0.0
