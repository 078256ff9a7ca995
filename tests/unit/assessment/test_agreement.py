"""How far estimates and totals agree, held to values that others published or that follow."""

import math
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.agreement import (
    FEWEST,
    Comparison,
    bootstrapped,
    compare,
    concordance,
    mean_absolute_error,
    mean_error,
    ranks,
    root_mean_squared_error,
    spearman,
    wilson,
)
from assessment.assessment import Tenant
from assessment.feedback import Feedback, Instrument, Reported
from tests.conftest import NOON
from tests.samples import an_id

SAID = Reported(
    model="hmhn", version="1", sha256="0" * 64, demonstration=False, point=20.0,
    low=11.0, high=29.0, level=0.9,
)  # fmt: skip
PAIRS = st.lists(st.tuples(st.floats(0, 63), st.integers(0, 63)), min_size=2, max_size=30)


def feedback(number: int, total: int, point: float, **changes: object) -> Feedback:
    said = replace(SAID, point=point, low=max(0, point - 9), high=min(63, point + 9))
    one = Feedback(
        assessment_id=an_id(number),
        tenant=Tenant("clinic"),
        instrument=Instrument.BDI_II,
        total=total,
        obtained_at=NOON,
        received_at=NOON,
        assessed_at=NOON,
        reported=(said,),
    )
    return replace(one, **changes)


def many(count: int = 60, **changes: object) -> list[Feedback]:
    chance = Random(7)
    totals = [chance.randrange(64) for _ in range(count)]
    return [
        feedback(i, total, min(63.0, max(0.0, total + chance.gauss(2, 5))), **changes)
        for i, total in enumerate(totals)
    ]


def compared(found: list[Feedback]) -> Comparison:
    return compare(found, within=timedelta(days=14))


def test_errors_are_what_they_are_defined_to_be():
    pairs = [(10.0, 12.0), (20.0, 16.0), (30.0, 30.0)]

    assert mean_absolute_error(pairs) == 2
    assert root_mean_squared_error(pairs) == pytest.approx(math.sqrt(20 / 3))
    assert mean_error(pairs) == pytest.approx(2 / 3)


def test_concordance_punishes_a_shift_that_correlation_does_not_see():
    same = [(float(x), float(x)) for x in range(10)]
    shifted = [(x + 3.0, float(x)) for x in range(10)]

    assert concordance(same) == pytest.approx(1)
    # 2 s^2 / (2 s^2 + 9) with s^2 = 8.25
    assert concordance(shifted) == pytest.approx(16.5 / 25.5)
    assert spearman(shifted) == pytest.approx(1)
    assert math.isnan(concordance([(5.0, 5.0), (5.0, 5.0)]))
    assert math.isnan(spearman([(5.0, 1.0), (5.0, 2.0)]))


def test_ties_share_their_rank():
    assert ranks([3, 1, 3, 2]) == [3.5, 1, 3.5, 2]


def test_wilsons_interval_is_the_published_one():
    # 81 of 263: 0.2553 to 0.3662 (Newcombe, Statistics in Medicine 17, 1998, table I, method 3).
    figure = wilson(81, 263)

    assert (round(figure.low, 4), round(figure.high, 4)) == (0.2553, 0.3662)
    assert wilson(0, 20).low == 0
    assert wilson(20, 20).high == 1


@settings(max_examples=40, deadline=None)
@given(PAIRS)
def test_laws_of_the_measures(pairs):
    mae, rmse = mean_absolute_error(pairs), root_mean_squared_error(pairs)

    assert abs(mean_error(pairs)) <= mae + 1e-9
    assert mae <= rmse + 1e-9
    for value in (concordance(pairs), spearman(pairs)):
        assert math.isnan(value) or -1 - 1e-9 <= value <= 1 + 1e-9


def test_each_network_is_compared_on_its_own_with_intervals_that_hold_the_value():
    found = many()
    weaker = [replace(one.reported[0], model="ddl", point=20.0) for one in found]
    both = [replace(one, reported=(*one.reported, w)) for one, w in zip(found, weaker, strict=True)]

    ddl, hmhn = compared(both).agreements

    assert (ddl.model, hmhn.model, ddl.n, hmhn.n) == ("ddl", "hmhn", 60, 60)
    assert set(hmhn.figures) == {"mae", "rmse", "ccc", "mean_error", "coverage"}
    for figure in hmhn.figures.values():
        assert figure.low <= figure.value <= figure.high
    assert hmhn.figures["mae"].value < ddl.figures["mae"].value
    assert hmhn.figures["ccc"].value > 0.9 > ddl.figures["ccc"].value == 0
    assert hmhn.figures["coverage"].value > 0.8


def test_the_same_feedback_gives_the_same_figures():
    assert compared(many()) == compared(many())


def test_other_weights_of_the_same_version_are_another_network():
    found = many(40)
    other = replace(found[0].reported[0], sha256="1" * 64)
    found[0] = replace(found[0], reported=(other,))

    assert sorted(one.n for one in compared(found).agreements) == [1, 39]


def test_with_too_few_pairs_no_figure_is_there():
    few, enough = (compared(many(n)).agreements[0] for n in (FEWEST - 1, FEWEST))

    assert (few.n, few.figures) == (FEWEST - 1, {})
    assert enough.figures


def test_another_scale_is_compared_by_ranks_alone():
    [one] = compared(many(instrument=Instrument.PHQ_9)).agreements

    assert set(one.figures) == {"spearman"}
    assert one.figures["spearman"].value > 0.9


def test_what_is_left_out_is_counted():
    withheld = many(3, reported=())
    late = many(2, obtained_at=NOON + timedelta(days=15))

    comparison = compared([*withheld, *late])

    assert (comparison.without_estimate, comparison.too_far_apart) == (3, 2)
    assert comparison.agreements == ()


def test_estimates_without_an_interval_have_no_coverage():
    found = [
        replace(one, reported=(replace(one.reported[0], low=None, high=None, level=None),))
        for one in many(40)
    ]

    assert "coverage" not in compared(found).agreements[0].figures


def test_a_bootstrap_interval_of_a_mean_is_as_wide_as_theory_says():
    chance = Random(3)
    pairs = [(chance.gauss(0, 5), 0.0) for _ in range(200)]

    figure = bootstrapped(pairs, {"mean_error": mean_error})["mean_error"]

    assert figure.high - figure.low == pytest.approx(2 * 1.96 * 5 / math.sqrt(200), rel=0.2)
