"""Tracks of faces, and how long two persistent ones shared the picture."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.worker.drawn_faces import face
from worker.faces import Face
from worker.tracks import Track, Tracks, distance, overlap

PATIENT = face(100, 100, 80)
VISITOR = face(400, 50, 90)
OTHER_VISITOR = face(20, 300, 40)


def followed(samples: Sequence[Sequence[Face]], step_ms: int = 400) -> tuple[Tracks, list[Track]]:
    """Return the tracks of samples at that pace, and every track, in the order of appearance."""
    tracks, found = Tracks(), dict[Track, None]()
    for number, faces in enumerate(samples):
        found.update(dict.fromkeys(tracks.follow(faces, number * step_ms)))
    return tracks, list(found)


def test_a_face_that_moves_a_little_is_one_track() -> None:
    _, found = followed([[face(100 + 20 * n, 100, 80)] for n in range(10)])

    assert [(one.samples, one.longest, one.span_ms) for one in found] == [(10, 10, 3600)]


def test_a_face_that_walks_through_the_picture_is_one_track() -> None:
    _, found = followed([[PATIENT, face(200 + 100 * n, 20, 60)] for n in range(5)])

    assert [one.samples for one in found] == [5, 5]


def test_two_faces_that_come_close_stay_two() -> None:
    # Given one who stands still and one who passes close by,
    _, found = followed([[PATIENT, face(250 - 35 * n, 90, 80)] for n in range(8)])

    # then neither takes the other's place: no track has both.
    assert [one.samples for one in found] == [8, 8]
    assert found[0].face is PATIENT


def test_a_face_missed_for_less_than_a_second_was_there() -> None:
    seen, missed = [PATIENT], list[Face]()

    _, bridged = followed([seen, seen, missed, seen, seen])
    _, broken = followed([seen, seen, missed, missed, missed, seen, seen])

    assert [(one.samples, one.longest) for one in bridged] == [(4, 4)]
    assert [(one.samples, one.longest) for one in broken] == [(4, 2)]


@pytest.mark.parametrize(
    ("samples", "company"),
    [
        ([[PATIENT, VISITOR]] * 5, 5),
        ([[PATIENT, VISITOR]] * 2 + [[PATIENT]] * 8, 2),
        # two visitors, one after the other
        ([[PATIENT, VISITOR]] * 2 + [[PATIENT, OTHER_VISITOR]] * 2 + [[PATIENT]] * 8, 2),
        # the same visitor again, seconds later
        (([[PATIENT, VISITOR]] * 2 + [[PATIENT]] * 5) * 3, 2),
        # a shift: one stays long, goes, and the other stays long
        ([[PATIENT]] * 5 + [[PATIENT, VISITOR]] + [[VISITOR]] * 4, 5),
        # two who never share a picture are not known to be two
        ([[PATIENT]] * 5 + [[]] * 3 + [[VISITOR]] * 5, 0),
        ([[VISITOR, PATIENT]] + [[PATIENT]] * 9, 1),
    ],
)
def test_company_is_the_second_longest_of_faces_that_met(
    samples: list[list[Face]], company: int
) -> None:
    assert followed(samples)[0].company == company


def test_sparse_samples_know_no_break_between_neighbours() -> None:
    tracks, _ = followed([[PATIENT, VISITOR]] * 3, step_ms=5000)

    assert tracks.company == 3


def test_a_face_that_is_gone_for_minutes_is_forgotten() -> None:
    # Given somebody who was there for one sample, and the patient for minutes,
    tracks = Tracks()
    tracks.follow([PATIENT, VISITOR], 0)
    for at_ms in range(400, 120_000, 400):
        tracks.follow([PATIENT], at_ms)

    # then the same place is a new track, and the patient's is the old one.
    patient, visitor = tracks.follow([PATIENT, VISITOR], 120_000)
    assert (patient.samples, visitor.samples) == (301, 1)
    assert visitor.companions == {patient}
    assert patient.companions == {visitor}


BOXES = st.builds(face, st.integers(0, 600), st.integers(0, 400), st.integers(20, 200))


@settings(max_examples=40)
@given(st.lists(st.lists(BOXES, max_size=4), max_size=12), st.sampled_from([33, 400, 2500]))
def test_every_face_has_one_track_and_no_track_two_faces_of_a_sample(
    samples: list[list[Face]], step_ms: int
) -> None:
    tracks = Tracks()
    for number, faces in enumerate(samples):
        seen = tracks.follow(faces, number * step_ms)
        assert [one.face for one in seen] == list(faces)
        assert len(set(seen)) == len(faces)
        assert all(one.stretch <= one.longest <= one.samples <= number + 1 for one in seen)

    pairs = sum(len(faces) > 1 for faces in samples)
    assert tracks.company <= len(samples)
    assert (tracks.company > 0) == (pairs > 0)


def test_overlap_is_the_share_of_the_union() -> None:
    assert overlap(face(0, 0, 10), face(0, 0, 10)) == 1.0
    assert overlap(face(0, 0, 10), face(20, 0, 10)) == 0.0
    assert overlap(face(0, 0, 10), face(5, 0, 10)) == 50 / 150
    assert overlap(face(0, 0, 0), face(0, 0, 0)) == 0.0


def test_distance_is_told_in_widths_of_the_first() -> None:
    assert distance(face(0, 0, 10), face(20, 0, 10)) == pytest.approx(2.0)
    assert distance(face(0, 0, 10), face(0, 0, 10)) == 0.0
