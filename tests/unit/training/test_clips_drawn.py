"""The drawn clips: repeatable, of persons of their own, and with motion where it belongs."""

import numpy as np
import pytest

from networks.tensors import EXPRESSIONS
from training.clips_drawn import (
    SeverityClips,
    make_expression_clips,
    make_expression_faces,
    make_severity_clips,
    spoil,
)
from training.fit import HELD_OUT, TRAIN
from training.synthetic import FIRST_PERSON, Split
from worker.motion import FLOW_NONE


@pytest.fixture(scope="module")
def clips() -> SeverityClips:
    return make_severity_clips(Split.HELD_OUT, 6)


def test_the_same_arguments_draw_the_same_clips(clips: SeverityClips) -> None:
    # when fewer are asked for
    again = make_severity_clips(Split.HELD_OUT, 2)

    # then
    assert np.array_equal(again.faces, clips.faces[:2])
    assert np.array_equal(again.maps, clips.maps[:2])
    assert np.array_equal(again.labels, clips.labels[:2])


def test_no_person_was_seen_by_the_trunks(clips: SeverityClips) -> None:
    assert clips.persons.min() >= FIRST_PERSON[Split.HELD_OUT] + HELD_OUT.persons
    train = make_expression_faces(Split.TRAIN, 1)
    assert train.persons.min() >= FIRST_PERSON[Split.TRAIN] + TRAIN.persons
    assert not set(train.persons) & set(clips.persons)


def test_the_middle_face_is_good_and_bad_ones_show_less(clips: SeverityClips) -> None:
    # given the steps between neighbouring pixels, which blur and darkness flatten
    steps = np.abs(np.diff(clips.faces.astype(float), axis=2)).mean(axis=(2, 3, 4))

    # then
    assert not clips.bad[:, 0].any()
    assert clips.bad.any()
    for row, bad in enumerate(clips.bad):
        assert (steps[row][bad] < 0.7 * steps[row, 0]).all()
        assert (steps[row][~bad] > 0.7 * steps[row, 0]).all()


def test_a_map_shows_motion_and_is_stretched(clips: SeverityClips) -> None:
    assert clips.maps.shape == (6, 224, 224, 3)
    assert {int(one.min()) for one in clips.maps} == {0}
    assert {int(one.max()) for one in clips.maps} == {255}


def test_every_person_shows_every_expression_once() -> None:
    # when
    faces = make_expression_faces(Split.HELD_OUT, 2)

    # then
    assert faces.labels.tolist() == [*range(len(EXPRESSIONS))] * 2
    assert len(set(faces.persons[:7])) == 1
    assert len(set(faces.persons)) == 2


def test_a_surprise_that_comes_up_opens_the_mouth_in_the_flow() -> None:
    # when
    clips = make_expression_clips(Split.TRAIN, 1)

    # then
    assert clips.inputs["flow"].shape == (7, 224, 224, 20)
    strays = [np.abs(flow.astype(float) - FLOW_NONE).max() for flow in clips.inputs["flow"]]
    assert max(strays) > 10.0


def test_spoiling_blurs_or_darkens() -> None:
    # given
    random = np.random.default_rng(0)
    face = random.integers(0, 256, (224, 224, 3)).astype(np.uint8)

    # when
    seen = [spoil(face, random) for _ in range(8)]

    # then some are dark, the others have no grain left
    dark = [one.mean() < 0.1 * face.mean() for one in seen]
    assert 0 < sum(dark) < 8
    assert all(one.std() < 0.3 * face.std() for one in seen)
