"""The drawn expressions: one for each served label, and told apart."""

import numpy as np
import pytest

from networks.tensors import EXPRESSIONS
from training.drawing import draw_looks
from training.expressions_drawn import CARICATURES, draw_expression


def draw(label: int, strength: float, person: int = 0) -> np.ndarray:
    looks = draw_looks(np.random.default_rng(person))
    return draw_expression(looks, label, strength, np.random.default_rng(1)).astype(float)


def test_every_served_expression_has_its_caricature_in_order() -> None:
    assert tuple(CARICATURES) == EXPRESSIONS


@pytest.mark.parametrize("label", range(1, 7), ids=EXPRESSIONS[1:])
def test_an_expression_grows_out_of_the_neutral_face(label: int) -> None:
    # given
    neutral = draw(0, 1.0)

    # when
    changes = [np.abs(draw(label, share) - neutral).mean() for share in (0.0, 0.5, 1.0)]

    # then
    assert changes[0] == 0.0
    assert changes[0] < changes[1]
    assert changes[2] > 0.5


def test_the_expressions_differ_from_each_other() -> None:
    # given
    faces = [draw(label, 1.0) for label in range(len(EXPRESSIONS))]

    # then
    for first in range(len(faces)):
        for second in range(first):
            assert np.abs(faces[first] - faces[second]).mean() > 0.5


def test_the_person_stays_the_same_person_whatever_is_shown() -> None:
    # given the corner of the picture, which shows what is behind the person
    corner = slice(0, 8), slice(0, 4)

    # then
    assert np.array_equal(draw(1, 1.0)[corner], draw(6, 1.0)[corner])
    assert not np.array_equal(draw(1, 1.0, person=1)[corner], draw(1, 1.0)[corner])
