"""The proving ground: the same every time, persons apart, labels that follow behaviour."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.behaviour import Behaviour
from training.collage import collages
from training.drawing import draw_face, draw_looks
from training.photograph import Disguise, aligned_portrait, draw_disguise, move_portrait
from training.synthetic import (
    FIRST_PERSON,
    PORTRAIT_EVERY,
    FaceSet,
    Split,
    SyntheticConfig,
    draw_person,
    make_faces,
)

SMALL = SyntheticConfig(persons=7, clips=2, frames=2, side=64)
shares = st.floats(0.0, 1.0)


def test_the_same_arguments_make_the_same_faces() -> None:
    # when
    once, again = make_faces(Split.TRAIN, SMALL), make_faces(Split.TRAIN, SMALL)

    # then
    assert np.array_equal(once.faces, again.faces)
    assert np.array_equal(once.labels, again.labels)


def test_another_seed_makes_other_faces() -> None:
    # when
    once, other = (make_faces(Split.TRAIN, replace(SMALL, seed=seed)) for seed in (1, 2))

    # then
    assert not np.array_equal(once.faces, other.faces)


def test_more_persons_leave_the_first_ones_as_they_were() -> None:
    # when
    few = make_faces(Split.CALIBRATION, replace(SMALL, persons=2))
    many = make_faces(Split.CALIBRATION, replace(SMALL, persons=3))

    # then
    assert np.array_equal(few.faces, many.faces[: len(few.faces)])


def test_faces_are_rgb_bytes_with_one_label_a_clip() -> None:
    # when
    made = make_faces(Split.HELD_OUT, SMALL)

    # then
    assert made.faces.shape == (28, 64, 64, 3)
    assert made.faces.dtype == np.uint8
    assert made.labels.dtype == np.float32
    assert all(len(set(made.labels[made.clips == clip])) == 1 for clip in set(made.clips))
    assert ((made.labels >= 0.0) & (made.labels <= 63.0)).all()


def test_no_person_is_in_two_splits() -> None:
    # when
    made: list[FaceSet] = [make_faces(split, SMALL) for split in Split]
    persons = [set(faces.persons) for faces in made]

    # then
    assert sum(map(len, persons)) == len(set.union(*persons)) == 3 * SMALL.persons
    gaps = np.diff(sorted(FIRST_PERSON.values()))
    assert gaps.min() >= 1_000_000


def test_the_one_photographed_face_is_in_training_only() -> None:
    # given
    random = np.random.default_rng(0)
    numbers = range(4 * PORTRAIT_EVERY)

    # when
    photographed = {
        split: sum(isinstance(draw_person(split, n, random), Disguise) for n in numbers)
        for split in Split
    }

    # then
    assert photographed == {Split.TRAIN: 4, Split.CALIBRATION: 0, Split.HELD_OUT: 0}


@given(shares, shares, shares, shares, shares)
def test_severity_rises_as_the_smile_fades_and_the_rest_grows(
    smile: float, droop: float, brow: float, bow: float, more: float
) -> None:
    # given
    behaviour = Behaviour(smile, droop, brow, bow)

    # then
    assert 0.0 <= behaviour.severity <= 63.0 + 1e-9
    for changed in (
        replace(behaviour, smile=min(smile, more)),
        replace(behaviour, droop=max(droop, more)),
        replace(behaviour, brow=max(brow, more)),
        replace(behaviour, bow=max(bow, more)),
    ):
        assert changed.severity >= behaviour.severity - 1e-9


def test_the_scales_ends_are_reached() -> None:
    assert Behaviour(1.0, 0.0, 0.0, 0.0).severity == pytest.approx(0.0)
    assert Behaviour(0.0, 1.0, 1.0, 1.0).severity == pytest.approx(63.0)


@pytest.mark.parametrize("part", ["smile", "droop", "brow", "bow"])
def test_every_behaviour_shows_on_a_drawn_and_on_a_photographed_face(part: str) -> None:
    # given
    random = np.random.default_rng(0)
    looks, disguise = draw_looks(random), draw_disguise(random)
    neutral = Behaviour(0.5, 0.2, 0.2, 0.2)
    moved = replace(neutral, **{part: 1.0})

    # then
    assert not np.array_equal(draw_face(looks, neutral), draw_face(looks, moved))
    before, after = move_portrait(disguise, neutral), move_portrait(disguise, moved)
    assert np.abs(before.astype(int) - after).mean() > 0.1


def test_the_portrait_lies_on_the_template() -> None:
    # given the eyes' centres on the template
    portrait = aligned_portrait().astype(float).mean(axis=2)

    # then they are darker than the skin between them
    bridge = portrait[100:107, 108:116].mean()
    for x, y in ((77, 103), (147, 103)):
        assert portrait[y - 3 : y + 4, x - 3 : x + 4].mean() < bridge - 30.0


def test_a_collage_is_made_of_the_eye_and_the_mouth() -> None:
    # given a face whose upper half is white and whose lower half is black
    face = np.zeros((3, 224, 224, 3), np.uint8)
    face[:, :140] = 255

    # when
    views = collages(face, np.random.default_rng(0))

    # then
    assert views.shape == (3, 64, 64, 3)
    assert (views[:, :36] == 255).all()
    assert (views[:, 36:] == 0).all()
