from collections.abc import Sequence

from assessment.request import Select, Subject
from tests.unit.worker.drawn_faces import face
from worker.faces import Face
from worker.subject import Follower


class Watched:
    """A follower that is shown one sample every 400 ms of a picture of 640 x 480."""

    def __init__(self, subject: Subject | None = None) -> None:
        self.follower = Follower(subject or Subject())
        self.at_ms = 0

    def sees(self, *faces: Face, times: int = 1) -> Face | None:
        """Return the subject of the last of so many like samples."""
        chosen = None
        for _ in range(times):
            chosen = self.follower.choose(faces, 640, 480, self.at_ms)
            self.at_ms += 400
        return chosen


PATIENT = face(100, 100, 80)
VISITOR = face(400, 50, 200)
POSTER = face(560, 20, 50)


def test_the_largest_face_is_the_first_subject() -> None:
    assert Watched().sees(PATIENT, VISITOR) is VISITOR


def test_the_subject_stays_when_somebody_comes_closer_to_the_camera() -> None:
    # Given a subject on the left,
    watched = Watched()
    watched.sees(PATIENT)

    # when a larger face appears on the right, then the subject is still the one on the left.
    moved = face(115, 105, 78)
    assert watched.sees(VISITOR, moved) is moved


def test_the_subject_is_found_again_after_frames_without_a_face() -> None:
    watched = Watched()
    watched.sees(PATIENT)
    assert watched.sees(times=20) is None

    back = face(110, 100, 80)
    assert watched.sees(VISITOR, back) is back


def test_a_subject_that_moved_unseen_is_followed() -> None:
    watched = Watched()
    watched.sees(PATIENT, times=5)

    elsewhere = [face(500, 300, 50), face(450, 300, 90)]
    assert watched.sees(*elsewhere) is elsewhere[1]


def test_a_face_behind_the_subject_never_takes_its_place_while_it_looks_away() -> None:
    # Given a person before a poster,
    watched = Watched()
    watched.sees(PATIENT, POSTER, times=5)

    # when the person is not found for two seconds, then the poster is nobody's face,
    assert watched.sees(POSTER, times=5) is None

    # and the person is found again.
    assert watched.sees(PATIENT, POSTER) is PATIENT


def test_a_subject_that_is_gone_for_long_has_an_heir_until_it_comes_back() -> None:
    watched = Watched(Subject(Select.LARGEST))
    watched.sees(PATIENT, POSTER, times=20)

    assert watched.sees(POSTER, times=8) is POSTER
    assert watched.sees(PATIENT, POSTER) is PATIENT


def test_somebody_who_passed_first_is_not_the_subject_for_long() -> None:
    # Given that a visitor is the first to be seen, and the largest,
    watched = Watched()
    assert watched.sees(PATIENT, VISITOR) is VISITOR

    # when only the patient stays, then that is the subject at once.
    assert watched.sees(PATIENT) is PATIENT
    assert watched.sees(PATIENT, VISITOR, times=3) is PATIENT


def test_a_region_takes_the_largest_face_inside_and_none_outside() -> None:
    # Given the left half of the picture as region,
    watched = Watched(Subject(Select.REGION, (0.0, 0.0, 0.5, 1.0)))
    small = face(10, 10, 40)

    # when faces are inside and outside, then the largest inside is taken,
    assert watched.sees(VISITOR, small, PATIENT) is PATIENT

    # and a picture that shows a face only outside has no subject.
    assert watched.sees(VISITOR) is None


def company(*samples: Sequence[Face]) -> int:
    watched = Watched()
    for faces in samples:
        watched.sees(*faces)
    return watched.follower.company


def test_the_chief_is_whom_most_samples_show_by_whatever_rule() -> None:
    for subject in (Subject(), Subject(Select.REGION, (0.0, 0.0, 1.0, 1.0))):
        watched = Watched(subject)
        assert watched.follower.chief is None

        watched.sees(VISITOR, times=3)
        watched.sees(times=6)
        watched.sees(PATIENT, times=9)

        assert watched.follower.chief is watched.follower.followed
        assert watched.follower.chief is not None
        assert watched.follower.chief.face is PATIENT


def test_company_is_how_long_the_second_of_two_faces_stayed() -> None:
    assert company(*[[PATIENT]] * 9) == 0
    assert company(*[[PATIENT]] * 5, *[[PATIENT, VISITOR]] * 2, *[[PATIENT]] * 5) == 2
    assert company(*[[PATIENT, POSTER]] * 9) == 9
