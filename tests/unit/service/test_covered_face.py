"""What a network's score hangs on, drawn over nobody's face."""

import re
from dataclasses import replace

import pytest

from service.card_routes import page
from service.covered_face import FALLS, RISES, covered_face
from service.model_cards import ModelCard
from tests.samples import a_manifest


def changes(**fields: float) -> list[list[float]]:
    """7 x 7 without a change, but for fields given as r2c3=1.5."""
    found = [[0.0] * 7 for _ in range(7)]
    for name, change in fields.items():
        found[int(name[1])][int(name[3])] = change
    return found


def colours(drawing: object) -> list[str]:
    return re.findall(r'<rect[^>]*fill="(#[0-9a-f]{6})"', str(drawing))


def test_the_field_that_raises_the_score_is_orange_and_the_one_that_lowers_it_blue():
    # when
    drawing = covered_face({"score": 21.3, "changes": changes(r0c1=2.0, r3c3=-2.0, r6c6=0.5)})

    # then
    found = colours(drawing)
    assert len(found) == 49
    assert (found[1], found[24]) == (RISES, FALLS)
    assert found[48] not in (RISES, "#ffffff")
    assert set(found[2:24]) == {"#ffffff"}
    assert "The whole drawn face scores 21.3." in str(drawing)
    assert "-2.0 to +2.0 points" in str(drawing)


@pytest.mark.parametrize("nothing", [None, {"score": 1.0, "changes": changes()}])
def test_without_a_measurement_or_a_change_nothing_is_drawn(nothing):
    assert covered_face(nothing) is None


def test_a_card_shows_the_map_and_one_without_it_says_nothing_of_it():
    # given
    words = "What the score hangs on"
    known = {"score": 21.3, "changes": changes(r0c1=2.0)}

    # then
    card = ModelCard.of(a_manifest("hmhn"))
    assert words in page(replace(card, covered=known))
    assert words not in page(card)
