"""How far scores are from the golden ones."""

from math import inf, nan

import pytest

from assessment.fitness import ADVICE, Unfit
from assessment.golden import MOST_VALUES, kept, largest_difference


def test_the_value_that_is_furthest_off_is_named():
    found = largest_difference(((1.0, 2.0), (3.0, 4.0)), ((1.0, 2.5), (3.0, 3.9)))

    assert (found.expected, found.got, found.size) == (2.0, 2.5, 0.5)


@pytest.mark.parametrize("got", [((1.0,),), ((1.0, 2.0, 3.0),), ((1.0, nan),), ((1.0, inf),)])
def test_other_shapes_and_what_is_no_number_are_infinitely_far(got: tuple[tuple[float, ...], ...]):
    assert largest_difference(((1.0, 2.0),), got).size == inf


@pytest.mark.parametrize(("width", "count"), [(1, 1), (7, 7), (16, 16), (17, 9), (2048, 16)])
def test_long_rows_are_thinned_and_begin_with_their_first_value(width: int, count: int):
    row = tuple(range(width))

    assert len(kept(row)) == count <= MOST_VALUES
    assert kept(row)[0] == 0


def test_a_reason_is_read_as_it_was_written_also_by_another_version():
    reason = Unfit("hmhn", "golden_drift", "expected 1, got 2", 1.0, 2.0, 0.5)

    assert Unfit.from_dict({**reason.to_dict(), "added later": 1}) == reason
    assert reason.to_dict()["advice"] == ADVICE["golden_drift"]
